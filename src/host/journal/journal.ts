// The journal: the durable truth of a session host. Lock first, then one SQLite file, one writer.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { type AppError, isAppError } from '../../base/errors.ts';
import { TIMES } from '../../protocol/limits.ts';
import { hostRunning } from '../errors.ts';
import { journalDamaged, journalUnusable } from './errors.ts';
import { type HostPaths, prepareHome } from '../find/paths.ts';
import { takeLock } from './lock.ts';
import { type JournalOptions, openJournal, type OpenedJournal } from './openJournal.ts';
import { suspectKey } from './logTable.ts';
import { RoomTables } from './roomTables.ts';
import { readSalvage, type Salvage, saveSalvage } from './salvageNote.ts';
import { SessionTables } from './sessionTables.ts';
import { isDiskFull, isSqliteBusy, isSqliteDamage, textOf, transact } from './sqlite.ts';
import { raiseTerm } from './termTable.ts';

/** A room as it is kept: its id pins the key. */
export interface StoredRoom {
  readonly room: string;
  readonly kind: 'machine' | 'session';
  /** PKCS #8 of the Ed25519 room key, base64url: secret. */
  readonly privateKey: string;
}

/** Kind of a room that was damaged; a host of before takes it for a session's, of no session. */
const ASIDE = 'aside';

/** The open journal; it holds the lock of its home until `close`. */
export class Journal {
  /** Term of this host process: higher than every one before, on disk before anything is written. */
  readonly term: number;
  readonly sessions: SessionTables;
  private readonly database: DatabaseSync;
  private readonly lock: Disposable;
  private readonly clock: Clock;

  private constructor({ database, isNew }: OpenedJournal, lock: Disposable, clock: Clock) {
    this.database = database;
    this.lock = lock;
    this.clock = clock;
    this.sessions = new SessionTables(database);
    this.term = transact(database, () => raiseTerm(database, isNew, clock.now()));
    // A served room does so every hour; most rooms are not served, and many hosts live shorter.
    database
      .prepare('DELETE FROM commands WHERE at < ? AND ack IS NOT NULL')
      .run(clock.now() - TIMES.resultsMs);
  }

  /**
   * Takes the lock, then opens or makes the journal; one of an older layout is lifted, a damaged one
   * is set aside and read row by row into a new one. Throws AppError 'host-running' (another host),
   * 'journal-locked' (home or file cannot be used, disk full), 'journal-damaged' (not even a new one
   * can be read) or 'host-runtime' (written by a newer build, or not lifted: nothing was changed).
   */
  static open(options: JournalOptions): Journal {
    const { paths, clock, log } = options;
    prepareHome(paths.home);
    const lock = takeLock(paths.lock, paths.home);
    let opened: OpenedJournal | undefined;
    try {
      opened = openJournal(options);
      return new Journal(opened, lock, clock);
    } catch (error) {
      opened?.database.close();
      const problem = problemOf(error, paths);
      lock.dispose();
      log.error('journal not opened', { code: problem.code });
      throw problem;
    }
  }

  /** A term above every one before, on disk when this returns: for a room that is served once more by this process. */
  raiseTerm(): number {
    return transact(this.database, () => raiseTerm(this.database, false, this.clock.now()));
  }

  /** What became of a damaged journal that was found at this start, or at one that did not come to say so. */
  get salvage(): Salvage | undefined {
    return readSalvage(this.database);
  }

  /** A session of it that misses a part goes on in a new room. */
  noteRepaired(): void {
    const { salvage } = this;
    if (salvage) saveSalvage(this.database, { ...salvage, repaired: salvage.repaired + 1 });
  }

  /** The owner was told of it. */
  forgetSalvage(): void {
    saveSalvage(this.database, undefined);
  }

  /** All rooms but those that were set aside. A key that is no text is none. */
  rooms(): readonly StoredRoom[] {
    const rows = this.database.prepare('SELECT room, kind, private_key FROM rooms').all();
    return rows.flatMap(({ room, kind, private_key: key }): StoredRoom[] => {
      if (typeof room !== 'string' || kind === ASIDE) return [];
      const privateKey = typeof key === 'string' ? key : '';
      return [{ room, kind: kind === 'machine' ? 'machine' : 'session', privateKey }];
    });
  }

  /** Keeps a room that cannot be served any more, but serves it no more. */
  setRoomAside(room: string): void {
    this.database.prepare('UPDATE rooms SET kind = ? WHERE room = ?').run(ASIDE, room);
    this.forgetSuspect(room);
  }

  /** Keeps a new room with the secret of its first epoch. */
  addRoom(room: StoredRoom, secret: string): RoomTables {
    const store = new RoomTables(this.database, room.room);
    transact(this.database, () => {
      this.database
        .prepare('INSERT INTO rooms (room, kind, private_key, created_at) VALUES (?, ?, ?, ?)')
        .run(room.room, room.kind, room.privateKey, this.clock.now());
      store.addEpoch(1, secret);
    });
    return store;
  }

  /** Takes a room out, with everything that is kept of it. */
  removeRoom(room: string): void {
    transact(this.database, () => {
      for (const table of [
        'rooms',
        'epochs',
        'log',
        'commands',
        'counters',
        'members',
        'invites',
      ]) {
        this.database.prepare(`DELETE FROM ${table} WHERE room = ?`).run(room);
      }
      this.forgetSuspect(room);
    });
  }

  /** Rooms of which something was found that is not what was written. */
  suspectRooms(): ReadonlySet<string> {
    const rows = this.database
      .prepare('SELECT key FROM meta WHERE key >= ? AND key < ?')
      .all(suspectKey(''), suspectKey('~'));
    return new Set(rows.map((row) => textOf(row, 'key').slice(suspectKey('').length)));
  }

  /** Notes that a room was found damaged: the next start repairs it. */
  noteSuspect(room: string): void {
    this.setMeta(suspectKey(room), 'damaged');
  }

  forgetSuspect(room: string): void {
    this.database.prepare('DELETE FROM meta WHERE key = ?').run(suspectKey(room));
  }

  /** Tables of one room. */
  room(room: string): RoomTables {
    return new RoomTables(this.database, room);
  }

  /** Runs `work` in one transaction: all of it is on disk afterwards, or nothing. */
  transact<T>(work: () => T): T {
    return transact(this.database, work);
  }

  /** Closes the file and releases the lock. */
  close(): void {
    this.database.close();
    this.lock.dispose();
  }

  /** A small value of the host's own, e.g. the port of its relay; undefined if it was never set. */
  setting(name: string): string | undefined {
    return this.meta(`setting.${name}`);
  }

  saveSetting(name: string, value: string): void {
    this.setMeta(`setting.${name}`, value);
  }

  private meta(key: string): string | undefined {
    const row = this.database.prepare('SELECT value FROM meta WHERE key = ?').get(key);
    return typeof row?.['value'] === 'string' ? row['value'] : undefined;
  }

  private setMeta(key: string, value: string): void {
    const sql = 'INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)';
    this.database.prepare(sql).run(key, value);
  }
}

/** What an error at opening means. */
function problemOf(error: unknown, paths: HostPaths): AppError {
  if (isAppError(error)) return error;
  // Whoever deletes a lock file that is held does not get the journal.
  if (isSqliteBusy(error)) return hostRunning(paths.home);
  return isSqliteDamage(error)
    ? journalDamaged(paths.journal, paths.journal, error)
    : journalUnusable(paths.journal, isDiskFull(error), error);
}
