// One-line entries: ends of turns, notices, retries, resets, background tasks.
import { authorName } from '../../src/client/standing/peopleWords.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { Icon, type IconName, Spinner } from '../parts/Icon.tsx';
import type { Translate } from '../strings.ts';
import { formatClock, formatCost, formatDuration, formatTokens } from '../text/format.ts';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';

function turnText(entry: EntryOf<'turn'>, t: Translate): string {
  const who = entry.author && authorName(entry.author, t);
  switch (entry.outcome) {
    case 'completed':
      return t('Done');
    case 'interrupted':
      return who === undefined ? t('Interrupted') : t('Interrupted by {0}', who);
    case 'failed':
      return t('The turn failed');
    case 'limit':
      return t('Stopped at a limit');
  }
}

const TURN_ICONS: Readonly<Record<EntryOf<'turn'>['outcome'], IconName>> = {
  completed: 'check',
  interrupted: 'stop',
  failed: 'warning',
  limit: 'warning',
};

/** The end of a turn with its figures. */
export function TurnLine({ entry }: { readonly entry: EntryOf<'turn'> }) {
  const { store, t } = useUi();
  const output = entry.usage?.outputTokens;
  const figures = [
    formatClock(entry.at, store.locale.value),
    entry.durationMs === undefined ? '' : formatDuration(entry.durationMs),
    output === undefined ? '' : t('{0} tokens', formatTokens(output)),
    entry.costUsd === undefined ? '' : formatCost(entry.costUsd),
  ].filter((figure) => figure !== '');
  const isBad = entry.outcome === 'failed' || entry.outcome === 'limit';
  return (
    <div class={`turn turn-${entry.outcome}`}>
      <p class={isBad ? 'line bad' : 'line muted'} title={isBad ? entry.reason : undefined}>
        <Icon name={TURN_ICONS[entry.outcome]} />
        <bdi>{turnText(entry, t)}</bdi>
        <span class="muted figures">{figures.join(' · ')}</span>
      </p>
      {entry.error !== undefined && (
        <p class="error-text" dir="auto">
          {showDeceptive(entry.error)}
        </p>
      )}
    </div>
  );
}

const NOTICE_ICONS: Readonly<Record<EntryOf<'notice'>['level'], IconName>> = {
  info: 'info',
  warning: 'warning',
  error: 'warning',
};

/** Something the computer or the agent says. */
export function NoticeLine({ entry }: { readonly entry: EntryOf<'notice'> }) {
  const { store, t } = useUi();
  return (
    <p class={`line notice notice-${entry.level}`} dir="auto">
      <Icon name={NOTICE_ICONS[entry.level]} />
      <span class="line-text">
        {showDeceptive(store.heard(entry.text, entry.said))}
        {entry.author !== undefined && <bdi class="muted"> · {authorName(entry.author, t)}</bdi>}
      </span>
    </p>
  );
}

/** The agent tries again; counts down while that is to come. */
export function RetryLine({ entry }: { readonly entry: EntryOf<'retry'> }) {
  const { store, t } = useUi();
  const wait = store.standing.value?.wait;
  const leftMs = wait?.asOf === 'now' ? (wait.leftMs ?? 0) : 0;
  const attempt =
    entry.maxAttempts === undefined
      ? t('Attempt {0}', entry.attempt)
      : t('Attempt {0} of at most {1}', entry.attempt, entry.maxAttempts);
  void store.transcript.version.value;
  const isLast = store.transcript.rows.at(-1)?.entry === entry;
  const isComing = isLast && leftMs > 0 && wait?.attempt === entry.attempt;
  return (
    <p class="line notice notice-warning" dir="auto">
      {isComing ? <Spinner /> : <Icon name="reset" />}
      <span class="line-text">
        {showDeceptive(entry.error)}
        <span class="muted">
          {' · '}
          {entry.status === undefined ? '' : `${entry.status} · `}
          {attempt}
          {isComing ? ` · ${t('again in {0} s', Math.ceil(leftMs / 1000))}` : ''}
        </span>
      </span>
    </p>
  );
}

/** The conversation was cleared. */
export function ResetLine({ entry }: { readonly entry: EntryOf<'reset'> }) {
  const { store, t } = useUi();
  return (
    <div class="divider" role="separator">
      <span>
        {t('Conversation cleared')} · {formatClock(entry.at, store.locale.value)}
      </span>
    </div>
  );
}

function taskText(status: EntryOf<'task'>['status'], t: Translate): string {
  switch (status) {
    case 'running':
      return t('running');
    case 'completed':
      return t('completed');
    case 'failed':
      return t('failed');
    case 'stopped':
      return t('stopped');
  }
}

/** A background task that belongs to no card. */
export function TaskLine({ entry }: { readonly entry: EntryOf<'task'> }) {
  const { t } = useUi();
  const figures = [
    entry.toolUses === undefined ? '' : t('{0} tool uses', entry.toolUses),
    entry.totalTokens === undefined ? '' : t('{0} tokens', formatTokens(entry.totalTokens)),
    entry.durationMs === undefined ? '' : formatDuration(entry.durationMs),
  ].filter((figure) => figure !== '');
  return (
    <p class={entry.status === 'failed' ? 'line bad' : 'line muted'} dir="auto">
      {entry.status === 'running' ? <Spinner /> : <Icon name="agent" />}
      <span class="line-text">
        <bdi>{entry.title}</bdi> · {taskText(entry.status, t)}
        {entry.summary !== undefined && <bdi> · {showDeceptive(entry.summary)}</bdi>}
      </span>
      <span class="muted figures">{figures.join(' · ')}</span>
    </p>
  );
}
