// [H10] Which files a session has changed: what the calls of its log name that write files and went well.
import { type Entry, entrySchema } from '../../protocol/transcript.ts';
import { parseJson } from '../../protocol/json.ts';
import { familyOf, partOf } from '../../protocol/toolView.ts';
import * as z from 'zod/mini';

/** So many are kept: what is more is not counted. */
const MAX_FILES = 1_000;
const MAX_CHARS = 4_096;

const recordSchema = z.looseObject({ entry: entrySchema });

/** Reads a log on, once each. */
export class ChangedFiles {
  /** Path that a call which has not ended would change. */
  private readonly open = new Map<string, string>();
  private readonly files: Set<string>;
  private next = 0;

  constructor(known: readonly string[]) {
    this.files = new Set(known);
  }

  /** All of them, the first one first. */
  get all(): readonly string[] {
    return [...this.files];
  }

  /** Takes in the records from `nextIndex` on; true if there are more files. */
  take(records: readonly { readonly index: number; readonly text: string }[]): boolean {
    const before = this.files.size;
    for (const { index, text } of records) {
      if (index < this.next) continue;
      this.next = index + 1;
      // Most entries are of other kinds: reading all of a long log would take long.
      if (!text.includes('"tool-')) continue;
      const parsed = recordSchema.safeParse(parseJson(text));
      if (parsed.success) this.look(parsed.data.entry);
    }
    return this.files.size > before;
  }

  get nextIndex(): number {
    return this.next;
  }

  private look(entry: Entry): void {
    if (entry.kind === 'tool-call') {
      const family = familyOf(entry);
      const path = partOf(entry, 'path');
      const isWriting = family === 'edit' || family === 'write';
      const isPath = typeof path === 'string' && path !== '' && path.length <= MAX_CHARS;
      if (isWriting && isPath) this.open.set(entry.callId, path);
    } else if (entry.kind === 'tool-result') {
      const path = this.open.get(entry.callId);
      this.open.delete(entry.callId);
      const isRoom = this.files.size < MAX_FILES;
      if (path !== undefined && entry.outcome === 'ok' && isRoom) this.files.add(path);
    }
  }
}
