// Reads a JSONL file as it grows: from where it was, across truncation, rewriting and replacement.
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type Json, parseJson } from '../../protocol/json.ts';
import { LineSplitter, type SplitLine } from '../wire/lineSplitter.ts';

const CHUNK_BYTES = 256 * 1024;
/** Claude Code takes lines out of a file again and goes on behind them: this much tells that. Bytes. */
const MARK_BYTES = 128;

/** What takes the lines. */
export interface LineReader {
  /** A complete line; undefined stands for one that is not JSON or too long. `number` counts from 1. */
  line(line: Json | undefined, number: number): void;
  /** The file was cut, rewritten or replaced: its lines are given again from its start. */
  restart(): void;
}

/** One file; `read` calls must not overlap. */
export class TranscriptFile {
  readonly path: string;
  private splitter = new LineSplitter();
  private offset = 0;
  private lines = 0;
  /** The bytes before `offset`: while they stand there, the file has only grown. */
  private mark: Buffer = Buffer.alloc(0);
  private state = { inode: -1, size: -1, mtimeMs: -1 };

  constructor(path: string) {
    this.path = path;
  }

  /** Gives every complete line that is new; a partial last line is kept. False if there is no such file. */
  async read(reader: LineReader): Promise<boolean> {
    const now = await stat(this.path).catch(() => undefined);
    if (now === undefined) return false;
    const { inode, size, mtimeMs } = this.state;
    if (now.ino === inode && now.size === size && now.mtimeMs === mtimeMs) return true;
    let file: FileHandle;
    try {
      file = await open(this.path, 'r');
    } catch {
      return false;
    }
    try {
      await this.readAppended(file, reader);
    } finally {
      await file.close();
    }
    return true;
  }

  /** The unfinished last line, if it is JSON all the same: for a file that nobody writes any more. */
  rest(reader: Pick<LineReader, 'line'>): void {
    for (const line of this.splitter.end()) {
      const json = jsonOf(line);
      if (json !== undefined) reader.line(json, this.lines + 1);
    }
  }

  private async readAppended(file: FileHandle, reader: LineReader): Promise<void> {
    const { ino, size, mtimeMs } = await file.stat();
    const isOther = this.state.inode >= 0 && ino !== this.state.inode;
    if (isOther || size < this.offset || !(await this.isContinued(file))) {
      this.offset = 0;
      this.lines = 0;
      this.mark = Buffer.alloc(0);
      this.splitter = new LineSplitter();
      reader.restart();
    }
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    while (this.offset < size) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, this.offset);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      this.offset += bytesRead;
      this.mark = Buffer.concat([this.mark, chunk.subarray(-MARK_BYTES)]).subarray(-MARK_BYTES);
      // The splitter keeps parts of the chunk only as copies, so the buffer can be used again.
      for (const line of this.splitter.push(chunk)) {
        this.lines += 1;
        reader.line(jsonOf(line), this.lines);
      }
    }
    this.state = { inode: ino, size, mtimeMs };
  }

  private async isContinued(file: FileHandle): Promise<boolean> {
    const { mark } = this;
    if (mark.length === 0) return true;
    const there = Buffer.alloc(mark.length);
    const { bytesRead } = await file.read(there, 0, mark.length, this.offset - mark.length);
    return bytesRead === mark.length && there.equals(mark);
  }
}

function jsonOf(line: SplitLine): Json | undefined {
  return line.kind === 'line' ? parseJson(line.text) : undefined;
}
