// Thinking: while it streams, and afterwards with how long it took.
import type { Entry, EntryOf } from '../../src/protocol/transcript.ts';
import type { LiveRow } from '../model/liveModel.ts';
import { Fold } from '../parts/Fold.tsx';
import { Icon, Spinner } from '../parts/Icon.tsx';
import { LongText } from '../parts/LongText.tsx';
import { Markdown, StreamingMarkdown } from '../parts/Markdown.tsx';
import { formatDuration } from '../text/format.ts';
import { useUi } from '../ui.ts';

/** A longer pause is none of thinking. */
const MAX_THOUGHT_MS = 30 * 60_000;
const BEGINS: ReadonlySet<Entry['kind']> = new Set([
  'prompt',
  'command',
  'tool-call',
  'tool-result',
  'text',
  'thinking',
]);

/**
 * [N4] How long it took, ms: as it was seen, else since what came before it in the same conversation;
 * undefined where neither is known.
 */
export function thoughtMs(
  entry: EntryOf<'thinking'>,
  before: Entry | undefined,
): number | undefined {
  if (entry.durationMs !== undefined) return entry.durationMs;
  if (before === undefined || before.parent !== entry.parent || !BEGINS.has(before.kind)) {
    return undefined;
  }
  const ms = entry.at - before.at;
  return ms > 0 && ms <= MAX_THOUGHT_MS ? ms : undefined;
}

function inSeconds(ms: number): string {
  return ms < 10_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : formatDuration(ms);
}

/** Thinking, folded. */
export function ThinkingCard(props: { id: string; index: number; entry: EntryOf<'thinking'> }) {
  const { store, t } = useUi();
  const { id, index, entry } = props;
  const { showsThinking } = store.reading;
  const ms = thoughtMs(entry, store.transcript.entryAt(index - 1));
  const title = ms === undefined ? t('Thought') : t('Thought for {0}', inSeconds(ms));
  if (entry.redacted === true || (entry.text === '' && entry.cut === undefined)) {
    return (
      <p class="line muted">
        <Icon name="spark" />
        {title} · {t('not shown by the agent')}
      </p>
    );
  }
  return (
    <Fold id={id} class="thinking" icon="spark" title={title} isOpenAtFirst={showsThinking.value}>
      <LongText
        id={id}
        index={index}
        body={entry}
        foldAfter={60}
        keep="head"
        render={(text) => <Markdown text={text} />}
      />
      <button
        type="button"
        class="link-button"
        onClick={() => (showsThinking.value = !showsThinking.value)}
      >
        {showsThinking.value ? t('Fold all thinking') : t('Unfold all thinking')}
      </button>
    </Fold>
  );
}

/** Thinking that streams. */
export function LiveThinking({ row }: { readonly row: LiveRow }) {
  const { store, t } = useUi();
  if (row.brokenAt !== undefined) {
    return (
      <Fold
        id={row.key}
        class="thinking"
        title={t('Thinking')}
        subtitle={t('broken off')}
        status={<Icon name="stop" />}
      >
        <StreamingMarkdown text={row.text} />
      </Fold>
    );
  }
  const isPresent = store.standing.value?.isPresent === true;
  const ms = row.since === undefined ? 0 : store.now.value - row.since;
  return (
    <Fold
      id={row.key}
      class="thinking"
      title={t('Thinking …')}
      subtitle={isPresent && ms >= 1000 ? inSeconds(ms) : undefined}
      status={isPresent ? <Spinner /> : <Icon name="circle" />}
    >
      <StreamingMarkdown text={row.text} />
    </Fold>
  );
}
