// What entries of the transcript are made of: authors, texts that may be cut, pictures, questions, streamed text.
import * as z from 'zod/mini';
import { LIMITS } from './limits.ts';
import { openEnum } from './openEnum.ts';
import { roleSchema } from './role.ts';

/** Who did something: a member of the room, or somebody at the terminal (no member id). */
export const authorSchema = z.looseObject({
  /** 26-character member id; absent for what came from the computer itself (terminal, hook, agent). */
  member: z.optional(z.string()),
  name: z.string(),
  device: z.optional(z.string()),
  /** [J8] What it was then; absent before 0.5.0, and for what came from the computer itself. */
  role: z.optional(openEnum(roleSchema)),
});

/** A text that was too long for an entry: head and tail are kept here, the whole is served by `fetch`. */
export const cutTextSchema = z.looseObject({
  /** The text, or its head if cut. */
  text: z.string(),
  /** Set if cut. */
  cut: z.optional(
    z.looseObject({
      tail: z.string(),
      /** UTF-8 bytes of the whole. */
      totalBytes: z.number(),
      /** Id to fetch the whole by. */
      blob: z.optional(z.string()),
    }),
  ),
});

/** An image with its bytes, on its way to the agent. */
export const promptImageSchema = z.object({ mediaType: z.string(), base64: z.string() });

/**
 * [I1] Something that goes with a prompt and lies in parts of its sender's own documents: a picture, a
 * file, or the prompt's own text where that is too long for a command.
 */
export const attachedSchema = z.looseObject({
  /** Id of the blob whose parts they are: 26 characters of base32. */
  id: z.string().check(z.regex(/^[a-z2-7]{26}$/)),
  use: z.enum(['picture', 'file', 'text']),
  /** Bytes of the whole; they lie in parts of LIMITS.partBytes, the last one with the rest. */
  bytes: z.int().check(z.gte(1), z.lte(LIMITS.attachedBytes)),
  /** SHA-256 of the whole, base64url. */
  sha256: z.string().check(z.regex(/^[\w-]{43}$/)),
  /** Of a file: the name that it had. */
  name: z.optional(z.string().check(z.maxLength(255))),
});

/** An image in a prompt or a result; bytes are fetched by blob id. */
export const imageSchema = z.looseObject({
  mediaType: z.string(),
  totalBytes: z.number(),
  blob: z.optional(z.string()),
});

/** Tokens of one turn or message. */
export const usageSchema = z.looseObject({
  inputTokens: z.optional(z.number()),
  outputTokens: z.optional(z.number()),
  cacheReadTokens: z.optional(z.number()),
  cacheWriteTokens: z.optional(z.number()),
});

/** Who a prompt comes from. `skill`: the text of a skill that was used. `scheduled`: nobody typed it now, a timer ran out. */
export const promptOriginSchema = z.enum([
  'person',
  'agent',
  'hook',
  'peer',
  'task',
  'system',
  'skill',
  'scheduled',
]);

/** How a question is answered: by its options, a text, or a number between bounds. */
export const questionKindSchema = z.enum(['choice', 'text', 'number']);

/** One question of the agent, with its options. */
export const questionSchema = z.looseObject({
  question: z.string(),
  header: z.optional(z.string()),
  /** Absent: by its options, or in own words. */
  kind: z.optional(openEnum(questionKindSchema)),
  description: z.optional(z.string()),
  placeholder: z.optional(z.string()),
  /** Of a number. */
  min: z.optional(z.number()),
  max: z.optional(z.number()),
  step: z.optional(z.number()),
  default: z.optional(z.number()),
  unit: z.optional(z.string()),
  multiSelect: z.optional(z.boolean()),
  options: z.array(
    z.looseObject({
      label: z.string(),
      description: z.optional(z.string()),
      preview: z.optional(z.string()),
    }),
  ),
});

/** What a request asks for. */
export const requestKindSchema = z.enum(['permission', 'question', 'plan', 'form']);

/** Text that streams until its finished entry exists: a block of a message, or a piece of one. One shape from the agent to the pixel. */
export const liveTextSchema = z.object({
  messageId: z.string(),
  block: z.number(),
  type: z.enum(['text', 'thinking', 'tool-input']),
  text: z.string(),
  /** Name of the tool whose input streams. */
  tool: z.optional(z.string()),
  /** Call id of the tool call (subagent) that it belongs to. */
  parent: z.optional(z.string()),
});

/** [O10] The same as readers see it: `brokenAt` is the place in the log at which its host went without a word. */
export const shownTextSchema = z.object({
  ...liveTextSchema.shape,
  brokenAt: z.optional(z.number()),
});

export type Author = z.infer<typeof authorSchema>;
export type CutText = z.infer<typeof cutTextSchema>;
export type PromptOrigin = z.infer<typeof promptOriginSchema>;
export type EntryImage = z.infer<typeof imageSchema>;
export type PromptImage = Readonly<z.infer<typeof promptImageSchema>>;
export type Attached = z.infer<typeof attachedSchema>;
export type LiveText = Readonly<z.infer<typeof liveTextSchema>>;
export type ShownText = Readonly<z.infer<typeof shownTextSchema>>;
export type Usage = z.infer<typeof usageSchema>;
export type Question = z.infer<typeof questionSchema>;
export type QuestionKind = z.infer<typeof questionKindSchema>;
export type RequestKind = z.infer<typeof requestKindSchema>;
