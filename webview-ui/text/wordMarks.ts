// Which words of a line differ from the line that it took the place of.

/** A part of a text: from, to (exclusive). */
export type Range = readonly [from: number, to: number];

/** Words that are compared; a longer line is marked from its first to its last difference. */
const MAX_WORDS = 200;

/** What differs in either line; undefined if they have so little in common that they are other lines. */
export function wordMarks(
  before: string,
  after: string,
): { readonly before: readonly Range[]; readonly after: readonly Range[] } | undefined {
  const [old, made] = [wordsOf(before), wordsOf(after)];
  const shorter = Math.min(old.length, made.length);
  let head = 0;
  while (head < shorter && old[head] === made[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === made.at(-1 - tail)) tail++;
  const middles = [
    old.slice(head, old.length - tail),
    made.slice(head, made.length - tail),
  ] as const;
  const isShort = middles[0].length <= MAX_WORDS && middles[1].length <= MAX_WORDS;
  const [oldSame, madeSame] = isShort ? common(...middles) : [new Set<number>(), new Set<number>()];
  const isOldSame = (at: number): boolean =>
    at < head || at >= old.length - tail || oldSame.has(at - head);
  const isMadeSame = (at: number): boolean =>
    at < head || at >= made.length - tail || madeSame.has(at - head);
  const kept = old.reduce((sum, word, at) => sum + (isOldSame(at) ? word.trim().length : 0), 0);
  if (kept < Math.min(before.trim().length, after.trim().length) / 3) return undefined;
  return { before: rangesOf(old, isOldSame), after: rangesOf(made, isMadeSame) };
}

function wordsOf(line: string): readonly string[] {
  return line.match(/[\p{L}\p{N}_]+|\s+|[^]/gu) ?? [];
}

/** Places of a longest common subsequence, in either list. */
function common(one: readonly string[], other: readonly string[]): [Set<number>, Set<number>] {
  const width = other.length + 1;
  const lengths = new Uint16Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        one[i] === other[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const [inOne, inOther] = [new Set<number>(), new Set<number>()];
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    if (one[i] === other[j]) {
      inOne.add(i++);
      inOther.add(j++);
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return [inOne, inOther];
}

/** The parts that are not the same; white space between two of them belongs to them. */
function rangesOf(words: readonly string[], isSame: (at: number) => boolean): readonly Range[] {
  const ranges: [number, number][] = [];
  let place = 0;
  for (const [at, word] of words.entries()) {
    const end = place + word.length;
    const last = ranges.at(-1);
    const isBetween =
      word.trim() === '' && last?.[1] === place && at + 1 < words.length && !isSame(at + 1);
    if (!isSame(at) || isBetween) {
      if (last?.[1] === place) last[1] = end;
      else ranges.push([place, end]);
    }
    place = end;
  }
  return ranges;
}
