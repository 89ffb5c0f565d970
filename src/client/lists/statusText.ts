// What the one item of the status bar says.
import type { PanelHeader } from '../../protocol/local/panel.ts';
import type { DirectoryRow } from '../../protocol/state.ts';
import { isOver, type Standing, standing } from '../standing/standing.ts';
import { connectionText, controlText } from '../standing/standingWords.ts';
import { groupOf } from './sessionRow.ts';
import { waitingCount } from './sessionTree.ts';
import { taskCount } from '../standing/taskWords.ts';
import { timeOfDay, waitReason } from '../standing/waitWords.ts';
import type { Translate } from '../translate.ts';

/** Text of the item; nothing to say = undefined. */
export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  /** A decision waits: the only reason for a colour. */
  readonly isWarning: boolean;
  /** Session of this computer that a click opens; absent = it is asked. */
  readonly session?: string;
}

/** The most important fact: a decision, then what is not the present, then control, then watchers. */
export function statusText(
  header: PanelHeader | undefined,
  rows: readonly DirectoryRow[],
  t: Translate,
  /** Wall time of this device, ms: for times of day. */
  now?: number,
): StatusText | undefined {
  const title = header?.session?.title ?? '';
  const stands = header && standing(header);
  const open = header?.canAnswer && stands?.isPresent ? header.pending.length : 0;
  const waiting = Math.max(open, waitingCount(rows));
  if (waiting > 0) {
    const text = waiting === 1 ? t('1 decision waits') : t('{0} decisions wait', waiting);
    const [only, ...others] = rows.filter((row) => groupOf(row.session, row) === 'waiting');
    return {
      text: `$(bell-dot) ${text}`,
      tooltip: t('A session waits for you.'),
      isWarning: true,
      ...(only && others.length === 0 ? { session: only.session.id } : {}),
    };
  }
  return (
    (header && stands && frontText(header, stands, { title, t, now })) ??
    sharedText(stands, rows, t)
  );
}

/** What is to be said of the session in front. */
function frontText(
  header: PanelHeader,
  stands: Standing,
  {
    title,
    t,
    now,
  }: { readonly title: string; readonly t: Translate; readonly now: number | undefined },
): StatusText | undefined {
  const plain = (text: string): StatusText => ({ text, tooltip: title, isWarning: false });
  const way = connectionText(stands, t);
  switch (stands.connection) {
    // What ended for good is told by its panel; it says nothing about this window.
    case 'over':
    case 'connecting':
    case 'no-extension':
      return undefined;
    case 'host-offline':
    case 'relay-offline':
      return plain(`$(debug-disconnect) ${t('offline')}`);
    case 'behind':
      return plain(`$(warning) ${way ?? ''}`);
    case 'live':
    case 'unconfirmed':
      break;
  }
  if (isOver(stands)) return undefined;
  const asks = header.controlRequests[0] ?? header.people.find((person) => person.asksControl);
  if (stands.role === 'owner' && asks) {
    const text = t('{0} asks for control', asks.name);
    return { text: `$(person) ${text}`, tooltip: title, isWarning: true };
  }
  const reason = waitReason(stands, t);
  if (reason !== undefined && stands.wait?.asOf === 'now') {
    // It is made anew only when something changes: what is left would grow old here.
    const at = now === undefined ? undefined : timeOfDay(stands.wait.leftMs, { now });
    const isLimit = stands.wait.attempt === undefined && at !== undefined;
    return {
      ...plain(`$(watch) ${reason}`),
      tooltip: isLimit ? `${title} · ${t('Resets: {0}.', at)}` : title,
    };
  }
  const { session } = header;
  if (session?.tasks && stands.activity?.status === 'idle') {
    return plain(`$(clock) ${t('{0} in the background', taskCount(session))}`);
  }
  if (stands.control.kind === 'other') return plain(`$(person) ${controlText(stands, t) ?? ''}`);
  if (stands.role !== undefined && stands.role !== 'owner') {
    const hasControl = stands.control.kind === 'mine';
    return plain(
      hasControl ? `$(edit) ${controlText(stands, t) ?? ''}` : `$(eye) ${t('Watching')}`,
    );
  }
  const others = header.people.filter((person) => person.present && !person.isMe);
  if (others.length > 0) return plain(`$(broadcast) ${t('{0} watching', others.length)}`);
  return undefined;
}

/** What is to be said of this computer. */
function sharedText(
  stands: Standing | undefined,
  rows: readonly DirectoryRow[],
  t: Translate,
): StatusText | undefined {
  if (stands?.connection === 'over') return undefined;
  const shared = rows.filter((row) => row.sharing !== undefined).length;
  if (shared === 0) return undefined;
  return {
    text: `$(broadcast) ${t('Shared')}`,
    tooltip: t('A session of this computer is shared.'),
    isWarning: false,
  };
}
