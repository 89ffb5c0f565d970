// Answers about what was read: where a text stands in the log, and what stands around a change in its file.
import * as z from 'zod/mini';

/** An entry in which a text was found. */
export const foundEntrySchema = z.looseObject({
  /** Its place in the log. */
  index: z.number(),
  kind: z.string(),
  /** Wall time of the entry, ms. */
  at: z.number(),
  /** A line around the first place. */
  snippet: z.string(),
  /** Where the text stands in the snippet, in UTF-16 units. */
  from: z.number(),
  to: z.number(),
});

/** Result of `fetch find`. */
export const foundPageSchema = z.looseObject({
  hits: z.array(foundEntrySchema),
  /** What is below this index was not looked at; 0: all was. */
  next: z.number(),
});

/** What stands around one change. */
export const changePlaceSchema = z.looseObject({
  /** Which of the changes of the entry, from 0. */
  change: z.number(),
  /** Number of the first line of `head`, from 1. */
  line: z.number(),
  /** Up to ten lines before the change, and its own line up to it. */
  head: z.string(),
  /** The rest of its last line, and up to ten lines after. */
  tail: z.string(),
});

/** Result of `fetch context`: the changes whose place is known, in their order. */
export const changeContextSchema = z.looseObject({
  places: z.array(changePlaceSchema),
});

export type FoundEntry = Readonly<z.infer<typeof foundEntrySchema>>;
export type FoundPage = Readonly<z.infer<typeof foundPageSchema>>;
export type ChangePlace = Readonly<z.infer<typeof changePlaceSchema>>;
export type ChangeContext = Readonly<z.infer<typeof changeContextSchema>>;
