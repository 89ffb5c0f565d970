// What stands above the field: how to begin, lines that are selected in an editor, drafts kept elsewhere.
import { showDeceptive } from '../../src/base/visibleText.ts';
import { mentionOf } from '../../src/protocol/local/mention.ts';
import { watchingReason } from '../model/words.ts';
import { Icon } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';
import { shownName } from './ChoiceList.tsx';

const HEAD_CHARACTERS = 200;

/** Ways to begin, while nothing has been said; a click puts one into the field. */
export function Suggestions() {
  const { store, t } = useUi();
  void store.transcript.version.value;
  const { composer } = store;
  const header = store.header.value;
  const isFresh = store.hasEntries.value && store.transcript.size === 0 && !store.hasOlder.value;
  const isAsked = (header?.queue.length ?? 0) > 0 || store.outbox.value.length > 0;
  const isWatching = watchingReason(header, store.standing.value, t) !== undefined;
  if (!isFresh || isAsked || isWatching || composer.draft.value !== '') return null;
  const hasGit = header?.session?.branch !== undefined;
  const texts = [
    t('Explain this project to me.'),
    ...(hasGit ? [t('What has changed since the last commit?')] : []),
    t('What should be done next here?'),
  ];
  return (
    <div class="suggestions" role="group" aria-label={t('Ways to begin')}>
      {texts.map((text) => (
        <button
          key={text}
          type="button"
          class="button-second"
          onClick={() => {
            composer.type(text);
            composer.focusRequests.value++;
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

/** The lines that go along, and the way to leave them out. */
export function SelectionChip() {
  const { store, t } = useUi();
  const { selection } = store.composer;
  const lines = selection.value;
  if (lines === undefined) return null;
  const { path, from, to, isUnsaved } = lines;
  const name = shownName(path.slice(path.lastIndexOf('/') + 1));
  const cannot = mentionOf(path, lines) === undefined;
  const text =
    from === to ? t('Line {0} of {1}', from, name) : t('Lines {0}–{1} of {2}', from, to, name);
  const title = cannot
    ? t('This name cannot be written in a prompt: the lines do not go along.')
    : isUnsaved
      ? t('{0}: what was saved is read, not what is typed since.', shownName(path))
      : shownName(path);
  return (
    <span class={cannot ? 'chip muted' : 'chip'} title={title}>
      <Icon name={cannot || isUnsaved ? 'warning' : 'file'} />
      <bdi class="picker-text">{text}</bdi>
      {(cannot || isUnsaved) && <span class="sr-only">{title}</span>}
      <button
        type="button"
        class="button-quiet chip-close"
        aria-label={t('Leave the selected lines out')}
        title={t('Leave the selected lines out')}
        onClick={() => {
          selection.value = undefined;
          store.composer.focusRequests.value++;
        }}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}

/** A draft that another window of this computer keeps for the session. */
export function OtherDraft() {
  const { store, t } = useUi();
  const { composer } = store;
  const other = composer.otherDraft.value;
  return (
    <>
      {composer.hasNewerDraft.value && (
        <p class="line muted" role="status">
          <Icon name="info" />
          <span class="line-text">
            {t(
              'A newer version of the extension keeps a draft for this session that cannot be read here. It is left as it is.',
            )}
          </span>
        </p>
      )}
      {other !== undefined && (
        <div class="line other-draft" role="status">
          <Icon name="edit" />
          <span class="line-text outbox-prompt" dir="auto">
            {t('Draft in another window: {0}', showDeceptive(other.text.slice(0, HEAD_CHARACTERS)))}
          </span>
          <button type="button" class="button-second" onClick={() => composer.takeOther()}>
            {t('Use it here')}
          </button>
          <button
            type="button"
            class="button-quiet"
            title={t('It stays where it is.')}
            onClick={() => (composer.otherDraft.value = undefined)}
          >
            {t('Not now')}
          </button>
        </div>
      )}
    </>
  );
}
