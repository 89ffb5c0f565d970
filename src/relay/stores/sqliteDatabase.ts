// The file of the durable store: made for its owner only, locked for one process, its tables.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { runtimeLacksSqlite, storeDamaged, storeLocked } from '../errors.ts';
import { ROOMS_SCHEMA } from './sqliteRooms.ts';

const SQLITE_BUSY = 5;
/** A larger store is not read whole at its start: about 0.7 ms a MB. */
const CHECKED_BYTES = 512 * 1024 * 1024;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS updates(seq INTEGER PRIMARY KEY, document TEXT NOT NULL, data BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS updates_by_document ON updates(document, seq);
  CREATE TABLE IF NOT EXISTS claims(room TEXT PRIMARY KEY, claim TEXT NOT NULL);
  ${ROOMS_SCHEMA}
`;

/** Opens (or makes) a database; throws AppError `journal-locked`, `journal-damaged` or `host-runtime`. */
export function openDatabase(file: string): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (!sqlite) throw runtimeLacksSqlite();
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives its log the mode of the database.
    closeSync(openSync(file, 'a', 0o600));
    database = new sqlite.DatabaseSync(file);
    // NORMAL, because the store syncs the log itself, in the background, after each group: with
    // FULL every commit would hold up the event loop, and with it the fan-out, until the disk is done.
    // A write at the start makes the log file exist and takes the exclusive lock.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = 16777216;
      ${SCHEMA}
      PRAGMA user_version = 1;
    `);
    if (statSync(file).size < CHECKED_BYTES) checkPages(database);
    return database;
  } catch (error) {
    database?.close();
    throw isBusy(error) ? storeLocked(file, error) : storeDamaged(file, error);
  }
}

/** Moves a store that cannot be used out of the way, or what stands where its folder should be; what was moved before goes. */
export function setStoreAside(file: string): void {
  const folder = dirname(file);
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    rmSync(`${folder}.damaged`, { recursive: true, force: true });
    renameSync(folder, `${folder}.damaged`);
    return;
  }
  for (const suffix of ['', '-wal', '-shm']) {
    const aside = `${file}.damaged${suffix}`;
    rmSync(aside, { recursive: true, force: true });
    if (existsSync(file + suffix)) renameSync(file + suffix, aside);
  }
}

function checkPages(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get();
  if (row?.['quick_check'] !== 'ok') throw new Error('its pages are damaged');
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
