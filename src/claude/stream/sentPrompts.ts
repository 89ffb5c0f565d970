// Remembers what was typed until it comes back, and tells what a line holds: prompts that waited together come back as one.
import type { PromptImage } from '../../protocol/entryParts.ts';

/** A prompt as its author sent it. */
export interface SentPrompt {
  readonly promptId: string;
  readonly text: string;
  readonly images?: readonly PromptImage[];
}

/** More than ever wait at a time. */
const MAX_PROMPTS = 1000;

/** The prompts of one child that have not come back, in the order of sending. */
export class SentPrompts {
  private readonly waiting = new Map<string, SentPrompt>();

  /** It was written to the child. */
  add(prompt: SentPrompt): void {
    this.waiting.set(prompt.promptId, prompt);
    const oldest = this.waiting.keys().next();
    if (this.waiting.size > MAX_PROMPTS && oldest.done !== true) this.waiting.delete(oldest.value);
  }

  /** Id of the oldest. */
  get first(): string | undefined {
    return this.waiting.keys().next().value;
  }

  /** It will not come back. */
  remove(promptId: string): void {
    this.waiting.delete(promptId);
  }

  /**
   * A line with this id and text has come: the prompts that it gives back, in the order of sending, its
   * own last. Empty if the text does not end with what was typed, undefined if this prompt does not wait.
   * Prompts run in the order of sending: those before it do not wait any more either.
   */
  take(promptId: string, text: string): readonly SentPrompt[] | undefined {
    if (!this.waiting.has(promptId)) return undefined;
    const upTo: SentPrompt[] = [];
    for (const [id, prompt] of this.waiting) {
      this.waiting.delete(id);
      upTo.push(prompt);
      if (id === promptId) break;
    }
    return mergedPrompts(text, upTo);
  }
}

/**
 * Those of the prompts whose texts the merged text is made of, line by line. It may begin with texts
 * that are not among them; prompts that are not in it, like a command that ran alone, are left out.
 */
function mergedPrompts(text: string, sent: readonly SentPrompt[]): readonly SentPrompt[] {
  const merged: SentPrompt[] = [];
  // A line break before each text, the first too, tells an empty text from none.
  let rest = `\n${text}`;
  for (const prompt of sent.toReversed()) {
    const before = withoutLast(rest, prompt.text);
    if (before === undefined) {
      if (merged.length === 0) return [];
      continue;
    }
    merged.unshift(prompt);
    rest = before;
    if (rest === '') break;
  }
  return merged;
}

function withoutLast(text: string, last: string): string | undefined {
  const end = `\n${last}`;
  if (text.endsWith(end)) return text.slice(0, -end.length);
  // Between blocks, so where one of them has a picture, 2.1.299 and later end a text with a line break of their own.
  return text.endsWith(`${end}\n`) ? text.slice(0, -end.length - 1) : undefined;
}
