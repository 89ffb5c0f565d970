// Small helpers around node:sqlite: typed columns, transactions, what an error means.
import { closeSync, openSync, readSync } from 'node:fs';
import { hasErrorCode } from '../../node/files.ts';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';

/** Opens a database. Loaded when it is needed: on a Node without node:sqlite the file still starts and says so. */
export function openSqlite(path: string): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  return new DatabaseSync(path);
}

/** What every database file begins with. */
export const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;

/** The first bytes of a database file, zeros where it has none. Before anything has it open: that would lose its locks. */
export function readHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return header;
}

/** Whether a header is one of a database. */
export function isDatabaseHeader(header: Buffer): boolean {
  return header.toString('latin1', 0, MAGIC.length) === MAGIC;
}

/** A row as node:sqlite returns it. */
export type SqlRow = Record<string, SQLOutputValue>;

const ERROR = 1;
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const TOO_BIG = 18;
const CONSTRAINT = 19;
const MISMATCH = 20;
const NOT_A_DATABASE = 26;
/** A sector that cannot be read: READ, SHORT_READ, CORRUPTFS. */
const UNREADABLE: ReadonlySet<number> = new Set([266, 522, 8458]);

function fullCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

function resultCode(error: unknown): number | undefined {
  const code = fullCode(error);
  // The low byte is the primary code, the rest refines it.
  return code === undefined ? undefined : code & 0xff;
}

/** Whether another connection holds the lock. */
export function isSqliteBusy(error: unknown): boolean {
  return resultCode(error) === BUSY;
}

/** Whether the file is no intact database. */
export function isSqliteDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

/** As SQLite says that a file is malformed. */
export function sqliteDamage(): Error {
  return Object.assign(new Error('the journal is damaged'), { errcode: CORRUPT });
}

/** Whether there was no room to write. */
export function isDiskFull(error: unknown): boolean {
  const isFull = hasErrorCode(error, 'ENOSPC') || hasErrorCode(error, 'EDQUOT');
  return isFull || resultCode(error) === FULL;
}

/** Whether an error says that a database cannot be read for what stands in it, and not for want of room, rights or a disk. */
export function isUnreadable(error: unknown): boolean {
  switch (resultCode(error)) {
    case BUSY:
    case LOCKED:
    case READ_ONLY:
    case FULL:
    case CANNOT_OPEN:
      return false;
    case IO_ERROR:
      return UNREADABLE.has(fullCode(error) ?? 0);
    default:
      return true;
  }
}

/** Whether an error at writing a row is the row's own: it breaks a constraint, or its text is no JSON. */
export function isRowRefused(error: unknown): boolean {
  switch (resultCode(error)) {
    case undefined:
    case ERROR:
    case TOO_BIG:
    case CONSTRAINT:
    case MISMATCH:
      return true;
    default:
      return false;
  }
}

/** A column as a number that JavaScript can hold, else NULL: reading any other throws. */
export function sqlNumber(column: string): string {
  const most = Number.MAX_SAFE_INTEGER;
  return `CASE WHEN typeof(${column}) IN ('integer', 'real') AND ${column} BETWEEN -${most} AND ${most}
    THEN ${column} END AS ${column}`;
}

/** A text column. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`invariant: column ${column} is no text`);
  return value;
}

/** A number column. */
export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`invariant: column ${column} is no number`);
  return value;
}

/** Runs `work` in one transaction; inside another one it just runs. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Prepares a statement, or gives the one that was prepared before for the same text. */
export type Statements = (sql: string) => StatementSync;

const prepared = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** Statements of a database, each prepared once. */
export function statementsOf(database: DatabaseSync): Statements {
  const known = prepared.get(database) ?? new Map<string, StatementSync>();
  prepared.set(database, known);
  return (sql) => {
    const statement = known.get(sql) ?? database.prepare(sql);
    known.set(sql, statement);
    return statement;
  };
}
