// Puts open, ended and found sessions into one list, each conversation once.
import type { FoundSession } from '../protocol/agent.ts';
import type { DirectoryRow } from '../protocol/state.ts';
import { closedRow, foundId, foundRow, sortRows } from './directory.ts';
import type { OpenSession } from './openSession.ts';
import type { StoredSession } from './sessionStore.ts';
import { given } from './sessionSummary.ts';

/** Rows of ended sessions in the directory. */
const LISTED_ENDED = 300;

/** What is put together. */
export interface ListOptions {
  readonly open: readonly OpenSession[];
  readonly stored: readonly StoredSession[];
  readonly found: readonly FoundSession[];
  readonly computer: string;
  readonly agentName: string;
}

/** Every row, in order. A conversation of ours that runs in a terminal now is shown as running. */
export function listRows(options: ListOptions): readonly DirectoryRow[] {
  const { open, stored } = options;
  const openIds = new Set(open.map(({ id }) => id));
  const openConversations = new Set(
    open.filter(({ recorder }) => recorder.status !== 'ended').map(conversationOf),
  );
  const known = new Set([...open.map(conversationOf), ...stored.map((one) => one.agentSessionId)]);
  const found = options.found.filter(
    (one) =>
      !openIds.has(foundId(one.key)) &&
      !openConversations.has(one.agentSessionId) &&
      (one.status !== 'ended' || !known.has(one.agentSessionId)),
  );
  const running = new Set(
    found.filter(({ status }) => status !== 'ended').map((one) => one.agentSessionId),
  );
  const closed = stored.filter(
    (one) => !openIds.has(one.id) && !running.has(one.agentSessionId ?? ''),
  );
  const rows = sortRows([
    ...open.map((session) => session.row()),
    ...found.map((one) => foundRow(one, options)),
    ...closed.map((one) => closedRow(one, options)),
  ]);
  const firstEnded = rows.findIndex(({ session }) => session.status === 'ended');
  return firstEnded < 0 ? rows : rows.slice(0, firstEnded + LISTED_ENDED);
}

function conversationOf({ recorder }: OpenSession): string | undefined {
  return recorder.stored.agentSessionId;
}

/** A found session as the journal keeps it once somebody opens it. */
export function storedOfFound(found: FoundSession, room: string, now: number): StoredSession {
  return {
    id: foundId(found.key),
    room,
    source: 'observed',
    cwd: found.cwd,
    title: found.title ?? '',
    startedAt: found.startedAt ?? now,
    lastActivityAt: found.lastActivityAt ?? now,
    ended: found.status === 'ended',
    agentSessionId: found.agentSessionId,
    foundKey: found.key,
    ...given({
      branch: found.branch,
      agentVersion: found.agentVersion,
      transcriptPath: found.transcriptPath,
    }),
  };
}
