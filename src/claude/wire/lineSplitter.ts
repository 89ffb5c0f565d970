// Splits a byte stream into lines with a bound, so that one endless line cannot eat the memory.

/** A line of 10 MB is a real tool result; beyond this a line is given up. Bytes. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** What came out of the splitter: a line, or the news that one was too long (its bytes are gone). */
export type SplitLine =
  | { readonly kind: 'line'; readonly text: string; readonly bytes: number }
  | { readonly kind: 'too-long'; readonly bytes: number };

/** Collects chunks and gives whole lines; invalid UTF-8 becomes U+FFFD, empty lines are skipped. */
export class LineSplitter {
  private readonly maxBytes: number;
  private parts: Uint8Array[] = [];
  private pendingBytes = 0;
  private isSkipping = false;

  constructor(maxBytes: number = MAX_LINE_BYTES) {
    this.maxBytes = maxBytes;
  }

  /** Bytes of the unfinished last line, the newline not included. */
  get unfinishedBytes(): number {
    return this.pendingBytes;
  }

  /** Takes a chunk and returns the lines that it completes. */
  push(chunk: Uint8Array): SplitLine[] {
    const out: SplitLine[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(10, start);
      if (end < 0) break;
      this.take(chunk.subarray(start, end));
      this.finish(out);
      start = end + 1;
    }
    // A copy: a reader may fill the same buffer again, and a Buffer's own slice() would share it.
    if (start < chunk.length) this.take(new Uint8Array(chunk.subarray(start)));
    return out;
  }

  /** Gives the unfinished last line, if any: for a stream that has ended. */
  end(): SplitLine[] {
    const out: SplitLine[] = [];
    if (this.pendingBytes > 0) this.finish(out);
    return out;
  }

  private take(part: Uint8Array): void {
    this.pendingBytes += part.length;
    if (this.isSkipping || part.length === 0) return;
    if (this.pendingBytes > this.maxBytes) {
      this.isSkipping = true;
      this.parts = [];
      return;
    }
    this.parts.push(part);
  }

  private finish(out: SplitLine[]): void {
    const bytes = this.pendingBytes;
    if (this.isSkipping) out.push({ kind: 'too-long', bytes });
    else if (bytes > 0) {
      const text = Buffer.concat(this.parts).toString('utf8').trim();
      if (text !== '') out.push({ kind: 'line', text, bytes });
    }
    this.parts = [];
    this.pendingBytes = 0;
    this.isSkipping = false;
  }
}
