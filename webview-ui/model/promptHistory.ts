// Own earlier prompts, brought back by the arrow keys.
import type { TranscriptRow } from './transcriptRow.ts';

const MAX_PROMPTS = 50;

/** Texts of this person's prompts, oldest first, without repetition in a row; cut ones are left out. */
export function ownPrompts(
  rows: readonly TranscriptRow[],
  member: string | undefined,
): readonly string[] {
  const texts: string[] = [];
  for (let at = rows.length - 1; at >= 0 && texts.length < MAX_PROMPTS; at--) {
    const entry = rows[at]?.entry;
    if (entry?.kind !== 'prompt' || entry.author?.member === undefined) continue;
    if (entry.author.member !== member || entry.cut !== undefined) continue;
    if (entry.text !== texts.at(-1)) texts.push(entry.text);
  }
  return texts.reverse();
}

/**
 * The text that an arrow key brings; undefined if the key means the cursor. Only an empty composer,
 * or one that shows an earlier prompt unchanged, is replaced.
 */
export function recall(
  prompts: readonly string[],
  draft: string,
  direction: 'older' | 'newer',
): string | undefined {
  const present = draft === '' ? prompts.length : prompts.lastIndexOf(draft);
  if (present < 0) return undefined;
  const next = present + (direction === 'older' ? -1 : 1);
  if (next < 0 || next > prompts.length || present === next) return undefined;
  return prompts[next] ?? '';
}
