// Puts the first prompt of a transcript before its answer: 2.1.197 now and then writes it behind.
import type { Json } from '../../protocol/json.ts';
import type { Entry } from '../../protocol/transcript.ts';

/** An answer is held for its prompt until this many entries wait. */
const MAX_HELD = 8;

/** One per file. */
export class FirstPrompt {
  private held: Entry[] = [];
  private isOver = false;

  /** The entries of a line that can be shown now. */
  order(type: Json | undefined, entries: readonly Entry[]): readonly Entry[] {
    if (this.isOver) return entries;
    if (type === 'user') {
      const isBefore = (entries[0]?.at ?? 0) < (this.held[0]?.at ?? 0);
      const held = this.release();
      return isBefore ? [...entries, ...held] : [...held, ...entries];
    }
    // What is said by nobody, like a local command, needs no prompt before it.
    if (this.held.length === 0 && type !== 'assistant') return entries;
    this.held.push(...entries);
    return this.held.length < MAX_HELD ? [] : this.release();
  }

  /** What is still held: its prompt does not come. */
  release(): readonly Entry[] {
    const { held } = this;
    this.held = [];
    this.isOver = true;
    return held;
  }
}
