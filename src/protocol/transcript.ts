// The transcript: one shape of an entry from the agent's adapter to the pixel. Agent-neutral.
import * as z from 'zod/mini';
import {
  authorSchema,
  cutTextSchema,
  imageSchema,
  promptOriginSchema,
  questionSchema,
  requestKindSchema,
  usageSchema,
} from './entryParts.ts';
import { formSchema } from './forms/form.ts';
import { type Json, jsonSchema } from './json.ts';
import { openEnum } from './openEnum.ts';
import { saidSchema } from './said.ts';
import { toolViewSchema } from './toolView.ts';

const common = {
  /** Stable id, unique in the session: the agent's own uuid where it has one, so that it can be found again after a crash. */
  id: z.string(),
  /** Wall time of the session's computer, ms since 1970. */
  at: z.number(),
  /** Call id of the tool call (subagent) that this entry belongs to. */
  parent: z.optional(z.string()),
};

const prompt = z.looseObject({
  ...common,
  kind: z.literal('prompt'),
  ...cutTextSchema.shape,
  images: z.optional(z.array(imageSchema)),
  /** [I6] Files that came with it, by the names under which the host keeps them. */
  files: z.optional(z.array(z.looseObject({ name: z.string(), totalBytes: z.number() }))),
  /** Id of the prompt command or of the queue item that it came from. */
  promptId: z.optional(z.string()),
  author: z.optional(authorSchema),
  origin: openEnum(promptOriginSchema),
  /** It was added to a running turn instead of starting one. */
  folded: z.optional(z.boolean()),
});

const text = z.looseObject({
  ...common,
  kind: z.literal('text'),
  /** Message it is a block of: blocks of one message are shown together. */
  messageId: z.string(),
  ...cutTextSchema.shape,
  model: z.optional(z.string()),
  /** The turn was interrupted in the middle of this text. */
  aborted: z.optional(z.boolean()),
});

const thinking = z.looseObject({
  ...common,
  kind: z.literal('thinking'),
  messageId: z.string(),
  ...cutTextSchema.shape,
  redacted: z.optional(z.boolean()),
  /** [N4] How long it streamed, ms; absent where nobody saw it stream. */
  durationMs: z.optional(z.number()),
});

const toolCall = z.looseObject({
  ...common,
  kind: z.literal('tool-call'),
  messageId: z.string(),
  callId: z.string(),
  tool: z.string(),
  /** What the agent calls it for people. */
  displayName: z.optional(z.string()),
  /** The input; strings in it may be cut, then `inputCut` is true and the blob holds all of it. */
  input: jsonSchema,
  inputCut: z.optional(z.looseObject({ totalBytes: z.number(), blob: z.optional(z.string()) })),
  view: z.optional(toolViewSchema),
});

const toolResult = z.looseObject({
  ...common,
  kind: z.literal('tool-result'),
  callId: z.string(),
  outcome: z.enum(['ok', 'error', 'denied', 'interrupted']),
  /** [N11] Denied by a check of the agent's own: nobody was asked. */
  autoDenied: z.optional(z.boolean()),
  ...cutTextSchema.shape,
  images: z.optional(z.array(imageSchema)),
  /** Between adapter and host alone: file of this computer that holds the whole output. */
  outputFile: z.optional(z.string()),
  /** The tool's structured result (patch, answers …), bounded like the text; absent if too large. */
  structured: z.optional(jsonSchema),
  /** Of a command that has ended. */
  exitCode: z.optional(z.number()),
  /** JSON Pointer into `structured`: hunks of a unified diff, `{oldStart, newStart, lines}` each, lines from 1 and with their sign. */
  patch: z.optional(z.string()),
});

/** Something that waits for a person: the body that `state.pending` names by index. */
const request = z.looseObject({
  ...common,
  kind: z.literal('request'),
  requestId: z.string(),
  request: openEnum(requestKindSchema),
  callId: z.optional(z.string()),
  tool: z.string(),
  displayName: z.optional(z.string()),
  description: z.optional(z.string()),
  input: jsonSchema,
  /** The input did not fit: an answer is bound to the whole by `inputHash`, the blob holds it. */
  inputCut: z.optional(z.looseObject({ totalBytes: z.number(), blob: z.optional(z.string()) })),
  /** SHA-256 (base64url) of the canonical JSON of the whole input: an answer names it. */
  inputHash: z.string(),
  view: z.optional(toolViewSchema),
  /** The subagent that asks; absent: the agent itself. `title`: what it was started for. */
  agent: z.optional(z.looseObject({ title: z.string(), type: z.optional(z.string()) })),
  /** The prompts that the running turn serves: whose they are, and their first lines; a guest's first. */
  causes: z.optional(
    z.array(
      z.looseObject({
        author: authorSchema,
        text: z.string(),
        guest: z.optional(z.boolean()),
      }),
    ),
  ),
  /** Why the agent asks: a rule, a path outside the folder … */
  reason: z.optional(z.string()),
  /** What the agent offers to remember: of an owner's answer (nothing is ever kept from a guest). */
  suggestions: z.optional(z.array(jsonSchema)),
  /** The same for people, one for one; and as sentences that can be translated. */
  suggestionTexts: z.optional(z.array(z.string())),
  suggestionSaid: z.optional(z.array(saidSchema)),
  /** [R20] Where it may be kept, besides for this session; `file`: what the agent writes there. */
  places: z.optional(z.array(z.looseObject({ place: z.string(), file: z.optional(z.string()) }))),
  /** [R21] Of a plan: modes it may be approved into, each with the words of that answer. */
  approvals: z.optional(
    z.array(z.looseObject({ mode: z.string(), text: z.string(), said: z.optional(saidSchema) })),
  ),
  questions: z.optional(z.array(questionSchema)),
  /** What is to be filled in; absent for a form that did not fit: it can only be declined. */
  form: z.optional(formSchema),
  /** Markdown of a plan. */
  plan: z.optional(z.string()),
});

