// Reads what can be read of one table of a damaged database.
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { isUnreadable, type SqlRow, textOf } from './sqlite.ts';

/** Failed reads after which a stretch of a table is given up. */
const MAX_FAILURES = 20_000;

/** A table as the new journal has it. */
export interface Table {
  readonly name: string;
  readonly hasRowId: boolean;
  readonly columns: readonly Column[];
  /** Columns of the primary key, in order. */
  readonly key: readonly string[];
}

/** A column, and whether a value can be its. */
export interface Column {
  readonly name: string;
  readonly fits: (value: SQLOutputValue) => boolean;
}

/** The tables of a whole database: rooms and sessions first, the others are read by whose they are. */
export function tablesOf(database: DatabaseSync): readonly Table[] {
  return database
    .prepare("SELECT name, wr FROM pragma_table_list WHERE type = 'table'")
    .all()
    .map((row) => ({ name: textOf(row, 'name'), hasRowId: row['wr'] === 0 }))
    .filter(({ name }) => !name.startsWith('sqlite_'))
    .map((table) => {
      const columns = database
        .prepare('SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid')
        .all(table.name);
      return {
        ...table,
        columns: columns.map(columnOf),
        key: columns
          .filter(({ pk }) => Number(pk) > 0)
          .toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
          .map((row) => textOf(row, 'name')),
      };
    })
    .toSorted((a, b) => rankOf(a.name) - rankOf(b.name));
}

function rankOf(name: string): number {
  return name === 'rooms' || name === 'sessions' ? 0 : 1;
}

/** What stands in a page that has changed may be a row, and none of ours: text where a number was. */
function columnOf(row: SqlRow): Column {
  const mayBeNull = row['notnull'] === 0 && row['pk'] === 0;
  const isOfType = TYPES[textOf(row, 'type')] ?? (() => true);
  return {
    name: textOf(row, 'name'),
    fits: (value) => (value === null ? mayBeNull : isOfType(value)),
  };
}

const TYPES: Readonly<Record<string, (value: SQLOutputValue) => boolean>> = {
  TEXT: (value) => typeof value === 'string',
  INTEGER: (value) => typeof value === 'number' || typeof value === 'bigint',
  REAL: (value) => typeof value === 'number' || typeof value === 'bigint',
  BLOB: (value) => value instanceof Uint8Array,
};

/** Takes a row that was read. What it throws is its own matter, and ends the reading. */
export type TakeRow = (row: SqlRow) => void;

/** Reads one table from all sides. Throws what is no damage: no room for what SQLite needs, no rights. */
export class TableReader {
  hasFailed = false;
  private readonly from: DatabaseSync;
  private readonly table: Table;
  private failures = 0;

  constructor(from: DatabaseSync, table: Table) {
    this.from = from;
    this.table = table;
  }

  /** Every row that is found from either end of the table, and by its number where it has one. */
  readAll(take: TakeRow): void {
    const { key, hasRowId } = this.table;
    if (this.each(`ORDER BY ${key.join(', ')}`, [], take)) return;
    this.each(`ORDER BY ${backwards(key)}`, [], take);
    if (hasRowId) this.readNumbers(1, this.lastNumber(), take);
  }

  /** The rows of one room or session, from either end; whether all of them were read. */
  readOf(owner: string, take: TakeRow): boolean {
    const [first = '', ...rest] = this.table.key;
    if (rest.length === 0) return true;
    const where = `WHERE ${first} = ? ORDER BY`;
    if (this.each(`${where} ${rest.join(', ')}`, [owner], take)) return true;
    this.each(`${where} ${backwards(rest)}`, [owner], take);
    return false;
  }

  /** Halves a stretch of row numbers until only what is damaged is left. */
  private readNumbers(low: number, high: number, take: TakeRow): void {
    if (low > high || this.failures > MAX_FAILURES) return;
    const isRead = this.each('WHERE rowid BETWEEN ? AND ? ORDER BY rowid', [low, high], take);
    if (isRead || low === high) return;
    const middle = Math.floor((low + high) / 2);
    this.readNumbers(low, middle, take);
    this.readNumbers(middle + 1, high, take);
  }

  private lastNumber(): number {
    let last = 2 ** 31;
    const { name } = this.table;
    this.eachOf(`SELECT max(rowid) AS last FROM ${name}`, [], (row) => {
      last = Math.min(last, Number(row['last'] ?? 0));
    });
    return last;
  }

  private each(rest: string, values: SQLInputValue[], take: TakeRow): boolean {
    return this.eachOf(`SELECT * FROM ${this.table.name} ${rest}`, values, take);
  }

  /** Whether the whole answer could be read. */
  private eachOf(sql: string, values: SQLInputValue[], take: TakeRow): boolean {
    const rows = this.reading(() => {
      const statement = this.from.prepare(sql);
      // A number that has changed may be larger than JavaScript's.
      statement.setReadBigInts(true);
      return statement.iterate(...values);
    });
    for (;;) {
      const next = rows && this.reading(() => rows.next());
      if (next === undefined) return false;
      if (next.done === true) return true;
      take(plainNumbers(next.value));
    }
  }

  private reading<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.hasFailed = true;
      this.failures += 1;
      return undefined;
    }
  }
}

function backwards(columns: readonly string[]): string {
  return columns.map((one) => `${one} DESC`).join(', ');
}

function plainNumbers(row: SqlRow): SqlRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value,
    ]),
  );
}
