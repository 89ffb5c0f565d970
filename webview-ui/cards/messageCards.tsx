// What people and the agent say: prompts, replies, thinking.
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { promptOriginOf } from '../../src/protocol/openValues.ts';
import { AuthorBadge } from '../parts/AuthorBadge.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Images } from '../parts/Images.tsx';
import { LongText } from '../parts/LongText.tsx';
import { Markdown } from '../parts/Markdown.tsx';
import type { Translate } from '../strings.ts';
import { formatBytes, formatClock } from '../text/format.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';

function originText(origin: EntryOf<'prompt'>['origin'], t: Translate): string {
  switch (origin) {
    case 'person':
      return t('Typed at the computer');
    case 'agent':
      return t('From the agent');
    case 'hook':
      return t('From a hook');
    case 'peer':
      return t('From another session');
    case 'task':
      return t('From a background task');
    case 'system':
      return t('From the system');
    case 'skill':
      return t('A skill was used');
    case 'scheduled':
      return t('At the time that was set');
    default:
      return origin;
  }
}

/** Files that came with a prompt: the agent has them, on its computer. */
function Files({ files }: { readonly files: NonNullable<EntryOf<'prompt'>['files']> }) {
  return (
    <div class="chips">
      {files.map((file, at) => (
        <span key={at} class="chip">
          <Icon name="file" />
          <bdi>{showDeceptive(file.name)}</bdi> · {formatBytes(file.totalBytes)}
        </span>
      ))}
    </div>
  );
}

/** A prompt with who typed it. */
export function PromptCard(props: { id: string; index: number; entry: EntryOf<'prompt'> }) {
  const { store, t } = useUi();
  const { id, index, entry } = props;
  const heading = entry.text.split('\n', 1)[0]?.slice(0, 120) ?? '';
  return (
    <section class={`prompt prompt-${promptOriginOf(entry.origin)}`}>
      <h2 class="sr-only">{t('Prompt: {0}', heading)}</h2>
      <header class="prompt-head">
        {entry.author === undefined ? (
          <span class="author muted">{originText(entry.origin, t)}</span>
        ) : (
          <AuthorBadge author={entry.author} />
        )}
        {entry.folded === true && (
          <span class="tag" title={t('It was added to the turn that was running.')}>
            {t('added to the turn')}
          </span>
        )}
        <time class="muted time">{formatClock(entry.at, store.locale.value)}</time>
      </header>
      <LongText
        id={id}
        index={index}
        body={entry}
        foldAfter={entry.origin === 'person' ? 20 : 6}
        keep="head"
        render={(text) => (
          <div class="prompt-text" dir="auto">
            {showDeceptive(text)}
          </div>
        )}
      />
      {entry.images !== undefined && <Images images={entry.images} />}
      {entry.files !== undefined && <Files files={entry.files} />}
    </section>
  );
}

/** A finished block of a reply. */
export function TextCard(props: { id: string; index: number; entry: EntryOf<'text'> }) {
  const { store, post, t } = useUi();
  const { id, index, entry } = props;
  const loaded = store.blobs.value.get(entry.cut?.blob ?? '');
  // Of a cut text only the whole is worth copying.
  const whole = entry.cut === undefined ? entry.text : loaded?.kind === 'loaded' && loaded.text;
  return (
    <section class="reply">
      <LongText
        id={id}
        index={index}
        body={entry}
        foldAfter={Number.POSITIVE_INFINITY}
        keep="head"
        render={(text) => <Markdown text={text} />}
      />
      {entry.aborted === true && (
        <p class="muted line">
          <Icon name="stop" />
          {t('Interrupted here')}
        </p>
      )}
      {typeof whole === 'string' && (
        <div class="reply-actions">
          <button
            type="button"
            class="link-button"
            aria-label={t('Copy reply')}
            title={t('Copy reply')}
            onClick={() => post({ type: 'copy', text: whole })}
          >
            <Icon name="copy" />
          </button>
        </div>
      )}
    </section>
  );
}
