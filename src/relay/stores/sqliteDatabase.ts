// The file of the durable store: made for its owner only, locked for one process, its tables.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { runtimeLacksSqlite, storeDamaged, storeLocked } from '../errors.ts';
import { ROOMS_SCHEMA } from './sqliteRooms.ts';

const SQLITE_BUSY = 5;

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
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives its log the mode of the database.
    closeSync(openSync(file, 'a', 0o600));
    const database = new sqlite.DatabaseSync(file);
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
    return database;
  } catch (error) {
    throw isBusy(error) ? storeLocked(file, error) : storeDamaged(file, error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
