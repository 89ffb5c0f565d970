// A row of the Sessions tree as a value: where it stands, what it shows, which actions it offers.
import {
  canOf,
  holdReasonOf,
  sourceOf,
  statusOf,
  unknownStatus,
} from '../../protocol/openValues.ts';
import type { DirectoryRow, SessionSummary } from '../../protocol/state.ts';
import { sessionDetails, sessionLook, type TreeGroup, watchedNote } from './sessionLook.ts';
import type { JoinedRow } from '../rooms/joinedSessions.ts';
import type { Truth } from '../../session/view.ts';
import { standing } from '../standing/standing.ts';
import { maySetFolder } from '../standing/folderGone.ts';
import { maySettle } from '../standing/othersWords.ts';
import { ownerNeed } from '../standing/ownerNeed.ts';
import { taskCount } from '../standing/taskWords.ts';
import { connectionText } from '../standing/standingWords.ts';
import { waitText } from '../standing/waitWords.ts';
import { refKey, type SessionRef } from '../rooms/sessionRef.ts';
import { shortAge } from './times.ts';
import type { Translate } from '../translate.ts';

/** A row of the tree. */
export interface SessionNode {
  readonly kind: 'session';
  readonly id: string;
  readonly ref: SessionRef;
  readonly group: TreeGroup;
  /** [H5] It stands above all others. */
  readonly isPinned: boolean;
  readonly title: string;
  readonly description: string;
  /** Codicon id and, where it carries meaning, a theme colour. */
  readonly icon: string;
  readonly color?: string;
  /** `;flag;flag;`: what the manifest's `when` clauses look for. */
  readonly context: string;
  /** Label and value of each line of the tooltip; plain text, to be escaped. */
  readonly details: readonly (readonly [string, string])[];
}

/** What rows are made with. */
export interface RowInput {
  /** How true what is known of this computer's sessions is. */
  readonly connection: Truth['kind'];
  /** Wall time, ms. */
  readonly now: number;
  /** Session ids whose links are known here, so that they can be copied. */
  readonly knownLinks: ReadonlySet<string>;
  readonly canShare: boolean;
  readonly t: Translate;
}

/** The group of a session; one of this computer with a decision waiting is waiting whatever its agent says. */
export function groupOf(
  session: SessionSummary,
  row?: Pick<DirectoryRow, 'pending' | 'archived'>,
): TreeGroup {
  if (row?.archived === true) return 'archived';
  const status = statusOf(session.status);
  if (status === 'ended') return 'ended';
  if (status === 'waiting' || (row?.pending ?? 0) > 0) return 'waiting';
  // [Z7] Only its owner can do it, who has a row for it.
  if (row !== undefined && ownerNeed(session) !== undefined) return 'waiting';
  return status === 'idle' ? 'idle' : 'working';
}

/** Row of a session of this computer. */
export function ownNode(row: DirectoryRow, input: RowInput): SessionNode {
  const { session } = row;
  const ref: SessionRef = { kind: 'own', session: session.id };
  const group = groupOf(session, row);
  const status = statusOf(session.status);
  const isEnded = status === 'ended';
  const canOpen = row.link !== undefined || row.foundKey !== undefined;
  const flags = [
    'own',
    sourceOf(session.source),
    canOpen && 'open',
    input.canShare && canOpen && !isEnded && 'sharable',
    row.sharing && 'shared',
    row.sharing && input.knownLinks.has(session.id) && 'link',
    (status === 'working' || status === 'waiting') && canOf(session, 'interrupt') && 'working',
    canOf(session, 'end') && !isEnded && 'endable',
    row.canContinue === true && 'continue',
    maySettle(session, { role: 'owner' }) && 'others',
    maySetFolder(session, { role: 'owner' }) && 'folder',
    row.archived === true ? 'archived' : isEnded && 'archivable',
    row.pinned === true ? 'pinned' : 'pinnable',
    isEnded && row.sharing === undefined && 'removable',
    (isEnded || status === 'idle') && session.agentSessionId !== undefined && 'forkable',
  ];
  const { connection } = input;
  const isShared = row.sharing !== undefined;
  const isPinned = row.pinned === true;
  const { guests } = row;
  return node({ ref, group, session, flags, input, guests, isShared, isPinned, connection });
}

