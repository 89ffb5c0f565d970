// Unified diffs as lines to show: from an agent's structured patch, or made of two texts.
import { structuredPatch } from 'diff';
import * as z from 'zod/mini';

/** A line of a diff; numbers from 1, absent on the side that has no such line. */
export interface DiffLine {
  readonly kind: 'context' | 'added' | 'removed' | 'gap';
  readonly text: string;
  readonly oldNumber?: number;
  readonly newNumber?: number;
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
  return { lines, added, removed };
}

/** Reads an agent's patch (an array of hunks); undefined if it is none or empty. */
export function diffOfPatch(patch: unknown): Diff | undefined {
  const parsed = patchSchema.safeParse(patch);
  return parsed.success && parsed.data.length > 0 ? linesOf(parsed.data, true) : undefined;
}

/**
 * Diffs two texts. `isWhole` = they are whole files, so that line numbers mean something. Texts that
 * differ too much to compare in reasonable time come out as removed and added wholly.
 */
export function diffOfTexts(before: string, after: string, isWhole: boolean): Diff {
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, timeout: 50 });
  if (patch !== undefined) return linesOf(patch.hunks, isWhole);
  const lines = [
    ...before.split('\n').map((line) => `-${line}`),
    ...after.split('\n').map((line) => `+${line}`),
  ];
  return linesOf([{ oldStart: 1, newStart: 1, lines }], isWhole);
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
