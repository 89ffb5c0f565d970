// What a composer offers to choose from: commands, files, models and modes, in words of the reader.
import * as z from 'zod/mini';

/** Lists that are asked for. */
export const choiceListSchema = z.enum(['commands', 'files', 'models', 'modes']);

/** One thing of a list; which of the rest it has depends on the list. */
export const choiceSchema = z.object({
  /** What is sent or set: a command or mode by its name, a path with `/` behind a folder. */
  id: z.string(),
  name: z.string(),
  explanation: z.optional(z.string()),
  /** Of a command: what follows it. */
  hint: z.optional(z.string()),
  aliases: z.optional(z.array(z.string())),
  /** Of a model: what the session calls it, and the efforts that it takes. */
  resolved: z.optional(z.string()),
  efforts: z.optional(z.array(z.string())),
  /** Of a mode. */
  isUnattended: z.optional(z.boolean()),
  isForGuests: z.optional(z.boolean()),
  isInCycle: z.optional(z.boolean()),
  isAsking: z.optional(z.boolean()),
});

/** Lines that are selected in an editor of this window. */
export const selectionSchema = z.object({
  /** Below the session's folder. */
  path: z.string(),
  from: z.number(),
  to: z.number(),
  /** What is read is the file as it was saved. */
  isUnsaved: z.boolean(),
});

export type ChoiceList = z.infer<typeof choiceListSchema>;
export type Choice = z.infer<typeof choiceSchema>;
export type Selection = z.infer<typeof selectionSchema>;
