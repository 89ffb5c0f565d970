// The journal: the durable truth of a session host. Lock first, then one SQLite file, one writer.
import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { type AppError, isAppError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { hostRunning, journalDamaged, journalTooNew, journalUnusable } from '../errors.ts';
import { JOURNAL_STEPS, type JournalStep, layoutOf, liftJournal } from './journalSteps.ts';
import { finishSalvage, type Salvage, salvageJournal } from './salvage.ts';
import { TIMES } from '../../protocol/limits.ts';
import { JOURNAL_LAYOUT, JOURNAL_SQL } from './journalSchema.ts';
import { createPrivateFile, takeLock } from './lock.ts';
import { type HostPaths, prepareHome } from '../find/paths.ts';
import { RoomTables, suspectKey } from './roomTables.ts';
import { SessionTables } from './sessionTables.ts';
import {
  isDatabaseHeader,
  isDiskFull,
  isSqliteBusy,
  isSqliteDamage,
  openSqlite,
  readHeader,
  textOf,
  transact,
} from './sqlite.ts';

/** A room as it is kept: its id pins the key. */
export interface StoredRoom {
  readonly room: string;
  readonly kind: 'machine' | 'session';
  /** PKCS #8 of the Ed25519 room key, base64url: secret. */
  readonly privateKey: string;
}

/** How a journal is opened. */
export interface JournalOptions {
  readonly paths: HostPaths;
  readonly clock: Clock;
  readonly log: Logger;
  /** From older layouts; default: those of this build. */
  readonly steps?: readonly JournalStep[];
}

/** The open journal; it holds the lock of its home until `close`. */
export class Journal {
  /** Term of this host process: higher than every one before, on disk before anything is written. */
  readonly term: number;
  readonly sessions: SessionTables;
  /** What became of a damaged journal that was found at this start; undefined: it was whole. */
  readonly salvage: Salvage | undefined;
  private readonly database: DatabaseSync;
  private readonly lock: Disposable;
  private readonly clock: Clock;

  private constructor({ database, salvage }: OpenedJournal, lock: Disposable, clock: Clock) {
    this.database = database;
    this.salvage = salvage;
    this.lock = lock;
    this.clock = clock;
    this.sessions = new SessionTables(database);
    this.term = transact(database, () => this.raiseTerm());
    // A served room does so every hour; most rooms are not served, and many hosts live shorter.
    database
      .prepare('DELETE FROM commands WHERE at < ? AND ack IS NOT NULL')
      .run(clock.now() - TIMES.resultsMs);
  }

  /**
   * Takes the lock, then opens or makes the journal; one of an older layout is lifted, a damaged one
   * is set aside and read row by row into a new one. Throws AppError 'host-running' (another host),
   * 'journal-locked' (home or file cannot be used, disk full), 'journal-damaged' (not even a new one
   * can be made) or 'host-runtime' (written by a newer build, or not lifted: nothing was changed).
   */
  static open(options: JournalOptions): Journal {
    const { paths, clock, log } = options;
    prepareHome(paths.home);
    const lock = takeLock(paths.lock, paths.home);
    let opened: OpenedJournal | undefined;
    try {
      finishSalvage(paths.journal);
      opened = openWhole(options);
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
    const term = Number(this.meta('term') ?? 0) + 1;
    this.setMeta('term', `${term}`);
    return term;
  }

  /** All rooms. */
  rooms(): readonly StoredRoom[] {
    const rows = this.database.prepare('SELECT room, kind, private_key FROM rooms').all();
    return rows.map((row) => ({
      room: textOf(row, 'room'),
      kind: textOf(row, 'kind') === 'machine' ? 'machine' : 'session',
      privateKey: textOf(row, 'private_key'),
    }));
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
      this.database.prepare('DELETE FROM meta WHERE key = ?').run(suspectKey(room));
    });
  }

  /** Rooms in whose log a row was found that is not what was written. */
  suspectRooms(): ReadonlySet<string> {
    const rows = this.database
      .prepare('SELECT key FROM meta WHERE key >= ? AND key < ?')
      .all(suspectKey(''), suspectKey('~'));
    return new Set(rows.map((row) => textOf(row, 'key').slice(suspectKey('').length)));
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
    return row === undefined ? undefined : textOf(row, 'value');
  }

  private setMeta(key: string, value: string): void {
    const sql = 'INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)';
    this.database.prepare(sql).run(key, value);
  }
}

interface OpenedJournal {
  readonly database: DatabaseSync;
  readonly salvage: Salvage | undefined;
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

function openWhole({ paths, clock, log, steps = JOURNAL_STEPS }: JournalOptions): OpenedJournal {
  const file = paths.journal;
  try {
    if (isUnreadable(paths)) throw damage();
    return { database: openDatabase(file, steps), salvage: undefined };
  } catch (error) {
    if (!isSqliteDamage(error)) throw error;
    const salvage = salvageJournal(file, `${file}.damaged-${clock.now()}`);
    const { rows, damaged, keptAs } = salvage;
    log.error('journal was damaged', { rows, damaged: damaged.join(' '), keptAs });
    return { database: openDatabase(file, steps), salvage };
  }
}

/** A folder stands in its place, or it was emptied: a home without a relay's store was never used. */
function isUnreadable({ journal, relayData }: HostPaths): boolean {
  if (!existsSync(journal)) return false;
  const info = statSync(journal);
  return info.isDirectory() || (info.size === 0 && existsSync(relayData));
}

function openDatabase(file: string, steps: readonly JournalStep[]): DatabaseSync {
  createPrivateFile(file);
  const written = writtenLayout(file);
  const newest = steps.at(-1)?.to ?? JOURNAL_LAYOUT;
  // Before anything opens it: opening would write to it.
  if (written > newest) throw journalTooNew(file, written);
  const database = openSqlite(file);
  try {
    // EXCLUSIVE before WAL: no shared-memory file, and a second guard beside the lock file.
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
    );
    if (layoutOf(database) === 0) {
      transact(database, () => {
        database.exec(JOURNAL_SQL);
        database.exec(`PRAGMA user_version = ${JOURNAL_LAYOUT}`);
      });
    } else {
      checkPages(database);
    }
    liftJournal(database, file, steps);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Where a database has its `user_version`: the layout. */
const LAYOUT_AT = 60;

/** The layout as it stands in the file; 0 if it is no database. */
function writtenLayout(path: string): number {
  const header = readHeader(path);
  return isDatabaseHeader(header) ? header.readUInt32BE(LAYOUT_AT) : 0;
}

/** Reads every page, whatever the last end was; throws as SQLite does for a damaged file. */
function checkPages(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get() ?? {};
  if (textOf(row, 'quick_check') !== 'ok') throw damage();
}

/** As SQLite says that a file is malformed. */
function damage(): Error {
  return Object.assign(new Error('the journal is damaged'), { errcode: 11 });
}
