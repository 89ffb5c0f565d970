// The file of the durable store: made for its owner only, locked for one process, its tables.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { AppError } from '../../base/errors.ts';
import { isFolder } from '../../node/files.ts';
import { runtimeLacksSqlite, storeDamaged, storeLocked, storeUnusable } from '../errors.ts';
import { ROOMS_SCHEMA } from './sqliteRooms.ts';

const BUSY = 5;
const FULL = 13;
/** No damage of the file: no memory, no right to write, an error of the disk, no room, no way to open it. */
const ELSEWHERE: ReadonlySet<number> = new Set([7, 8, 10, FULL, 14]);
/** The same of the system. What stands in the place of a file or folder and is none is damage. */
const PLACE_TAKEN: ReadonlySet<string> = new Set(['EEXIST', 'EISDIR', 'ENOTDIR']);
const WRITE_VERSION_AT = 18;
/** A larger store is not read whole at its start: about 0.7 ms a MB. */
const CHECKED_BYTES = 512 * 1024 * 1024;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS updates(seq INTEGER PRIMARY KEY, document TEXT NOT NULL, data BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS updates_by_document ON updates(document, seq);
  CREATE TABLE IF NOT EXISTS claims(room TEXT PRIMARY KEY, claim TEXT NOT NULL);
  ${ROOMS_SCHEMA}
`;

/**
 * Opens (or makes) a database; throws AppError `journal-locked` (in use, or it cannot be written: then
 * nothing is wrong with the file), `journal-damaged` or `host-runtime`.
 */
export function openDatabase(file: string): DatabaseSync {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (!sqlite) throw runtimeLacksSqlite();
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives its log the mode of the database.
    closeSync(openSync(file, 'a', 0o600));
    if (isFolder(`${file}-wal`)) throw new Error('a folder stands in the place of its log');
    refuseReadOnly(file);
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
    throw storeProblem(file, error);
  }
}

/** What an error at opening means. */
export function storeProblem(file: string, error: unknown): AppError {
  const result = codeOf(error, 'errcode');
  const code = codeOf(error, 'code');
  // The low byte of SQLite's is the primary code.
  const primary = typeof result === 'number' ? result & 0xff : undefined;
  if (primary === BUSY) return storeLocked(file, error);
  const isFull = primary === FULL || code === 'ENOSPC' || code === 'EDQUOT';
  const isOfSystem = primary === undefined && typeof code === 'string' && /^E[A-Z0-9]+$/.test(code);
  const isElsewhere =
    primary === undefined ? isOfSystem && !PLACE_TAKEN.has(code) : ELSEWHERE.has(primary);
  return isElsewhere ? storeUnusable(file, isFull, error) : storeDamaged(file, error);
}

/** Moves a store that cannot be used out of the way, or what stands where its folder should be; what was moved before goes. */
export function setStoreAside(file: string): void {
  const folder = dirname(file);
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    rmSync(`${folder}.damaged`, { recursive: true, force: true });
    renameSync(folder, `${folder}.damaged`);
    return;
  }
  // The log goes first: SQLite would apply one that is left to whatever file stands there.
  for (const suffix of ['-wal', '-shm', '']) {
    const aside = `${file}.damaged${suffix}`;
    rmSync(aside, { recursive: true, force: true });
    if (existsSync(file + suffix)) renameSync(file + suffix, aside);
  }
}

function checkPages(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get();
  if (row?.['quick_check'] !== 'ok') throw new Error('its pages are damaged');
}

/** A format of which SQLite says no more than that it may not be written. */
function refuseReadOnly(file: string): void {
  const header = Buffer.alloc(WRITE_VERSION_AT + 1);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if ((header[WRITE_VERSION_AT] ?? 0) > 2) throw new Error('its format is none');
}

function codeOf(error: unknown, name: 'errcode' | 'code'): unknown {
  return error instanceof Error && name in error ? Reflect.get(error, name) : undefined;
}
