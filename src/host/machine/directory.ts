// The directory of a machine: which rows its state holds, in which order, and which are fetched.
import { omitUndefined } from '../../base/omitUndefined.ts';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { toBase32 } from '../../base/bytes.ts';
import type { FoundSession } from '../../protocol/agent.ts';
import { SOURCE_CAN, statusOf } from '../../protocol/openValues.ts';
import type { DirectoryRow, SessionStatus } from '../../protocol/state.ts';
import { jsonBytes } from '../../base/jsonText.ts';
import { ENDED_CAN } from '../session/sessionDriver.ts';
import { type SummaryContext, summaryOf } from '../session/sessionSummary.ts';
import type { StoredSession } from '../journal/sessionTables.ts';

/** JSON bytes of the rows in a state at the most: where people and the rest take more, the state itself leaves rows out. */
const STATE_ROWS_BYTES = 32 * 1024;
/** JSON bytes of the rows in one answer. */
const PAGE_BYTES = 96 * 1024;

/** What every row is made with. */
export type RowContext = Pick<SummaryContext, 'computer' | 'agent'>;

/** Our id of a session that was found: the same before and after it is opened. */
export function foundId(key: string): string {
  return toBase32(createHash('sha256').update(`found ${key}`).digest().subarray(0, 16));
}

/** Row of a session that runs, or ended, elsewhere on this computer. */
export function foundRow(found: FoundSession, context: RowContext): DirectoryRow {
  const isOver = found.status === 'ended';
  return {
    session: {
      id: foundId(found.key),
      title: found.title ?? '',
      source: 'observed',
      can: [...(isOver ? ENDED_CAN : SOURCE_CAN.observed)],
      status: found.status,
      computer: context.computer,
      cwd: found.cwd,
      project: basename(found.cwd) || found.cwd,
      agent: context.agent.name,
      agentSessionId: found.agentSessionId,
      ...omitUndefined({
        waitingFor: found.waitingFor,
        branch: found.branch,
        agentVersion: found.agentVersion,
      }),
      startedAt: found.startedAt ?? found.lastActivityAt ?? 0,
      lastActivityAt: found.lastActivityAt ?? found.startedAt ?? 0,
    },
    guests: 0,
    pending: 0,
    foundKey: found.key,
    ...(isOver ? { canContinue: true } : {}),
  };
}

/** Row of a session of ours that is not open now. It is opened, to be read, by its own id. */
export function closedRow(stored: StoredSession, context: RowContext): DirectoryRow {
  const canContinue = stored.agentSessionId !== undefined;
  return {
    session: summaryOf(stored, {
      ...context,
      status: 'ended',
      can: canContinue ? ENDED_CAN : [],
    }),
    guests: 0,
    pending: 0,
    foundKey: stored.id,
    canContinue,
    ...omitUndefined({ archived: stored.archived, pinned: stored.pinned }),
  };
}

const ORDER: Readonly<Record<SessionStatus, number>> = {
  waiting: 0,
  working: 1,
  starting: 1,
  idle: 2,
  ended: 3,
};

/** Pinned first, then what waits, archived last, the newest of a kind first. */
export function sortRows(rows: readonly DirectoryRow[]): DirectoryRow[] {
  const rank = (row: DirectoryRow): number =>
    row.archived === true ? 4 : row.pinned === true ? -1 : ORDER[statusOf(row.session.status)];
  return [...rows].sort(
    (a, b) => rank(a) - rank(b) || b.session.lastActivityAt - a.session.lastActivityAt,
  );
}

/** The first rows that fit the state, and how many did not. */
export function rowsForState(rows: readonly DirectoryRow[]): {
  readonly sessions: DirectoryRow[];
  readonly more?: number;
} {
  const sessions = page(rows, 0, STATE_ROWS_BYTES);
  const more = rows.length - sessions.length;
  return more > 0 ? { sessions, more } : { sessions };
}

/** Rows from `offset` on that fit one answer. */
export function page(
  rows: readonly DirectoryRow[],
  offset: number,
  maxBytes = PAGE_BYTES,
): DirectoryRow[] {
  const kept: DirectoryRow[] = [];
  let bytes = 0;
  for (const row of rows.slice(Math.max(0, offset))) {
    bytes += jsonBytes(row) + 1;
    if (bytes > maxBytes) break;
    kept.push(row);
  }
  return kept;
}
