// Reads a JSONL file as it grows: from where it was, across truncation and replacement.
import { type FileHandle, open } from 'node:fs/promises';
import { type Json, parseJson } from '../protocol/json.ts';
import { LineSplitter } from './lines.ts';

const CHUNK_BYTES = 256 * 1024;

/** What one read found. */
export interface ReadResult {
  readonly exists: boolean;
  /** The file was cut or replaced: lines are given again from its start. */
  readonly restarted: boolean;
}

/** One file; `read` calls must not overlap. */
export class TranscriptFile {
  readonly path: string;
  private splitter = new LineSplitter();
  private offset = 0;
  private inode: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Gives every complete line that is new; undefined stands for one that is not JSON or too long. A
   * partial last line is kept for the next read.
   */
  async read(onLine: (line: Json | undefined) => void): Promise<ReadResult> {
    let file: FileHandle;
    try {
      file = await open(this.path, 'r');
    } catch {
      return { exists: false, restarted: false };
    }
    try {
      const stat = await file.stat();
      const restarted =
        stat.size < this.offset || (this.inode !== undefined && stat.ino !== this.inode);
      if (restarted) {
        this.offset = 0;
        this.splitter = new LineSplitter();
      }
      this.inode = stat.ino;
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      while (this.offset < stat.size) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, this.offset);
        if (bytesRead === 0) break;
        this.offset += bytesRead;
        // The splitter keeps parts of the chunk only as copies, so the buffer can be used again.
        for (const line of this.splitter.push(buffer.subarray(0, bytesRead))) {
          onLine(line.kind === 'line' ? parseJson(line.text) : undefined);
        }
      }
      return { exists: true, restarted };
    } finally {
      await file.close();
    }
  }
}
