// The Sessions tree as values: groups, rows, what each row shows and which actions it offers.
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
import { type Waiting, waitingSentence, waitsFor } from '../standing/replacementWords.ts';
import { refKey, type SessionRef } from '../rooms/sessionRef.ts';
import { shortAge } from './times.ts';
import type { Translate } from '../translate.ts';

/** States that the tree groups by, in the order of the tree. */
const TREE_GROUPS: readonly TreeGroup[] = ['waiting', 'working', 'idle', 'ended', 'archived'];

/** Groups that a session leaves by itself. */
const CHANGING: ReadonlySet<TreeGroup> = new Set(['waiting', 'working', 'idle']);

/** A row of the tree. */
export interface SessionNode {
  readonly kind: 'session';
  readonly id: string;
  readonly ref: SessionRef;
  readonly group: TreeGroup;
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

/** A heading of the tree. */
export interface GroupNode {
  readonly kind: 'group';
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly isCollapsed: boolean;
  readonly children: readonly TreeNode[];
}

/** The way to sessions that are not in the list yet. */
export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  readonly label: string;
}

/** [G6] A newer version waits for this computer's host. */
export interface ReplacementNode {
  readonly kind: 'replacement';
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** The whole sentence; plain text, to be escaped. */
  readonly detail: string;
}

/** A node of the tree. */
export type TreeNode = SessionNode | GroupNode | MoreNode | ReplacementNode;

/** What the tree is made from. */
export interface TreeInput {
  /** Sessions of this computer. */
  readonly own: readonly DirectoryRow[];
  /** Sessions of this computer that are not in the list. */
  readonly more?: number;
  /** The newer version that waits for this computer's host. */
  readonly waiting?: Waiting | undefined;
  readonly joined: readonly JoinedRow[];
  /** How true what is known of this computer's sessions is. */
  readonly connection: Truth['kind'];
  /** Wall time, ms. */
  readonly now: number;
  /** Session ids whose links are known here, so that they can be copied. */
  readonly knownLinks: ReadonlySet<string>;
  readonly canShare: boolean;
  readonly t: Translate;
}

/** The tree: the states of this computer, or, as soon as something was joined, one heading per computer. */
export function sessionTree(input: TreeInput): readonly TreeNode[] {
  const head = replacementNode(input);
  return head === undefined ? rowsOf(input) : [head, ...rowsOf(input)];
}

/** [G6] It stands above all, as long as it is known to be so now. */
function replacementNode({ waiting, connection, now, t }: TreeInput): ReplacementNode | undefined {
  if (waiting === undefined || connection !== 'live') return undefined;
  return {
    kind: 'replacement',
    id: 'replacement',
    label: t('Version {0} waits to take over', waiting.version),
    description: waitsFor(waiting, t),
    detail: waitingSentence(waiting, now, t),
  };
}

function rowsOf(input: TreeInput): readonly TreeNode[] {
  const groups = stateGroups(
    'own',
    input.own.map((row) => ownNode(row, input)),
    input,
  );
  const more = input.more ?? 0;
  const label = input.t('Show {0} more…', more);
  const own = more > 0 ? [...groups, { kind: 'more' as const, id: 'more', label }] : groups;
  const computers = new Map<string, SessionNode[]>();
  for (const row of input.joined) {
    const nodes = computers.get(row.computer) ?? [];
    nodes.push(joinedNode(row, input));
    computers.set(row.computer, nodes);
  }
  if (computers.size === 0) return own;
  const joined = [...computers].map(([computer, nodes]): GroupNode => {
    const label = computer === '' ? input.t('Not reached yet') : computer;
    return heading(`joined:${computer}`, label, nodes, nodes.length);
  });
  if (own.length === 0) return joined;
  return [heading('own', input.t('This computer'), own, input.own.length), ...joined];
}

/** How many sessions of this computer wait for a person. */
export function waitingCount(rows: readonly DirectoryRow[]): number {
  return rows.filter((row) => groupOf(row.session, row) === 'waiting').length;
}

function heading(
  id: string,
  label: string,
  children: readonly TreeNode[],
  count: number,
): GroupNode {
  const isCollapsed = false;
  return {
    kind: 'group',
    id: `group:${id}`,
    label,
    description: String(count),
    isCollapsed,
    children,
  };
}

function stateGroups(
  prefix: string,
  nodes: readonly SessionNode[],
  { connection, t }: TreeInput,
): readonly GroupNode[] {
  const labels: Record<TreeGroup, string> = {
    waiting: t('Waiting for you'),
    working: t('Working'),
    idle: t('Idle'),
    ended: t('Ended'),
    archived: t('Archived'),
  };
  return TREE_GROUPS.flatMap((group) => {
    const children = nodes.filter((node) => node.group === group);
    if (children.length === 0) return [];
    const isCollapsed = group === 'archived' || (group === 'ended' && children.length > 10);
    return [
      {
        kind: 'group' as const,
        id: `group:${prefix}:${group}`,
        label:
          CHANGING.has(group) && connection !== 'live'
            ? t('{0} when last seen', labels[group])
            : labels[group],
        description: String(children.length),
        isCollapsed,
        children,
      },
    ];
  });
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

function ownNode(row: DirectoryRow, input: TreeInput): SessionNode {
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
  ];
  const { connection } = input;
  const isShared = row.sharing !== undefined;
  return node({ ref, group, session, flags, input, guests: row.guests, isShared, connection });
}

function joinedNode(row: JoinedRow, input: TreeInput): SessionNode {
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
      connection,
    });
  }
  return {
    kind: 'session',
    id: refKey(ref),
    ref,
    group: 'idle',
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
  readonly input: TreeInput;
  readonly guests: number;
  readonly isShared: boolean;
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
    session.project,
    session.branch,
    age,
    unknownStatus(session.status),
    watchedNote(session, t),
    queueNote(session, t),
    session.tasks && t('{0} in the background', taskCount(session)),
    session.others && t('others on it'),
    guests > 0 ? t('{0} watching', guests) : options.isShared && t('shared'),
  ];
  return {
    kind: 'session',
    id: refKey(options.ref),
    ref: options.ref,
    group,
    title: session.title || t('Untitled session'),
    description: description.filter(Boolean).join(' · '),
    ...sessionLook(session, group, connection === 'live', wait !== undefined),
    context: `;${options.flags.filter(Boolean).join(';')};`,
    details: sessionDetails(session, isJoined, t, wait),
  };
}
