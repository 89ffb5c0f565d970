// What the one item of the status bar says.
import type { PanelHeader } from '../../protocol/panel.ts';
import type { DirectoryRow } from '../../protocol/state.ts';
import { groupOf, waitingCount } from './sessionTree.ts';
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

/** The most important fact: a decision, then control, then watchers, then the lost connection. */
export function statusText(
  header: PanelHeader | undefined,
  rows: readonly DirectoryRow[],
  t: Translate,
): StatusText | undefined {
  const title = header?.session?.title ?? '';
  const open = header && header.canAnswer ? header.pending.length : 0;
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
  const asks = header?.controlRequests[0] ?? header?.people.find((person) => person.asksControl);
  if (header?.me?.role === 'owner' && asks) {
    const text = t('{0} asks for control', asks.name);
    return { text: `$(person) ${text}`, tooltip: title, isWarning: true };
  }
  const truth = header?.truth.kind;
  // What ended for good is told by its panel; it says nothing about this window.
  if (truth === 'over') return undefined;
  if (truth === 'host-offline' || truth === 'relay-offline') {
    return { text: `$(debug-disconnect) ${t('offline')}`, tooltip: title, isWarning: false };
  }
  if (truth === 'behind') {
    return { text: `$(debug-disconnect) ${t('not up to date')}`, tooltip: title, isWarning: false };
  }
  const others = header?.people.filter((person) => person.present && !person.isMe) ?? [];
  if (header?.control.kind === 'other') {
    const text = t('{0} has control', header.control.name);
    return { text: `$(person) ${text}`, tooltip: title, isWarning: false };
  }
  if (header?.me && header.me.role !== 'owner') {
    const hasControl = header.control.kind === 'mine';
    const text = hasControl ? `$(edit) ${t('You have control')}` : `$(eye) ${t('Watching')}`;
    return { text, tooltip: title, isWarning: false };
  }
  if (others.length > 0) {
    const text = t('{0} watching', others.length);
    return { text: `$(broadcast) ${text}`, tooltip: title, isWarning: false };
  }
  const shared = rows.filter((row) => row.sharing !== undefined).length;
  if (shared === 0) return undefined;
  return {
    text: `$(broadcast) ${t('Shared')}`,
    tooltip: t('A session of this computer is shared.'),
    isWarning: false,
  };
}
