// Lists of words that another version may have added to: what is not known comes through as it was sent.
import * as z from 'zod/mini';

/** One of the known words, or one that another version knows. Decide by it through openValues.ts and openAnswers.ts only. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** Schema of a word that travels: the known ones stand in it for readers, every other one is taken too. */
export function openEnum<Known extends string>(
  known: z.ZodMiniType<Known>,
): z.ZodMiniType<Open<Known>> {
  return z.union([known, z.string()]);
}

/** The word as one of the known ones; undefined for every other. */
export function knownOf<Known extends string>(
  known: readonly Known[],
  word: string,
): Known | undefined {
  return known.find((one) => one === word);
}
