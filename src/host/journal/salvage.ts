// Reads a damaged journal row by row into a new one: a damaged page costs the rows that stand in it, and no others.
import {
  constants,
  copyFileSync,
  existsSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { JOURNAL_LAYOUT, JOURNAL_SQL } from './journalSchema.ts';
import { createPrivateFile } from './lock.ts';
import { openSqlite, readHeader, type SqlRow, textOf, transact } from './sqlite.ts';

/** What became of a damaged journal. */
export interface Salvage {
  /** Where the damaged file is kept. */
  readonly keptAs: string;
  /** Rows that could be read. */
  readonly rows: number;
  /** Tables in which something could not be read; all, if nothing could. */
  readonly damaged: readonly string[];
  /** Rooms whose log could not be read to its end. */
  readonly rooms: ReadonlySet<string>;
}

/** Failed reads after which a stretch of a table is given up. */
const MAX_FAILURES = 20_000;
/** Bytes that a cut file may lack at the most beside its own length again. */
const MAX_PADDING = 1024 ** 3;
const SUFFIXES = ['', '-wal'] as const;

/** Where a new journal is made before it takes the place of the damaged one. */
export function salvagedPath(file: string): string {
  return `${file}.salvaged`;
}

/** A host that was ended in the middle of a salvage: what was finished takes its place, what was not goes. */
export function finishSalvage(file: string): void {
  const made = salvagedPath(file);
  if (existsSync(made) && !existsSync(file)) renameSync(made, file);
  for (const path of [made, `${file}.reading`]) {
    for (const suffix of [...SUFFIXES, '-journal', '-shm']) rmSync(path + suffix, { force: true });
  }
}

/** Sets a damaged journal aside as `keptAs`, and makes one in its place with every row that can be read. */
export function salvageJournal(file: string, keptAs: string): Salvage {
  finishSalvage(file);
  const made = salvagedPath(file);
  const read = statSync(file).isDirectory() ? NOTHING : salvageInto(file, made);
  for (const suffix of SUFFIXES) {
    if (existsSync(file + suffix)) renameSync(file + suffix, keptAs + suffix);
  }
  if (existsSync(made)) renameSync(made, file);
  return { keptAs, ...read };
}

type ReadRows = Omit<Salvage, 'keptAs'>;

const NOTHING: ReadRows = { rows: 0, damaged: ['everything'], rooms: new Set() };

function salvageInto(file: string, made: string): ReadRows {
  // A copy is read: opening the file itself would write to it.
  const reading = `${file}.reading`;
  for (const suffix of SUFFIXES) {
    if (existsSync(file + suffix)) {
      copyFileSync(file + suffix, reading + suffix, constants.COPYFILE_FICLONE);
    }
  }
  padToItsLength(reading);
  let from: DatabaseSync | undefined;
  let into: DatabaseSync | undefined;
  try {
    from = openSqlite(reading);
    const layout = from.prepare('PRAGMA user_version').get()?.['user_version'];
    if (typeof layout !== 'number' || layout < 1 || layout > JOURNAL_LAYOUT) return NOTHING;
    const schema = from
      .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'")
      .all()
      .map((row) => textOf(row, 'sql'));
    createPrivateFile(made);
    into = openSqlite(made);
    into.exec('PRAGMA synchronous = FULL');
    const target = into;
    const source = from;
    return transact(into, () => {
      for (const sql of schema.length === 0 ? [JOURNAL_SQL] : schema) target.exec(sql);
      const read = copyRows(source, target);
      // The term of a host is above every one before; where it is lost, the time in seconds is.
      const term = Math.floor(Date.now() / 1000);
      target.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('term', ?)").run(`${term}`);
      target.exec(`PRAGMA user_version = ${layout}`);
      return read;
    });
  } catch {
    // Its first page tells nothing any more.
    into?.close();
    into = undefined;
    rmSync(made, { force: true });
    return NOTHING;
  } finally {
    from?.close();
    into?.close();
    for (const suffix of [...SUFFIXES, '-shm']) rmSync(reading + suffix, { force: true });
  }
}

const PAGE_SIZE_AT = 16;
const PAGE_COUNT_AT = 28;

/** SQLite reads nothing of a file that was cut: it gets pages of zeros for those that are missing. */
function padToItsLength(path: string): void {
  const header = readHeader(path);
  const pageSize = header.readUInt16BE(PAGE_SIZE_AT);
  const bytes = (pageSize === 1 ? 65_536 : pageSize) * header.readUInt32BE(PAGE_COUNT_AT);
  // A number that is no length is damage of another kind.
  if (bytes > statSync(path).size && bytes < 2 * statSync(path).size + MAX_PADDING) {
    truncateSync(path, bytes);
  }
}

interface Table {
  readonly name: string;
  readonly hasRowId: boolean;
  /** Columns of the primary key, in order. */
  readonly key: readonly string[];
}

function copyRows(from: DatabaseSync, into: DatabaseSync): ReadRows {
  const damaged = new Set<string>();
  const rooms = new Set<string>();
  const names = new Set<string>();
  let rows = 0;
  for (const table of tablesOf(into)) {
    const reader = new TableReader(from, table);
    const { columns } = reader;
    const marks = columns.map(() => '?').join(', ');
    const insert = into.prepare(
      `INSERT OR IGNORE INTO ${table.name} (${columns.join(', ')}) VALUES (${marks})`,
    );
    const take = (row: SqlRow): void => {
      const values = columns.map((column): SQLInputValue => row[column] ?? null);
      try {
        rows += Number(insert.run(...values).changes);
      } catch {
        // No row of ours: its text is no JSON any more, or a column is empty.
        damaged.add(table.name);
        return;
      }
      const owner = row[table.key[0] ?? ''];
      if (typeof owner === 'string') names.add(owner);
    };
    reader.readAll(take);
    // By whose they are: what lies between two damaged pages is found so.
    for (const name of names) {
      const isWhole = reader.readOf(name, take);
      if (!isWhole && table.name === 'log') rooms.add(name);
    }
    if (reader.hasFailed) damaged.add(table.name);
  }
  return { rows, damaged: [...damaged], rooms };
}

function tablesOf(database: DatabaseSync): readonly Table[] {
  const list = database
    .prepare("SELECT name, wr FROM pragma_table_list WHERE type = 'table'")
    .all();
  return (
    list
      .map((row) => ({ name: textOf(row, 'name'), hasRowId: row['wr'] === 0 }))
      .filter(({ name }) => !name.startsWith('sqlite_'))
      .map((table) => ({
        ...table,
        key: database
          .prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
          .all(table.name)
          .map((row) => textOf(row, 'name')),
      }))
      // Rooms and sessions first: the others are read by whose they are.
      .toSorted((a, b) => rankOf(a.name) - rankOf(b.name))
  );
}

function rankOf(name: string): number {
  return name === 'rooms' || name === 'sessions' ? 0 : 1;
}

/** Reads what can be read of one table. */
class TableReader {
  readonly columns: readonly string[];
  hasFailed = false;
  private readonly from: DatabaseSync;
  private readonly table: Table;
  private failures = 0;

  constructor(from: DatabaseSync, table: Table) {
    this.from = from;
    this.table = table;
    this.columns = from
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(table.name)
      .map((row) => textOf(row, 'name'));
  }

  /** Every row that is found from either end of the table, and by its number where it has one. */
  readAll(take: (row: SqlRow) => void): void {
    const { name, key, hasRowId } = this.table;
    if (this.each(`SELECT * FROM ${name} ORDER BY ${key.join(', ')}`, [], take)) return;
    this.each(
      `SELECT * FROM ${name} ORDER BY ${key.map((one) => `${one} DESC`).join(', ')}`,
      [],
      take,
    );
    if (hasRowId) this.readNumbers(1, this.lastNumber(), take);
  }

  /** The rows of one room or session, from either end; whether all of them were read. */
  readOf(owner: string, take: (row: SqlRow) => void): boolean {
    const { name, key } = this.table;
    const [first = '', ...rest] = key;
    if (rest.length === 0) return true;
    const where = `SELECT * FROM ${name} WHERE ${first} = ? ORDER BY `;
    if (this.each(where + rest.join(', '), [owner], take)) return true;
    this.each(where + rest.map((one) => `${one} DESC`).join(', '), [owner], take);
    return false;
  }

  /** Halves a stretch of row numbers until only what is damaged is left. */
  private readNumbers(low: number, high: number, take: (row: SqlRow) => void): void {
    if (low > high || this.failures > MAX_FAILURES) return;
    const sql = `SELECT * FROM ${this.table.name} WHERE rowid BETWEEN ? AND ? ORDER BY rowid`;
    if (this.each(sql, [low, high], take) || low === high) return;
    const middle = Math.floor((low + high) / 2);
    this.readNumbers(low, middle, take);
    this.readNumbers(middle + 1, high, take);
  }

  private lastNumber(): number {
    try {
      const row = this.from.prepare(`SELECT max(rowid) AS last FROM ${this.table.name}`).get();
      return typeof row?.['last'] === 'number' ? row['last'] : 0;
    } catch {
      return 2 ** 31;
    }
  }

  /** Whether the whole answer could be read. */
  private each(sql: string, values: SQLInputValue[], take: (row: SqlRow) => void): boolean {
    try {
      for (const row of this.from.prepare(sql).iterate(...values)) take(row);
      return true;
    } catch {
      this.hasFailed = true;
      this.failures += 1;
      return false;
    }
  }
}