/** Row of a session that was joined. */
export function joinedNode(row: JoinedRow, input: RowInput): SessionNode {
  const ref: SessionRef = { kind: 'joined', room: row.room };
  const { connection = 'connecting' } = row;
  if (row.session && connection !== 'over') {
    const group = groupOf(row.session);
    const flags = ['joined', 'open'];
    return node({
      ref,
      group,
      session: row.session,
      flags,
      input,
      guests: 0,
      isShared: false,
      isPinned: false,
      connection,
    });
  }
  return {
    kind: 'session',
    id: refKey(ref),
    ref,
    group: 'idle',
    isPinned: false,
    title: row.title || input.t('Shared session'),
    description: connection === 'over' ? wayText(row, connection, input.t) : '',
    icon: connection === 'over' ? 'debug-disconnect' : 'link',
    context: ';joined;open;',
    details: [],
  };
}

/** [Q1] Prompts that wait. */
function queueNote({ queued = 0, queueHold }: SessionSummary, t: Translate): string | false {
  if (queued === 0) return false;
  if (queueHold !== undefined) {
    return holdReasonOf(queueHold.why) === 'stop'
      ? t('{0} held by Stop', queued)
      : t('{0} held, the turn failed', queued);
  }
  return t('{0} queued', queued);
}

/** How true the row is, in the words of all places. */
function wayText(
  { session }: Pick<JoinedRow, 'session'>,
  kind: Truth['kind'],
  t: Translate,
): string {
  const control = { kind: 'watching', reason: 'joining' } as const;
  return connectionText(standing({ truth: { kind }, control, session }), t) ?? '';
}

/** What the agent of a row waits for, where that is known to be so now. */
function rowWait(
  session: SessionSummary,
  kind: Truth['kind'],
  hostNow: number | undefined,
  t: Translate,
): string | undefined {
  const control = { kind: 'watching', reason: 'joining' } as const;
  const stands = standing({
    ...{ truth: { kind }, control, session },
    ...(hostNow !== undefined && { hostNow }),
  });
  return stands.isPresent ? waitText(stands, t) : undefined;
}

function node(options: {
  readonly ref: SessionRef;
  readonly group: TreeGroup;
  readonly session: SessionSummary;
  readonly flags: readonly (string | false | undefined)[];
  readonly input: RowInput;
  readonly guests: number;
  readonly isShared: boolean;
  readonly isPinned: boolean;
  readonly connection: Truth['kind'];
}): SessionNode {
  const { session, group, guests, input, connection } = options;
  const { t } = input;
  const age = shortAge(input.now - session.lastActivityAt, t);
  const isJoined = options.ref.kind === 'joined';
  // This computer's time is known here; of another one, what is left is told by its panel.
  const wait = rowWait(session, connection, isJoined ? undefined : input.now, t);
  const description = [
    // This computer's own way stands above all of its rows.
    isJoined && connection !== 'live' && wayText({ session }, connection, t),
    wait,
    group === 'working' && connection === 'live' && t('working'),
    guests > 0 ? t('{0} watching', guests) : options.isShared && t('shared'),
    unknownStatus(session.status),
    watchedNote(session, t),
    session.others && t('others on it'),
    queueNote(session, t),
    session.tasks && t('{0} in the background', taskCount(session)),
    age,
    // What is the same for most rows is cut first.
    session.project,
    session.branch,
  ];
  return {
    kind: 'session',
    id: refKey(options.ref),
    ref: options.ref,
    group,
    isPinned: options.isPinned,
    title: session.title || t('Untitled session'),
    description: description.filter(Boolean).join(' · '),
    ...sessionLook(session, group, connection === 'live', wait !== undefined),
    context: `;${options.flags.filter(Boolean).join(';')};`,
    details: sessionDetails(session, isJoined, t, wait),
  };
}
