// The Sessions tree as values: groups, rows, what each row shows and which actions it offers.
import { statusOf } from '../../protocol/openValues.ts';
import type { DirectoryRow } from '../../protocol/state.ts';
import type { JoinedRow } from '../rooms/joinedSessions.ts';
import { type Waiting, waitingSentence, waitsFor } from '../standing/replacementWords.ts';
import { filterMatches, type SessionFilter } from './sessionFilter.ts';
import { groupOf, joinedNode, ownNode, type RowInput, type SessionNode } from './sessionRow.ts';

/** Headings of the tree in their order. A turn that begins or ends moves no row: both are open. */
const HEADINGS = ['pinned', 'waiting', 'open', 'ended', 'archived'] as const;
type Heading = (typeof HEADINGS)[number];

/** Groups that a session leaves by itself. */
const CHANGING: ReadonlySet<Heading> = new Set(['waiting', 'open']);

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
export interface TreeInput extends RowInput {
  /** Sessions of this computer. */
  readonly own: readonly DirectoryRow[];
  /** Sessions of this computer that are not in the list. */
  readonly more?: number;
  /** The newer version that waits for this computer's host. */
  readonly waiting?: Waiting | undefined;
  readonly joined: readonly JoinedRow[];
  /** [H8] Only what it lets through is shown. */
  readonly filter?: SessionFilter | undefined;
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
  const { filter } = input;
  const shown = filter ? input.own.filter((row) => filterMatches(filter, row)) : input.own;
  const groups = stateGroups(
    'own',
    stable(shown).map((row) => ownNode(row, input)),
    input,
  );
  const more = input.more ?? 0;
  const label = input.t('Show {0} more…', more);
  const own = more > 0 ? [...groups, { kind: 'more' as const, id: 'more', label }] : groups;
  const computers = new Map<string, SessionNode[]>();
  for (const row of input.joined) {
    if (filter && !filterMatches(filter, row)) continue;
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
  return [heading('own', input.t('This computer'), own, shown.length), ...joined];
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
  const labels: Record<Heading, string> = {
    pinned: t('Pinned'),
    waiting: t('Waiting for you'),
    open: t('Open'),
    ended: t('Ended'),
    archived: t('Archived'),
  };
  return HEADINGS.flatMap((heading) => {
    const children = nodes.filter((node) => headingOf(node) === heading);
    if (children.length === 0) return [];
    const isCollapsed = heading === 'archived' || (heading === 'ended' && children.length > 10);
    return [
      {
        kind: 'group' as const,
        id: `group:${prefix}:${heading}`,
        label:
          CHANGING.has(heading) && connection !== 'live'
            ? t('{0} when last seen', labels[heading])
            : labels[heading],
        description: String(children.length),
        isCollapsed,
        children,
      },
    ];
  });
}

function headingOf({ group, isPinned }: SessionNode): Heading {
  if (isPinned && group !== 'archived') return 'pinned';
  return group === 'working' || group === 'idle' ? 'open' : group;
}

/** What is open stands in the order of its beginning, whatever happens in it: no row moves away under a pointer. */
function stable(rows: readonly DirectoryRow[]): readonly DirectoryRow[] {
  const isMoving = ({ session, archived }: DirectoryRow): boolean =>
    archived !== true && statusOf(session.status) !== 'ended';
  const moving = rows
    .filter(isMoving)
    .toSorted(
      (a, b) => b.session.startedAt - a.session.startedAt || (a.session.id < b.session.id ? -1 : 1),
    );
  return [...moving, ...rows.filter((row) => !isMoving(row))];
}
