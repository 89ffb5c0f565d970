// Puts open, ended and found sessions into one list, each conversation once.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { FoundSession } from '../../protocol/agent.ts';
import { statusOf } from '../../protocol/openValues.ts';
import type { DirectoryRow } from '../../protocol/state.ts';
import { closedRow, foundId, foundRow, type RowContext, sortRows } from './directory.ts';
import { isRunning } from './foundList.ts';
import { boundedRow } from '../../session/state/boundedState.ts';
import type { OpenSession } from '../session/openSession.ts';
import type { StoredSession } from '../journal/sessionTables.ts';

/** Rows of ended sessions in the directory. */
const LISTED_ENDED = 300;

/** What is put together. */
export interface ListOptions extends RowContext {
  readonly open: readonly OpenSession[];
  readonly stored: readonly StoredSession[];
  readonly found: readonly FoundSession[];
}

/** Every row, in order. A conversation of ours that a terminal has taken up is shown as running, under its own id. */
export function listRows(options: ListOptions): readonly DirectoryRow[] {
  const { open, stored } = options;
  const openIds = new Set(open.map(({ id }) => id));
  // One that is open, ended and shared stays beside the terminal that has taken its conversation up.
  const openConversations = new Set(
    open
      .filter(({ recorder }) => recorder.status !== 'ended' || isPrivate(recorder.stored))
      .map(conversationOf),
  );
  const known = new Set([...open.map(conversationOf), ...stored.map((one) => one.agentSessionId)]);
  const found = options.found.filter(
    (one) =>
      !openIds.has(foundId(one.key)) &&
      !openConversations.has(one.agentSessionId) &&
      (one.status !== 'ended' || !known.has(one.agentSessionId)),
  );
  const closed = stored.filter((one) => !openIds.has(one.id));
  const ours = new Map(closed.filter(isPrivate).map((one) => [one.agentSessionId, one]));
  const running = new Set(found.filter(isRunning).map((one) => one.agentSessionId));
  const isTakenUp = (one: StoredSession): boolean =>
    isPrivate(one) && running.has(one.agentSessionId ?? '');
  const rows = sortRows([
    ...open.map((session) => session.row()),
    ...found.map((one) => {
      const row = foundRow(one, options);
      const known = ours.get(one.agentSessionId);
      if (known === undefined) return row;
      const { id, pinned } = known;
      return {
        ...row,
        ...omitUndefined({ pinned }),
        foundKey: id,
        session: { ...row.session, id },
      };
    }),
    ...closed
      .filter((one) => one.unlisted !== true && !isTakenUp(one))
      .map((one) => closedRow(one, options)),
  ]);
  const firstEnded = rows.findIndex(
    ({ session, pinned }) => pinned !== true && statusOf(session.status) === 'ended',
  );
  const listed = firstEnded < 0 ? rows : rows.slice(0, firstEnded + LISTED_ENDED);
  return listed.map(boundedRow);
}

/** Not shared: what happens in a terminal of its owner is for nobody else's eyes. */
export function isPrivate(stored: StoredSession): boolean {
  return stored.sharing === undefined;
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
    ...omitUndefined({
      branch: found.branch,
      agentVersion: found.agentVersion,
      transcriptPath: found.transcriptPath,
    }),
  };
}
