// Prompts on their way and in the queue: each with its state, failures loud and with their text.
import type { PanelOutboxItem } from '../../src/protocol/local/panel.ts';
import { Icon, Spinner } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { useUi } from '../ui.ts';
import { headOf, Queue } from './Queue.tsx';

function statusText(status: PanelOutboxItem['status'], t: Translate): string {
  switch (status) {
    case 'sending':
      return t('sending …');
    case 'sent':
      return t('sent');
    case 'received':
      return t('received');
    case 'running':
      return t('running');
    case 'done':
      return t('done');
    case 'rejected':
      return t('not done');
    case 'unknown':
      return t('not known whether it ran');
    case 'expired':
      return t('not sent in time');
  }
}

function isFailure(item: PanelOutboxItem): boolean {
  return item.status === 'rejected' || item.status === 'unknown' || item.status === 'expired';
}

function Failure({ item }: { readonly item: PanelOutboxItem }) {
  const { store, post, t } = useUi();
  const forget = (): void => post({ type: 'forget', id: item.id });
  const message = item.message ?? statusText(item.status, t);
  const putBack = (): void => {
    store.composer.putBack(item.text, message);
    post({ type: 'forget', id: item.id, isBack: true });
  };
  return (
    <div class="outbox-item outbox-failed" role="alert">
      <Icon name="warning" />
      <div class="outbox-text">
        {item.kind === 'prompt' && (
          <p class="outbox-prompt" dir="auto">
            {headOf(item.text)}
          </p>
        )}
        <p class="bad" dir="auto">
          {message}
        </p>
      </div>
      <div class="outbox-actions">
        {item.kind === 'prompt' && (
          <button type="button" class="button-second" onClick={putBack}>
            {t('Back to the composer')}
          </button>
        )}
        <button type="button" class="button-quiet" onClick={forget}>
          {t('Dismiss')}
        </button>
      </div>
    </div>
  );
}

/** How far what goes with a prompt is, and a way to take it back. */
function OnItsWay({ item }: { readonly item: PanelOutboxItem }) {
  const { post, t } = useUi();
  const { progress } = item;
  if (item.status !== 'sending' || progress === undefined) return null;
  return (
    <>
      <progress
        class="outbox-progress"
        aria-label={t('Sent so far')}
        max={progress.totalBytes}
        value={progress.sentBytes}
      />
      <button
        type="button"
        class="button-quiet"
        onClick={() => post({ type: 'cancel', id: item.id })}
      >
        {t('Cancel')}
      </button>
    </>
  );
}

/** Failures first seen last: oldest at the top, as they were sent. */
export function Outbox() {
  const { store, t } = useUi();
  void store.transcript.version.value;
  const header = store.header.value;
  const queue = header?.queue ?? [];
  const queued = new Set(queue.map((item) => item.promptId));
  const pending = new Set(header?.pending.map((request) => request.requestId));
  const items = store.outbox.value;
  const failed = items.filter(
    (item) => isFailure(item) && !(item.kind === 'answer' && pending.has(item.text)),
  );
  const underWay = items.filter(
    (item) =>
      item.kind === 'prompt' &&
      !isFailure(item) &&
      item.status !== 'done' &&
      !queued.has(item.id) &&
      !store.transcript.hasPrompt(item.id),
  );
  if (failed.length + underWay.length + queue.length === 0) return null;
  return (
    <div class="outbox">
      {failed.map((item) => (
        <Failure key={item.id} item={item} />
      ))}
      <Queue />
      {underWay.map((item) => (
        <div key={item.id} class="outbox-item">
          <span class="outbox-status" role="status">
            <Spinner />
            {statusText(item.status, t)}
          </span>
          <p class="outbox-text outbox-prompt" dir="auto">
            {headOf(item.text)}
          </p>
          {item.attached !== undefined && (
            <span class="muted">
              {item.attached === 1 ? t('1 attached') : t('{0} attached', item.attached)}
            </span>
          )}
          <OnItsWay item={item} />
        </div>
      ))}
    </div>
  );
}
