// The log of a room: a chain of rows, each checked against its hash when it is read.
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { StoredRecord } from '../../session/roomJournal.ts';
import { logRowDamaged } from './errors.ts';
import {
  numberOf,
  sqlNumber,
  type SqlRow,
  type Statements,
  statementsOf,
  textOf,
  transact,
} from './sqlite.ts';

/** Where the journal notes that the log of a room has a damaged row. */
export function suspectKey(room: string): string {
  return `suspect.${room}`;
}

/** [L1] Whether a row is what was written, and follows the one before it where that is given. */
export function isSound(record: StoredRecord, before?: StoredRecord): boolean {
  const { index, hash, text } = record;
  const isOwn = createHash('sha256').update(text).digest('base64url') === hash;
  const prev = before === undefined ? '' : `"${before.hash}"`;
  // As the log writes it: the place and what it follows come first.
  return isOwn && text.startsWith(`{"index":${index},"prev":${prev}`);
}

/** The log of one room. */
export class LogTable {
  private readonly database: DatabaseSync;
  private readonly prepare: Statements;
  private readonly room: string;

  constructor(database: DatabaseSync, room: string) {
    this.database = database;
    this.prepare = statementsOf(database);
    this.room = room;
  }

  /** Index the next record gets. Throws AppError 'journal-damaged' if the log does not begin at 0, or ends with a row that has no place. */
  end(): { readonly nextIndex: number; readonly lastHash: string } {
    const ends = `SELECT ${sqlNumber('idx')}, hash FROM log WHERE room = ? ORDER BY log.idx`;
    const last = this.get(`${ends} DESC LIMIT 1`);
    if (last === undefined) return { nextIndex: 0, lastHash: '' };
    const index = last['idx'];
    const isWhole = this.get(`${ends} LIMIT 1`)?.['idx'] === 0 && Number.isInteger(index);
    if (isWhole && typeof index === 'number') {
      return { nextIndex: index + 1, lastHash: textOr(last, 'hash') };
    }
    this.noteSuspect();
    throw logRowDamaged(typeof index === 'number' ? 0 : this.count() - 1);
  }

  /** Whether there is any row. */
  get hasRows(): boolean {
    return this.get('SELECT 1 FROM log WHERE room = ? LIMIT 1') !== undefined;
  }

  append(records: readonly StoredRecord[]): void {
    transact(this.database, () => {
      for (const { index, hash, text } of records) {
        this.run('INSERT INTO log (room, idx, hash, text) VALUES (?, ?, ?, ?)', index, hash, text);
      }
    });
  }

  /**
   * Rows from `from` to before `to`, each as it was written: what stands before a damaged one is left
   * out. Throws AppError 'journal-damaged' if the last of them is damaged.
   */
  read(from: number, to: number): readonly StoredRecord[] {
    const records = this.readRows(from, to);
    const bad = records.findLastIndex((record, at) => !isSound(record, records[at - 1]));
    if (bad < 0) return records;
    this.noteSuspect();
    if (bad === records.length - 1) throw logRowDamaged(records[bad]?.index ?? to - 1);
    return records.slice(bad + 1);
  }

  /** The same rows as they stand, sound or not. */
  readRows(from: number, to: number): readonly StoredRecord[] {
    const sql =
      'SELECT idx, hash, text FROM log WHERE room = ? AND idx >= ? AND idx < ? ORDER BY idx';
    return this.all(sql, from, Math.min(to, Number.MAX_SAFE_INTEGER)).map((row) => ({
      index: numberOf(row, 'idx'),
      hash: textOr(row, 'hash'),
      text: textOr(row, 'text'),
    }));
  }

  /** Whether the log has an entry with this id. */
  hasEntry(id: string): boolean {
    const sql = "SELECT 1 FROM log WHERE room = ? AND json_extract(text, '$.entry.id') = ? LIMIT 1";
    return this.get(sql, id) !== undefined;
  }

  /** Whether the log has the prompt of this command. */
  hasPrompt(promptId: string): boolean {
    const sql = `SELECT 1 FROM log WHERE room = ? AND json_valid(text)
      AND json_extract(text, '$.entry.kind') = 'prompt' AND json_extract(text, '$.entry.promptId') = ? LIMIT 1`;
    return this.hasEntry(promptId) || this.get(sql, promptId) !== undefined;
  }

  /** Entries that ask for a person and have no decision: index and exact text, oldest first. */
  openRequests(): readonly { readonly index: number; readonly text: string }[] {
    const sql = `SELECT idx, text FROM log AS asked WHERE room = ?1
      AND json_valid(text) AND json_extract(text, '$.entry.kind') = 'request' AND NOT EXISTS (
        SELECT 1 FROM log WHERE room = ?1 AND idx > asked.idx
        AND json_valid(text) AND json_extract(text, '$.entry.kind') = 'decision'
        AND json_extract(text, '$.entry.requestId') = json_extract(asked.text, '$.entry.requestId')
      ) ORDER BY idx`;
    return this.all(sql).map((row) => ({ index: numberOf(row, 'idx'), text: textOf(row, 'text') }));
  }

  private count(): number {
    return Number(this.get('SELECT count(*) AS count FROM log WHERE room = ?')?.['count']);
  }

  private noteSuspect(): void {
    const sql = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, 'damaged')";
    this.prepare(sql).run(suspectKey(this.room));
  }

  private get(sql: string, ...values: readonly (string | number)[]): SqlRow | undefined {
    return this.prepare(sql).get(this.room, ...values);
  }

  private all(sql: string, ...values: readonly (string | number)[]): SqlRow[] {
    return this.prepare(sql).all(this.room, ...values);
  }

  private run(sql: string, ...values: readonly (string | number | null | Uint8Array)[]): void {
    this.prepare(sql).run(this.room, ...values);
  }
}

/** Text that has changed to something else is none: it fits no hash. */
function textOr(row: SqlRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}
