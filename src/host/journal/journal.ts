// The journal: the durable truth of a session host. Lock first, then one SQLite file, one writer.
import { existsSync, renameSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { type AppError, isAppError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { hostRunning, journalDamaged, journalTooNew, journalUnusable } from '../errors.ts';
import { TIMES } from '../../protocol/limits.ts';
import { JOURNAL_LAYOUT, JOURNAL_SQL } from './journalSchema.ts';
import { createPrivateFile, takeLock } from './lock.ts';
import { type HostPaths, prepareHome } from '../find/paths.ts';
import { RoomTables } from './roomTables.ts';
import { SessionTables } from './sessionTables.ts';
import {
  isDiskFull,
  isSqliteBusy,
  isSqliteDamage,
  numberOf,
  openSqlite,
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

/** A journal above this size is not checked page by page after a crash: it would take too long. */
const CHECKED_BYTES = 256 * 1024 * 1024;

/** The open journal; it holds the lock of its home until `close`. */
export class Journal {
  /** Term of this host process: higher than every one before, on disk before anything is written. */
  readonly term: number;
  readonly sessions: SessionTables;
  private readonly database: DatabaseSync;
  private readonly lock: Disposable;
  private readonly clock: Clock;

  private constructor(database: DatabaseSync, lock: Disposable, clock: Clock) {
    this.database = database;
    this.lock = lock;
    this.clock = clock;
    this.sessions = new SessionTables(database);
    this.term = transact(database, () => {
      this.setMeta('clean', 'no');
      return this.raiseTerm();
    });
    // A served room does so every hour; most rooms are not served, and many hosts live shorter.
    database
      .prepare('DELETE FROM commands WHERE at < ? AND ack IS NOT NULL')
      .run(clock.now() - TIMES.resultsMs);
  }

  /**
   * Takes the lock, then opens or makes the journal. Throws AppError 'host-running' (another host),
   * 'journal-locked' (home or file cannot be used, disk full), 'journal-damaged' (file kept aside) or
   * 'host-runtime' (written by a newer build).
   */
  static open(options: { paths: HostPaths; clock: Clock; log: Logger }): Journal {
    const { paths, clock, log } = options;
    prepareHome(paths.home);
    const lock = takeLock(paths.lock, paths.home);
    let database: DatabaseSync | undefined;
    try {
      database = openDatabase(paths.journal);
      return new Journal(database, lock, clock);
    } catch (error) {
      database?.close();
      const problem = problemOf(error, paths, clock);
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
    try {
      this.setMeta('clean', 'yes');
    } finally {
      this.database.close();
      this.lock.dispose();
    }
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

/** What an error at opening means; a damaged file is kept aside. */
function problemOf(error: unknown, paths: HostPaths, clock: Clock): AppError {
  if (isAppError(error)) return error;
  // Whoever deletes a lock file that is held does not get the journal.
  if (isSqliteBusy(error)) return hostRunning(paths.home);
  if (!isSqliteDamage(error)) return journalUnusable(paths.journal, isDiskFull(error), error);
  const keptAs = `${paths.journal}.damaged-${clock.now()}`;
  try {
    for (const suffix of ['', '-wal']) {
      if (existsSync(paths.journal + suffix)) renameSync(paths.journal + suffix, keptAs + suffix);
    }
  } catch (cause) {
    return journalUnusable(paths.journal, false, cause);
  }
  return journalDamaged(paths.journal, keptAs, error);
}

function openDatabase(file: string): DatabaseSync {
  createPrivateFile(file);
  const bytes = statSync(file).size;
  const database = openSqlite(file);
  try {
    // EXCLUSIVE before WAL: no shared-memory file, and a second guard beside the lock file.
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
    );
    const layout = numberOf(database.prepare('PRAGMA user_version').get() ?? {}, 'user_version');
    if (layout > JOURNAL_LAYOUT) throw journalTooNew(file, layout);
    if (layout === 0) {
      transact(database, () => {
        database.exec(JOURNAL_SQL);
        database.exec(`PRAGMA user_version = ${JOURNAL_LAYOUT}`);
      });
    } else {
      const row = database.prepare("SELECT value FROM meta WHERE key = 'clean'").get();
      if (row?.['value'] !== 'yes' && bytes < CHECKED_BYTES) checkPages(database);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Reads every page; throws as SQLite does for a damaged file. */
function checkPages(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get() ?? {};
  if (textOf(row, 'quick_check') === 'ok') return;
  throw Object.assign(new Error('quick_check failed'), { errcode: 11 });
}
