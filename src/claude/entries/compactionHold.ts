// Joins a compaction's boundary with its summary, which comes on the next line, to one entry.
import type { Entry } from '../../protocol/transcript.ts';
import type { MessageLine } from '../wire/messageLine.ts';

/** Holds a boundary until the next line of the conversation says whether it is the summary. */
export class CompactionHold {
  private held: Entry | undefined;

  /** A boundary: shown with the next line. */
  boundary(entry: Entry): Entry[] {
    this.held = entry;
    return [];
  }

  /** Whether a boundary waits for its summary. */
  get isHolding(): boolean {
    return this.held !== undefined;
  }

  /** The line with the summary. */
  summary(line: MessageLine): Entry[] {
    const [entry] = this.release();
    if (entry?.kind !== 'compaction') return [];
    const content = line.message.content;
    const text =
      typeof content === 'string'
        ? content
        : content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join('\n');
    return [{ ...entry, summary: { text } }];
  }

  /** Some other line came, or the end: the boundary is shown without a summary. */
  release(): Entry[] {
    const entry = this.held;
    this.held = undefined;
    return entry === undefined ? [] : [entry];
  }
}
