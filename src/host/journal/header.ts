// The header of the journal's file: whether it is one of ours, and how a damaged one is made whole.
import { closeSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { isDatabaseHeader, MAGIC, readHeader } from './sqlite.ts';

// Where a database has its numbers, and what stands there in every journal: SQLite's file format, section 1.3.
const PAGE_SIZE_AT = 16;
const WRITE_VERSION_AT = 18;
const READ_VERSION_AT = 19;
const CHANGE_COUNTER_AT = 24;
const PAGE_COUNT_AT = 28;
const FREE_LIST_AT = 32;
const SCHEMA_FORMAT_AT = 44;
const LARGEST_ROOT_AT = 52;
const ENCODING_AT = 56;
const LAYOUT_AT = 60;
const VERSION_VALID_FOR_AT = 92;
const PAGE_BYTES = 4096;
const WAL_VERSION = 2;
/** Bytes kept free in a page, and three parts of a page that are the same in every database. */
const FIXED = Buffer.from([0, 64, 32, 32]);
const FIXED_AT = 20;
const SCHEMA_FORMAT = 4;
const UTF_8 = 1;

/** No layout will ever have a number above this: a greater one is damage. */
const MAX_LAYOUT = 1000;
/** Bytes that a cut file may lack at the most beside its own length again. */
const MAX_PADDING = 1024 ** 3;

/** Whether a number can be that of a layout, be it of a newer build. */
export function mayBeLayout(layout: number): boolean {
  return Number.isInteger(layout) && layout >= 0 && layout <= MAX_LAYOUT;
}

/** The layout as it stands in the file; 0 if it is no database. Before anything opens it: opening would write to it. */
export function writtenLayout(path: string): number {
  const header = readHeader(path);
  return isDatabaseHeader(header) ? header.readUInt32BE(LAYOUT_AT) : 0;
}

/**
 * Whether the header of a database says what SQLite does not call damage: that it may only be read,
 * or is of a format or encoding that is none. A file without a header is for SQLite to judge.
 */
export function isHeaderRotten(path: string): boolean {
  const header = readHeader(path);
  if (!isDatabaseHeader(header)) return false;
  return (
    (header[WRITE_VERSION_AT] ?? 0) > WAL_VERSION ||
    (header[READ_VERSION_AT] ?? 0) > WAL_VERSION ||
    header.readUInt32BE(SCHEMA_FORMAT_AT) > SCHEMA_FORMAT ||
    header.readUInt32BE(ENCODING_AT) > UTF_8
  );
}

/** Gives a copy of a journal the header that every journal has: its layout and what is counted stay. */
export function mendHeader(path: string): void {
  const header = readHeader(path);
  const pages = Math.max(pagesOf(path), header.readUInt32BE(PAGE_COUNT_AT));
  const isCount = pages * PAGE_BYTES < 2 * statSync(path).size + MAX_PADDING;
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt16BE(PAGE_BYTES, PAGE_SIZE_AT);
  header.fill(WAL_VERSION, WRITE_VERSION_AT, READ_VERSION_AT + 1);
  FIXED.copy(header, FIXED_AT);
  header.writeUInt32BE(isCount ? pages : pagesOf(path), PAGE_COUNT_AT);
  // Pages that are not used: nothing is read there.
  header.fill(0, FREE_LIST_AT, FREE_LIST_AT + 8);
  header.writeUInt32BE(SCHEMA_FORMAT, SCHEMA_FORMAT_AT);
  header.writeUInt32BE(0, LARGEST_ROOT_AT);
  header.writeUInt32BE(UTF_8, ENCODING_AT);
  header.writeUInt32BE(0, LAYOUT_AT + 4);
  header.copy(header, VERSION_VALID_FOR_AT, CHANGE_COUNTER_AT, CHANGE_COUNTER_AT + 4);
  const file = openSync(path, 'r+');
  try {
    writeSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  padToItsLength(path);
}

/** SQLite reads nothing of a file that was cut: it gets pages of zeros for those that are missing. */
export function padToItsLength(path: string): void {
  const header = readHeader(path);
  const pageSize = header.readUInt16BE(PAGE_SIZE_AT);
  const bytes = (pageSize === 1 ? 65_536 : pageSize) * header.readUInt32BE(PAGE_COUNT_AT);
  // A number that is no length is damage of another kind.
  if (bytes > statSync(path).size && bytes < 2 * statSync(path).size + MAX_PADDING) {
    truncateSync(path, bytes);
  }
}

function pagesOf(path: string): number {
  return Math.ceil(statSync(path).size / PAGE_BYTES);
}
