// Unified diffs as lines to show: from an agent's structured patch, or made of two texts.
import { structuredPatch } from 'diff';
import * as z from 'zod/mini';
import { type Range, wordMarks } from './wordMarks.ts';

/** A line of a diff; numbers from 1, absent on the side that has no such line. */
export interface DiffLine {
  readonly kind: 'context' | 'added' | 'removed' | 'gap';
  readonly text: string;
  readonly oldNumber?: number;
  readonly newNumber?: number;
  /** The parts of `text` that differ from its counterpart. */
  readonly changed?: readonly Range[];
}

/** A whole diff with its totals. */
export interface Diff {
  readonly lines: readonly DiffLine[];
  readonly added: number;
  readonly removed: number;
}

const hunkSchema = z.looseObject({
  oldStart: z.number(),
  newStart: z.number(),
  lines: z.array(z.string()),
});
const patchSchema = z.array(hunkSchema);

type Hunk = Pick<z.infer<typeof hunkSchema>, 'oldStart' | 'newStart' | 'lines'>;

function linesOf(hunks: readonly Hunk[], isNumbered: boolean): Diff {
  const lines: DiffLine[] = [];
  let added = 0;
  let removed = 0;
  for (const [at, hunk] of hunks.entries()) {
    if (at > 0) lines.push({ kind: 'gap', text: '' });
    let oldNumber = hunk.oldStart;
    let newNumber = hunk.newStart;
    for (const line of hunk.lines) {
      const text = line.slice(1);
      const sign = line[0];
      if (sign === '+') {
        added++;
        lines.push({ kind: 'added', text, ...(isNumbered ? { newNumber: newNumber++ } : {}) });
      } else if (sign === '-') {
        removed++;
        lines.push({ kind: 'removed', text, ...(isNumbered ? { oldNumber: oldNumber++ } : {}) });
      } else if (sign !== '\\') {
        const numbers = isNumbered ? { oldNumber: oldNumber++, newNumber: newNumber++ } : {};
        lines.push({ kind: 'context', text, ...numbers });
      }
    }
  }
  return { lines: markChanges(lines), added, removed };
}

/** Marks what changed inside lines, where as many lines were added as removed just before. */
function markChanges(lines: readonly DiffLine[]): readonly DiffLine[] {
  const marked = [...lines];
  let at = 0;
  while (at < lines.length) {
    const removedEnd = endOfRun(lines, at, 'removed');
    const addedEnd = endOfRun(lines, removedEnd, 'added');
    const count = removedEnd - at;
    if (count > 0 && addedEnd - removedEnd === count) {
      for (let n = 0; n < count; n++) markPair(marked, at + n, removedEnd + n);
    }
    at = Math.max(addedEnd, at + 1);
  }
  return marked;
}

function endOfRun(lines: readonly DiffLine[], from: number, kind: DiffLine['kind']): number {
  let end = from;
  while (lines[end]?.kind === kind) end++;
  return end;
}

function markPair(lines: DiffLine[], removedAt: number, addedAt: number): void {
  const before = lines[removedAt];
  const after = lines[addedAt];
  if (before === undefined || after === undefined) return;
  const marks = wordMarks(before.text, after.text);
  if (marks === undefined) return;
  lines[removedAt] = { ...before, changed: marks.before };
  lines[addedAt] = { ...after, changed: marks.after };
}

/** Reads an agent's patch (an array of hunks); undefined if it is none or empty. */
export function diffOfPatch(patch: unknown): Diff | undefined {
  const parsed = patchSchema.safeParse(patch);
  return parsed.success && parsed.data.length > 0 ? linesOf(parsed.data, true) : undefined;
}

/**
 * Lines added and removed beyond which two texts are not compared: bounded by a count and not by
 * time, so that a busy computer shows the same as an idle one.
 */
const MAX_CHANGES = 1000;

/** The lines of a text, without the empty one after a last line break. */
function linesOfText(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/**
 * Diffs two texts. `isWhole` = they are whole files, so that line numbers mean something. Texts
 * that differ in more than `MAX_CHANGES` lines come out as removed and added wholly.
 */
export function diffOfTexts(before: string, after: string, isWhole: boolean): Diff {
  const bound = { context: 3, maxEditLength: MAX_CHANGES };
  const patch = structuredPatch('', '', before, after, '', '', bound);
  if (patch !== undefined) return linesOf(patch.hunks, isWhole);
  const lines = [
    ...linesOfText(before).map((line) => `-${line}`),
    ...linesOfText(after).map((line) => `+${line}`),
  ];
  return linesOf([{ oldStart: 1, newStart: 1, lines }], isWhole);
}

/** The same diff further down in its file: by so many lines before, and after. */
export function movedBy({ lines, ...totals }: Diff, before: number, after: number): Diff {
  const moved = lines.map(({ oldNumber, newNumber, ...line }) => ({
    ...line,
    ...(oldNumber === undefined ? {} : { oldNumber: oldNumber + before }),
    ...(newNumber === undefined ? {} : { newNumber: newNumber + after }),
  }));
  return { lines: moved, ...totals };
}

/** Diffs after one another as one. */
export function joinDiffs(diffs: readonly Diff[]): Diff {
  return {
    lines: diffs.flatMap((diff, at) =>
      at === 0 ? diff.lines : [{ kind: 'gap' as const, text: '' }, ...diff.lines],
    ),
    added: diffs.reduce((sum, diff) => sum + diff.added, 0),
    removed: diffs.reduce((sum, diff) => sum + diff.removed, 0),
  };
}
