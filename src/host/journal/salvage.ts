// Reads a damaged journal row by row into a new one: a damaged page costs the rows that stand in it, and no others.
import { constants, copyFileSync, existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { isFile } from '../../node/files.ts';
import { isAppError } from '../../base/errors.ts';
import { journalNotSalvaged, journalTooNew } from './errors.ts';
import { mayBeLayout, mendHeader, padToItsLength } from './header.ts';
import {
  FIRST_LAYOUT,
  JOURNAL_LAYOUT,
  JOURNAL_SQL,
  keptLayout,
  writeLayout,
} from './journalSchema.ts';
import { createPrivateFile } from './lock.ts';
import { readSalvage, type Salvage, saveSalvage } from './salvageNote.ts';
import {
  isDiskFull,
  isRowRefused,
  isUnreadable,
  openSqlite,
  type SqlRow,
  textOf,
  transact,
} from './sqlite.ts';
import { type Table, TableReader, tablesOf } from './tableReader.ts';
import { doubtTerm } from './termTable.ts';
import { hasWalLost } from './wal.ts';

const SUFFIXES = ['', '-wal'] as const;
/** The log goes first: SQLite would apply one that is left to whatever file stands there. */
const MOVED = ['-wal', '-shm', '-journal', ''] as const;
const LEFT = ['', '-wal', '-shm', '-journal'] as const;

/** Where a new journal is made before it takes the place of the damaged one. */
function salvagedPath(file: string): string {
  return `${file}.salvaged`;
}

/** The copy that is read: opening the file itself would write to it. */
function readingPath(file: string): string {
  return `${file}.reading`;
}

/** A host that was ended in the middle of a salvage: what was finished takes its place, what was not goes. */
export function finishSalvage(file: string): void {
  const made = salvagedPath(file);
  if (existsSync(made)) {
    const salvage = salvageIn(made);
    if (salvage !== undefined) takeItsPlace(file, salvage.keptAs);
    else if (!existsSync(file)) renameSync(made, file);
  }
  forgetParts(file);
}

/**
 * Makes a new journal with every row of a damaged one that can be read, and what was lost, in one
 * transaction; then it takes the damaged one's place, which is kept as `keptAs`. Throws AppError
 * 'journal-locked' if the new one cannot be written: the damaged one stays where it is.
 */
export function salvageJournal(file: string, keptAs: string, newest: number): Salvage {
  try {
    const salvage = makeNew(file, keptAs, newest);
    takeItsPlace(file, keptAs);
    return salvage;
  } catch (error) {
    throw isAppError(error) ? error : journalNotSalvaged(file, isDiskFull(error), error);
  } finally {
    forgetParts(file);
  }
}

/** What a journal that was being made says; undefined if it was not finished. */
function salvageIn(made: string): Salvage | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = openSqlite(made);
    return readSalvage(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

function takeItsPlace(file: string, keptAs: string): void {
  for (const suffix of MOVED) {
    // A link that leads nowhere stands there, too.
    if (lstatSync(file + suffix, { throwIfNoEntry: false })) {
      renameSync(file + suffix, keptAs + suffix);
    }
  }
  renameSync(salvagedPath(file), file);
}

function forgetParts(file: string): void {
  for (const path of [salvagedPath(file), readingPath(file)]) {
    for (const suffix of LEFT) rmSync(path + suffix, { force: true, recursive: true });
  }
}

type ReadRows = Pick<Salvage, 'rows' | 'damaged' | 'rooms'>;

/** Of a damaged one's header as much is made whole as is the same in all; else it is read as it stands. */
function makeNew(file: string, keptAs: string, newest: number): Salvage {
  const made = salvagedPath(file);
  for (const mend of isFile(file) ? [mendHeader, padToItsLength] : []) {
    forgetParts(file);
    const source = openCopy(file, mend, newest);
    if (source === undefined) continue;
    try {
      const salvage = write(made, (into) => {
        source.schema.forEach((sql) => into.exec(sql));
        const read = copyRows(source.database, into);
        writeLayout(into, source.layout);
        const isCut = hasWalLost(`${file}-wal`);
        if (isCut || read.damaged.includes('meta')) doubtTerm(into);
        if (read.rows === 0) return undefined;
        return { keptAs, repaired: 0, ...read, ...(isCut ? { rooms: roomsOf(into) } : {}) };
      });
      if (salvage !== undefined) return salvage;
    } finally {
      source.database.close();
    }
  }
  forgetParts(file);
  return write(made, (into) => {
    into.exec(JOURNAL_SQL);
    writeLayout(into, JOURNAL_LAYOUT);
    doubtTerm(into);
    return { keptAs, repaired: 0, rows: 0, damaged: ['everything'], rooms: [] };
  });
}

/** What was read and what was lost stand in it together or not at all; what says nothing of a loss is not finished. */
function write<T extends Salvage | undefined>(made: string, fill: (into: DatabaseSync) => T): T {
  createPrivateFile(made);
  const into = openSqlite(made);
  try {
    into.exec('PRAGMA synchronous = FULL');
    return transact(into, () => {
      const salvage = fill(into);
      saveSalvage(into, salvage);
      return salvage;
    });
  } finally {
    into.close();
  }
}

interface Source {
  readonly database: DatabaseSync;
  readonly layout: number;
  /** SQL of its tables. */
  readonly schema: readonly string[];
}

/** A copy of the damaged file, opened; undefined if nothing is found of it. */
function openCopy(file: string, mend: (path: string) => void, newest: number): Source | undefined {
  const reading = readingPath(file);
  for (const suffix of SUFFIXES) {
    if (isFile(file + suffix)) {
      copyFileSync(file + suffix, reading + suffix, constants.COPYFILE_FICLONE);
    }
  }
  mend(reading);
  let database: DatabaseSync | undefined;
  try {
    database = openSqlite(reading);
    const written = database.prepare('PRAGMA user_version').get()?.['user_version'];
    const isLayout = typeof written === 'number' && written > 0 && mayBeLayout(written);
    const layout = isLayout ? written : (keptLayout(database) ?? FIRST_LAYOUT);
    if (layout > newest) throw journalTooNew(file, layout);
    const schema = layout === JOURNAL_LAYOUT ? [JOURNAL_SQL] : schemaOf(database);
    return { database, layout, schema };
  } catch (error) {
    database?.close();
    if (isAppError(error) || !isUnreadable(error)) throw error;
    return undefined;
  }
}

/** SQL of the tables of an older layout. Throws if it makes none any more. */
function schemaOf(database: DatabaseSync): readonly string[] {
  const sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'";
  const schema = database
    .prepare(sql)
    .all()
    .map((row) => textOf(row, 'sql'));
  const probe = openSqlite(':memory:');
  try {
    schema.forEach((one) => probe.exec(one));
    probe.prepare('SELECT key, value FROM meta');
  } finally {
    probe.close();
  }
  return schema;
}

function copyRows(from: DatabaseSync, into: DatabaseSync): ReadRows {
  const damaged = new Set<string>();
  const rooms = new Set<string>();
  const names = new Set<string>();
  let rows = 0;
  for (const table of tablesOf(into)) {
    const reader = new TableReader(from, table);
    const insert = insertOf(into, table);
    const take = (row: SqlRow): void => {
      const owner = row[table.key[0] ?? ''];
      const changes = insert(row);
      if (changes === undefined) {
        damaged.add(table.name);
        if (table.name === 'log' && typeof owner === 'string') rooms.add(owner);
        return;
      }
      rows += changes;
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
  return { rows, damaged: [...damaged], rooms: [...rooms] };
}

/** Takes a row over: how many were written, 0 for one that is there. Undefined if it is no row of ours. */
function insertOf(into: DatabaseSync, table: Table): (row: SqlRow) => number | undefined {
  const columns = table.columns.map(({ name }) => name);
  const marks = columns.map(() => '?').join(', ');
  const insert = into.prepare(
    `INSERT OR IGNORE INTO ${table.name} (${columns.join(', ')}) VALUES (${marks})`,
  );
  return (row) => {
    if (!table.columns.every(({ name, fits }) => fits(row[name] ?? null))) return undefined;
    try {
      return Number(insert.run(...columns.map((name): SQLInputValue => row[name] ?? null)).changes);
    } catch (error) {
      if (!isRowRefused(error)) throw error;
      return undefined;
    }
  };
}

function roomsOf(database: DatabaseSync): string[] {
  return database
    .prepare('SELECT room FROM rooms')
    .all()
    .map((row) => textOf(row, 'room'));
}
