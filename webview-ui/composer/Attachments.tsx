// What goes with the prompt: pasted, dropped or picked, shown above the text until it is sent.
import { useEffect, useRef, useState } from 'preact/hooks';
import { canOf } from '../../src/protocol/openValues.ts';
import type { PanelAttachment } from '../../src/protocol/local/panel.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { Icon, Spinner } from '../parts/Icon.tsx';
import { formatBytes } from '../text/format.ts';
import { type Ui, useUi } from '../ui.ts';

/** Takes files in, or says why this session takes none; false if there are none. */
function takeFiles({ store, t }: Ui, files: FileList | undefined | null): boolean {
  if (!files || files.length === 0) return false;
  const session = store.header.value?.session;
  const { attachments } = store;
  if (session !== undefined && !canOf(session, 'attach')) {
    attachments.problems.value = [
      t('The computer of this session runs an older version, which takes no pictures or files.'),
    ];
  } else {
    void attachments.add([...files]);
  }
  return true;
}

/** What the text field does with files that are pasted. */
export function handlePaste(ui: Ui, event: ClipboardEvent): void {
  // Text that was copied beside a picture of itself (a table, a page) is meant as text.
  const data = event.clipboardData;
  const hasText = data?.types.includes('text/plain') === true;
  if (!hasText && takeFiles(ui, data?.files)) event.preventDefault();
}

/** Opens the picker of the system: on a phone also the camera. */
export function AttachButton({ isDisabled }: { readonly isDisabled: boolean }) {
  const ui = useUi();
  const { store, t } = ui;
  const input = useRef<HTMLInputElement>(null);
  const session = store.header.value?.session;
  if (session === undefined || !canOf(session, 'attach')) return null;
  const title = t('Attach pictures or files');
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          takeFiles(ui, event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="button-quiet button-attach"
        disabled={isDisabled}
        aria-label={title}
        title={title}
        onClick={() => input.current?.click()}
      >
        <Icon name="attach" />
      </button>
    </>
  );
}

/** Files may be let go anywhere over the panel; while they are over it, it says so. */
export function DropTarget() {
  const ui = useUi();
  const { t } = ui;
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean =>
      event.dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      takeFiles(ui, event.dataTransfer?.files);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [ui]);
  if (!isOver) return null;
  return (
    <div class="drop-target" role="status">
      <Icon name="attach" />
      {t('Let go to attach')}
    </div>
  );
}

function Attachment({ item }: { readonly item: PanelAttachment }) {
  const { store, t } = useUi();
  const name = showDeceptive(item.name);
  const remove = t('Remove {0}', item.name);
  return (
    <li class="attachment">
      {item.thumb === undefined ? (
        <Icon name="file" />
      ) : (
        <img class="attachment-thumb" src={item.thumb} alt="" />
      )}
      <span class="attachment-text">
        <span class="attachment-name" dir="auto">
          {name}
        </span>
        <span class="muted">
          {formatBytes(item.bytes)}
          {item.note === undefined ? '' : ` · ${item.note}`}
        </span>
      </span>
      <button
        type="button"
        class="button-quiet"
        aria-label={remove}
        title={remove}
        onClick={() => store.attachments.remove(item.id)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

/** The strip above the text field. */
export function Attachments() {
  const { store, t } = useUi();
  const { attachments } = store;
  const problems = attachments.problems.value;
  const items = attachments.items.value;
  const reading = attachments.reading.value;
  return (
    <>
      {problems.length > 0 && (
        <div class="line composer-reason" role="alert">
          <Icon name="warning" />
          <span class="line-text" dir="auto">
            {showDeceptive(problems.join(' '))}
          </span>
          <button type="button" class="button-quiet" onClick={() => attachments.dismissProblems()}>
            {t('Dismiss')}
          </button>
        </div>
      )}
      {items.length + reading.length > 0 && (
        <ul class="attachments" aria-label={t('Attached')}>
          {items.map((item) => (
            <Attachment key={item.id} item={item} />
          ))}
          {reading.map(({ id, name }) => (
            <li key={id} class="attachment" role="status">
              <Spinner />
              <span class="attachment-text attachment-name" dir="auto">
                {showDeceptive(name)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
