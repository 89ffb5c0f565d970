// Small helpers around node:sqlite: typed columns, transactions, what an error means.
import { closeSync, openSync, readSync } from 'node:fs';
import { hasErrorCode } from '../../node/files.ts';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';

/** Opens a database. Loaded when it is needed: on a Node without node:sqlite the file still starts and says so. */
export function openSqlite(path: string): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  return new DatabaseSync(path);
}

const MAGIC = 'SQLite format 3\0';
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

const BUSY = 5;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  // The low byte is the primary code, the rest refines it.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
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

/** Whether there was no room to write. */
export function isDiskFull(error: unknown): boolean {
  const isFull = hasErrorCode(error, 'ENOSPC');
  return isFull || resultCode(error) === FULL;
}

/** A text column. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`invariant: column ${column} is no text`);
  return value;
}

/** A text column that may be NULL. */
export function optionalTextOf(row: SqlRow, column: string): string | undefined {
  return row[column] === null ? undefined : textOf(row, column);
}

/** A number column. */
export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`invariant: column ${column} is no number`);
  return value;
}

/** A blob column. */
export function bytesOf(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new Error(`invariant: column ${column} is no blob`);
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
