// Whether what a killed host has written last is still whole: SQLite passes over a damaged log of its without a word.
import { readFileSync, statSync } from 'node:fs';

// SQLite's file format, section 4: a header, then frames of a header and a page.
const HEADER_BYTES = 32;
const FRAME_BYTES = 24;
const MAGIC = 0x377f0682;
const PAGE_SIZE_AT = 8;
const SALT_AT = 16;
const CHECKSUM_AT = 24;
/** In a frame: pages of the database after a commit, else 0; its salt; its checksum. */
const COMMIT_AT = 4;
const FRAME_SALT_AT = 8;
const FRAME_CHECKSUM_AT = 16;
/** A loss of power may leave the last transaction in parts: nobody was told that it was written. */
const MAY_BE_CUT = 1;

/**
 * Whether the log beside a database has lost transactions that were written: its header is none, or
 * after the frame at which SQLite stops more than one commit of the same log follows. A log that is
 * missing or was cut at its end is not told from a shorter one.
 */
export function hasWalLost(path: string): boolean {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isFile() !== true || info.size === 0) return false;
  const bytes = readFileSync(path);
  const header = bytes.subarray(0, HEADER_BYTES);
  // Made, and nothing written yet.
  if (header.every((byte) => byte === 0)) return false;
  if (header.length < HEADER_BYTES) return bytes.length > HEADER_BYTES;
  const isBigEndian = header.readUInt32BE(0) === MAGIC + 1;
  const sum = new Checksum(isBigEndian);
  sum.add(header.subarray(0, CHECKSUM_AT));
  const pageSize = header.readUInt32BE(PAGE_SIZE_AT);
  const isHeader = isBigEndian || header.readUInt32BE(0) === MAGIC;
  if (!isHeader || !sum.equals(header, CHECKSUM_AT) || pageSize < 512) return true;
  const salt = header.subarray(SALT_AT, CHECKSUM_AT);
  const step = FRAME_BYTES + pageSize;
  let isWhole = true;
  let lost = 0;
  for (let at = HEADER_BYTES; at + step <= bytes.length; at += step) {
    const frame = bytes.subarray(at, at + step);
    const isOfThisLog = frame.subarray(FRAME_SALT_AT, FRAME_CHECKSUM_AT).equals(salt);
    if (isWhole) {
      sum.add(frame.subarray(0, FRAME_SALT_AT));
      sum.add(frame.subarray(FRAME_BYTES));
      isWhole = isOfThisLog && sum.equals(frame, FRAME_CHECKSUM_AT);
      // Frames of an older log follow the newer ones: those are no loss.
      if (isWhole) continue;
    }
    if (isOfThisLog && frame.readUInt32BE(COMMIT_AT) > 0) lost += 1;
  }
  return lost > MAY_BE_CUT;
}

/** The running checksum of SQLite's log. */
class Checksum {
  private readonly isBigEndian: boolean;
  private first = 0;
  private second = 0;

  constructor(isBigEndian: boolean) {
    this.isBigEndian = isBigEndian;
  }

  /** `bytes` has a multiple of eight. */
  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += 8) {
      this.first = (this.first + this.word(bytes, at) + this.second) >>> 0;
      this.second = (this.second + this.word(bytes, at + 4) + this.first) >>> 0;
    }
  }

  /** The sums themselves are written big-endian in any log. */
  equals(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.first && bytes.readUInt32BE(at + 4) === this.second;
  }

  private word(bytes: Buffer, at: number): number {
    return this.isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }
}
