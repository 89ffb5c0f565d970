// A queued prompt while it is edited: its whole text, and its pictures to keep or drop.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Queued } from '../../src/protocol/state.ts';
import { Icon, Spinner } from '../parts/Icon.tsx';
import { formatBytes } from '../text/format.ts';
import { useUi } from '../ui.ts';
import { isComposing } from './Composer.tsx';

const MAX_ROWS = 12;

/** The form; `close` puts the row back. */
export function QueueEdit({ item, close }: { readonly item: Queued; readonly close: () => void }) {
  const { store, post, t } = useUi();
  const { promptId } = item;
  const whole = store.queuedTexts.value.get(promptId);
  const [text, setText] = useState<string | undefined>();
  const [dropped, setDropped] = useState<ReadonlySet<number>>(new Set());
  const field = useRef<HTMLTextAreaElement>(null);
  // [Q3] What somebody writes is not lost when the prompt goes out, or is taken back, under their hands.
  const unsaved = useRef<string | undefined>(undefined);
  useEffect(() => {
    store.readQueued(promptId);
    return () => {
      if (unsaved.current === undefined) return;
      store.composer.putBack(
        unsaved.current,
        t('This prompt has begun or was taken back while you edited it. Your text is kept.'),
      );
    };
  }, [promptId]);
  const leave = (): void => {
    unsaved.current = undefined;
    close();
  };
  const isHere = whole !== undefined && 'text' in whole;
  useLayoutEffect(() => field.current?.focus(), [isHere]);
  if (whole !== undefined && 'error' in whole) {
    return (
      <div class="outbox-item outbox-failed" role="alert">
        <Icon name="warning" />
        <p class="outbox-text bad" dir="auto">
          {whole.error}
        </p>
        <button type="button" class="button-quiet" onClick={leave}>
          {t('Dismiss')}
        </button>
      </div>
    );
  }
  if (whole === undefined) {
    return (
      <div class="outbox-item">
        <Spinner />
        <span class="outbox-text muted">{t('Loading …')}</span>
      </div>
    );
  }
  const value = text ?? whole.text;
  unsaved.current = value === whole.text || value.trim() === '' ? undefined : value;
  const keep = whole.images.flatMap((_, at) => (dropped.has(at) ? [] : [at]));
  const isEmpty = value.trim() === '' && keep.length === 0;
  const save = (): void => {
    if (isEmpty) return;
    const { version } = whole;
    post({
      ...{ type: 'edit-queued', promptId, text: value, keep },
      ...(version === undefined ? {} : { version }),
    });
    leave();
  };
  const handleKey = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      leave();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      save();
    }
  };
  return (
    <div class="outbox-item queue-edit">
      <textarea
        ref={field}
        dir="auto"
        aria-label={t('Edit this prompt')}
        rows={Math.min(MAX_ROWS, value.split('\n').length)}
        value={value}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={handleKey}
      />
      {whole.images.map((image, at) =>
        dropped.has(at) ? null : (
          <span key={at} class="queue-picture">
            {t('Picture {0}', at + 1)} · {formatBytes(image.totalBytes)}
            <button
              type="button"
              class="button-quiet"
              aria-label={t('Drop picture {0}', at + 1)}
              title={t('Drop picture {0}', at + 1)}
              onClick={() => setDropped(new Set(dropped).add(at))}
            >
              <Icon name="close" />
            </button>
          </span>
        ),
      )}
      <div class="outbox-actions">
        <button type="button" class="button-second" disabled={isEmpty} onClick={save}>
          {t('Save')}
        </button>
        <button type="button" class="button-quiet" onClick={leave}>
          {t('Back')}
        </button>
      </div>
    </div>
  );
}
