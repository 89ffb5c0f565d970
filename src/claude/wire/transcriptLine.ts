// A line of a transcript file: the fields by which it is told what it is.
import * as z from 'zod/mini';
import { passthroughJson } from './passthroughJson.ts';

/** The fields that the reader of a file looks at; the rest of a line is kept. */
export const transcriptLineSchema = z.looseObject({
  type: z.string(),
  uuid: z.optional(z.string()),
  timestamp: z.optional(z.string()),
  subtype: z.optional(z.string()),
  isMeta: z.optional(z.boolean()),
  gitBranch: z.optional(z.string()),
  version: z.optional(z.string()),
  sessionId: z.optional(z.string()),
  customTitle: z.optional(z.string()),
  aiTitle: z.optional(z.string()),
  permissionMode: z.optional(z.string()),
  content: z.optional(passthroughJson),
  message: z.optional(passthroughJson),
  durationMs: z.optional(z.number()),
});

/** A line of a transcript file. */
export type TranscriptLine = z.infer<typeof transcriptLineSchema>;