/** How a request ended; there is exactly one per request. */
const decision = z.looseObject({
  ...common,
  kind: z.literal('decision'),
  requestId: z.string(),
  outcome: z.enum(['allowed', 'denied', 'answered', 'withdrawn', 'lost']),
  author: z.optional(authorSchema),
  /** What was answered or said, short. */
  detail: z.optional(z.string()),
  /** Answers to questions by question text. */
  answers: z.optional(z.record(z.string(), z.string())),
});

const todos = z.looseObject({
  ...common,
  kind: z.literal('todos'),
  items: z.array(
    z.looseObject({
      text: z.string(),
      status: z.enum(['pending', 'in-progress', 'done']),
    }),
  ),
});

/** Life of a subagent or background task; the newest entry of a task id counts. */
const task = z.looseObject({
  ...common,
  kind: z.literal('task'),
  taskId: z.string(),
  callId: z.optional(z.string()),
  status: z.enum(['running', 'completed', 'failed', 'stopped']),
  title: z.string(),
  agentType: z.optional(z.string()),
  summary: z.optional(z.string()),
  toolUses: z.optional(z.number()),
  totalTokens: z.optional(z.number()),
  durationMs: z.optional(z.number()),
});

const compaction = z.looseObject({
  ...common,
  kind: z.literal('compaction'),
  trigger: z.enum(['manual', 'auto', 'other']),
  preTokens: z.optional(z.number()),
  postTokens: z.optional(z.number()),
  summary: z.optional(cutTextSchema),
});

/** The conversation was cleared: what follows is a new one of the same session. */
const reset = z.looseObject({
  ...common,
  kind: z.literal('reset'),
  agentSessionId: z.optional(z.string()),
});

/** A slash command or shell escape and what it printed. */
const command = z.looseObject({
  ...common,
  kind: z.literal('command'),
  command: z.string(),
  /** Who ran it; absent on what it printed, and where it was typed in a terminal. */
  author: z.optional(authorSchema),
  ...cutTextSchema.shape,
  /** What it printed is not here: `text` is empty, and owners alone get the blob of `cut` [R18]. */
  ownerOnly: z.optional(z.boolean()),
});

/** A turn ended. */
const turn = z.looseObject({
  ...common,
  kind: z.literal('turn'),
  outcome: z.enum(['completed', 'interrupted', 'failed', 'limit']),
  /** The agent's own word for the outcome. */
  reason: z.optional(z.string()),
  author: z.optional(authorSchema),
  durationMs: z.optional(z.number()),
  costUsd: z.optional(z.number()),
  usage: z.optional(usageSchema),
  promptIds: z.optional(z.array(z.string())),
  /** Text of the failure for people. */
  error: z.optional(z.string()),
});

const retry = z.looseObject({
  ...common,
  kind: z.literal('retry'),
  attempt: z.number(),
  maxAttempts: z.optional(z.number()),
  delayMs: z.optional(z.number()),
  status: z.optional(z.number()),
  error: z.string(),
});

/** Something the session's computer or the agent wants to say. */
const notice = z.looseObject({
  ...common,
  kind: z.literal('notice'),
  level: z.enum(['info', 'warning', 'error']),
  /** Stable code, e.g. 'host-restarted', 'partial-text-lost', 'mode-changed', 'hook'. */
  code: z.string(),
  text: z.string(),
  /** The same, to be translated; absent for what a program or a person has written. */
  said: z.optional(saidSchema),
  author: z.optional(authorSchema),
  /** The prompt that it is about: 'prompt-blocked' says that it was not run. */
  promptId: z.optional(z.string()),
});

/** A record this version does not know, kept whole (bounded) and shown as it is. */
const unknown = z.looseObject({
  ...common,
  kind: z.literal('unknown'),
  /** Its type as the agent wrote it. */
  type: z.string(),
  json: z.string(),
});

/** Every kind of entry this version knows. */
export const entrySchema = z.discriminatedUnion('kind', [
  prompt,
  text,
  thinking,
  toolCall,
  toolResult,
  request,
  decision,
  todos,
  task,
  compaction,
  reset,
  command,
  turn,
  retry,
  notice,
  unknown,
]);

export type Entry = z.infer<typeof entrySchema>;
export type EntryKind = Entry['kind'];
export type EntryOf<K extends EntryKind> = Extract<Entry, { kind: K }>;

const looseEntry = z.looseObject({ id: z.string(), at: z.number(), kind: z.string() });

/** Reads an entry; one of an unknown kind, or not as expected, comes back as kind 'unknown' with its JSON. */
export function parseEntry(value: Json): Entry {
  const parsed = entrySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const loose = looseEntry.safeParse(value);
  return {
    kind: 'unknown',
    id: loose.success ? loose.data.id : '',
    at: loose.success ? loose.data.at : 0,
    type: loose.success ? loose.data.kind : 'malformed',
    json: JSON.stringify(value),
  };
}
