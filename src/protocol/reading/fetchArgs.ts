// What may be asked of a session besides what it tells by itself: its past, long texts, and what its agent knows.
import * as z from 'zod/mini';

/** Arguments of `fetch`. */
export const fetchArgsSchema = z.discriminatedUnion('what', [
  /** Plaintexts of log records `from` ≤ index < `to`, newest part first if they do not fit. */
  z.looseObject({ what: z.literal('log'), from: z.number(), to: z.number() }),
  /** A part of a long text or image; `parts`: or where all of it lies, if not where it was `lost` [I8]. */
  z.looseObject({
    what: z.literal('blob'),
    blob: z.string(),
    offset: z.number(),
    parts: z.optional(z.boolean()),
    lost: z.optional(z.string()),
  }),
  /** [N3] Where a text stands in the log, newest first, below `before` (absent: from its end). */
  z.looseObject({
    what: z.literal('find'),
    query: z.string(),
    before: z.optional(z.number()),
  }),
  /** [N5] What stands in the file around the changes that the entry at this index makes. */
  z.looseObject({ what: z.literal('context'), index: z.number() }),
  z.looseObject({ what: z.literal('files'), query: z.string() }),
  /** The whole text of a prompt that waits, and what pictures it has. */
  z.looseObject({ what: z.literal('queued'), promptId: z.string() }),
  z.looseObject({ what: z.literal('slash-commands') }),
  /** `wake`: an agent that does not run is started for an owner's question. */
  z.looseObject({ what: z.literal('models'), wake: z.optional(z.boolean()) }),
  z.looseObject({ what: z.literal('modes') }),
]);
