// Sessions of whose log a part was lost on the disk go on in a new room: a log that others have seen is never told otherwise.
import { say, type Words } from '../../base/say.ts';
import { saidText } from '../../protocol/said.ts';
import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/ids.ts';
import { errorText, type Logger } from '../../base/log.ts';
import { parseJson } from '../../protocol/json.ts';
import { logSchema } from '../../protocol/room.ts';
import { type Entry, parseEntry } from '../../protocol/transcript.ts';
import { RoomLog } from '../../session/roomLog.ts';
import type { StoredRecord } from '../../session/roomJournal.ts';
import type { Journal } from '../journal/journal.ts';
import { isSound } from '../journal/logTable.ts';
import type { StoredSession } from '../journal/sessionTables.ts';
import { readRoomKeys } from '../serve/roomKeys.ts';
import type { ServedRooms } from '../serve/servedRooms.ts';

/** What is repaired with. */
export interface RepairOptions {
  readonly journal: Journal;
  readonly rooms: Pick<ServedRooms, 'create'>;
  /** Folder of the long outputs, one folder for each room. */
  readonly outputs: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const CODE = 'journal-damaged';

/**
 * Repairs what a salvage has left in part, and what was found damaged as it was read; before any room
 * is served. How many sessions miss a part.
 */
export async function repairRooms(options: RepairOptions): Promise<number> {
  const { journal } = options;
  const { salvage } = journal;
  const suspects = new Set([...journal.suspectRooms(), ...(salvage?.rooms ?? [])]);
  if (salvage === undefined && suspects.size === 0) return 0;
  const rotten = new Map<string, string>();
  const later = new Set<string>();
  const sessions = journal.sessions.sessions((id, { room, isRotten }) => {
    if (isRotten) rotten.set(room, id);
    else later.add(room);
  });
  const lost = lostSessions(
    new Set([...later, ...sessions.map(({ room }) => room)]),
    rotten,
    options,
  );
  // A secret that was lost cannot be missed: the room would go on under one that former guests know.
  const areKeysLost = salvage?.damaged.includes('epochs') === true;
  let repaired = 0;
  for (const stored of [...sessions, ...lost]) {
    const { room } = stored;
    // Whoever looks at every row has the time for it: this is no ordinary start.
    const records = journal.room(room).readRows(0, Number.MAX_SAFE_INTEGER);
    const isSuspect = suspects.has(room);
    // oxlint-disable no-await-in-loop -- one after the other, each in a transaction of its own
    const hasKeys = !areKeysLost && (await readRoomKeys(journal, room)) !== undefined;
    if (hasKeys && !isSuspect && isWhole(records)) continue;
    await repair(stored, records, isSuspect, options);
    // oxlint-enable no-await-in-loop
    repaired += 1;
  }
  forgetOthers(suspects, options);
  return journal.salvage?.repaired ?? repaired;
}

/** Of the room of the computer itself its owner is told where it is made anew. */
function forgetOthers(suspects: ReadonlySet<string>, { journal }: RepairOptions): void {
  const kinds = new Map(journal.rooms().map(({ room, kind }) => [room, kind]));
  for (const room of suspects) {
    if (kinds.get(room) !== 'machine') journal.forgetSuspect(room);
  }
}

/** Rooms with a log whose session the journal has lost: it is there to be read. `rotten` are ids of rows by room, and are taken again. */
function lostSessions(
  known: ReadonlySet<string>,
  rotten: ReadonlyMap<string, string>,
  { journal, clock }: RepairOptions,
): readonly StoredSession[] {
  return journal.rooms().flatMap(({ room, kind }): StoredSession[] => {
    if (kind !== 'session' || known.has(room)) return [];
    if (!journal.room(room).log.hasRows) return [];
    const at = clock.now();
    const stored: StoredSession = {
      ...{
        id: rotten.get(room) ?? newId(),
        room,
        source: 'hosted',
        cwd: homedir(),
        title: 'Recovered session',
      },
      ...{ startedAt: at, lastActivityAt: at, ended: true },
    };
    journal.sessions.saveSession(stored);
    return [stored];
  });
}

function isWhole(records: readonly StoredRecord[]): boolean {
  return records.every((record, at) => record.index === at && isSound(record, records[at - 1]));
}

/** Every entry that can be read, in order, in a room with keys of its own, and what is missing said in its place. */
async function repair(
  stored: StoredSession,
  records: readonly StoredRecord[],
  mayMissTail: boolean,
  { journal, rooms, outputs, clock, log }: RepairOptions,
): Promise<void> {
  const room = await rooms.create('session');
  const entries = saidWhatIsMissing(records, clock.now(), mayMissTail, stored);
  const { sharing: _ended, ...withoutSharing } = stored;
  journal.transact(() => {
    const tables = journal.room(room);
    new RoomLog({
      journal: tables,
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    }).append(entries);
    tables.takeBodies(stored.room);
    journal.sessions.saveSession({ ...withoutSharing, room, relays: [] });
    journal.removeRoom(stored.room);
    journal.noteRepaired();
  });
  const [before, after] = [join(outputs, stored.room), join(outputs, room)];
  try {
    if (existsSync(before)) renameSync(before, after);
  } catch (error) {
    log.warn('long outputs of a session are lost', { error: errorText(error) });
  }
  log.warn('session goes on in a new room: its log was damaged', {
    session: stored.id,
    kept: records.length,
  });
}

function saidWhatIsMissing(
  records: readonly StoredRecord[],
  at: number,
  mayMissTail: boolean,
  { sharing }: StoredSession,
): readonly Entry[] {
  const entries: Entry[] = [];
  let next = 0;
  const missing = (to: number): void => {
    const count = to - next;
    const words =
      count === 1
        ? say`1 entry is missing here: the disk of the session’s computer has lost it.`
        : say`${count} entries are missing here: the disk of the session’s computer has lost them.`;
    if (count > 0) entries.push(notice(words, at));
  };
  for (const record of records) {
    const parsed = isSound(record) ? logSchema.safeParse(parseJson(record.text)) : undefined;
    if (parsed?.success !== true) continue;
    missing(record.index);
    entries.push(parseEntry(parsed.data.entry));
    next = record.index + 1;
  }
  missing((records.at(-1)?.index ?? -1) + 1);
  const tail = mayMissTail ? say` What was said last may be missing.` : '';
  const links =
    sharing === undefined ? '' : say` Links to this session do not work any more: share it again.`;
  entries.push(
    notice(say`The journal of this computer was damaged.${tail} The session goes on.${links}`, at),
  );
  return entries;
}

function notice(words: Words, at: number): Entry {
  return { kind: 'notice', id: newId(), at, level: 'warning', code: CODE, ...saidText(words) };
}
