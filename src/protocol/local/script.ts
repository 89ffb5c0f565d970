// The scripting interface: JSON lines that `join --json` prints, and those it takes on stdin.
import * as z from 'zod/mini';
import { ackStatusSchema } from '../command.ts';
import { choiceListSchema } from './choices.ts';
import { connectionKindSchema } from './connectionKind.ts';
import { jsonSchema } from '../json.ts';
import { openEnum } from '../openEnum.ts';
import { roleSchema } from '../role.ts';
import { roomStateSchema, writersChoiceSchema } from '../state.ts';
import { waitSchema } from '../wait.ts';
import { liveTextSchema } from '../entryParts.ts';
import { entrySchema } from '../transcript.ts';

const errorSchema = z.looseObject({ code: z.string(), message: z.string() });

/** One line of stdout. Scripts skip types and fields that they do not know. */
export const scriptOutputSchema = z.discriminatedUnion('type', [
  /** The host admitted us; comes before everything but 'truth' and 'alarm', and again under a new window id after a restart of the host. */
  z.looseObject({
    type: z.literal('joined'),
    room: z.string(),
    member: z.string(),
    window: z.string(),
    role: openEnum(roleSchema),
  }),
  /** How true the picture is; `lastBeatMs` is the age of the host's last sign of life, `missing` entries are held back, `lateMs` is how old what comes is. */
  z.looseObject({
    type: z.literal('truth'),
    truth: connectionKindSchema,
    reason: z.optional(z.string()),
    lastBeatMs: z.optional(z.number()),
    missing: z.optional(z.number()),
    lateMs: z.optional(z.number()),
  }),
  /** A finished entry of the transcript, in order from the first that is known. */
  z.looseObject({ type: z.literal('entry'), index: z.number(), entry: entrySchema }),
  /** Text that streams now: `text` goes behind what came for the same (messageId, block), unless `reset`. */
  z.looseObject({
    type: z.literal('delta'),
    messageId: z.string(),
    block: z.number(),
    kind: liveTextSchema.shape.type,
    text: z.string(),
    reset: z.optional(z.literal(true)),
    tool: z.optional(z.string()),
    parent: z.optional(z.string()),
  }),
  /** The streamed text of this block is over: its entry has come, it is gone, or it was `broken` off: then its entry may still come. */
  z.looseObject({
    type: z.literal('delta-end'),
    messageId: z.string(),
    block: z.number(),
    broken: z.optional(z.literal(true)),
  }),
  /** The whole state, whenever it has changed. */
  z.looseObject({ type: z.literal('state'), state: roomStateSchema }),
  /** How the session stands, in one: what all places say. `asOf` is `then` where it was so when last seen. */
  z.looseObject({
    type: z.literal('standing'),
    connection: connectionKindSchema,
    status: z.optional(z.string()),
    asOf: z.enum(['now', 'then', 'for-good']),
    /** What the agent waits for; times by the host's clock. */
    wait: z.optional(waitSchema),
    /** `none`: the session or the connection has ended. */
    control: z.enum(['mine', 'mine-elsewhere', 'other', 'free', 'watching', 'none']),
    /** Who has it, if it is somebody else. */
    holder: z.optional(z.string()),
    role: z.optional(openEnum(roleSchema)),
    /** In words. */
    text: z.string(),
  }),
  /** How a command of ours goes; `ref` is the one of the input line. */
  z.looseObject({
    type: z.literal('ack'),
    id: z.string(),
    ref: z.optional(jsonSchema),
    kind: z.string(),
    status: openEnum(z.enum(['sending', 'sent', 'expired', ...ackStatusSchema.options])),
    code: z.optional(z.string()),
    message: z.optional(z.string()),
    result: z.optional(jsonSchema),
  }),
  /** Somebody on the way misbehaves (fork, split, rollback, withheld), or what the host says cannot be read here (update). */
  z.looseObject({ type: z.literal('alarm'), kind: z.string(), text: z.string() }),
  /** What `fetch` asked for, whole. */
  z.looseObject({
    type: z.literal('blob'),
    ref: z.optional(jsonSchema),
    blob: z.string(),
    text: z.string(),
  }),
  /** An input line was not understood or could not be sent; nothing was sent. */
  z.looseObject({
    type: z.literal('error'),
    ref: z.optional(jsonSchema),
    error: errorSchema,
  }),
  /** The last line: why it ended. */
  z.looseObject({
    type: z.literal('end'),
    reason: z.enum(['quit', 'signal', 'over', 'failed']),
    error: z.optional(errorSchema),
  }),
]);

/** What stands beside a verb. */
const BESIDE: ReadonlySet<string> = new Set(['ref', 'attach']);

/** One line of stdin: exactly one of the verbs; `ref` comes back in 'ack' and 'error' lines. */
export const scriptInputSchema = z
  .strictObject({
    ref: z.optional(jsonSchema),
    /** Runs a prompt; takes control by itself if it is free. */
    prompt: z.optional(z.string()),
    /** The same at once: into a turn that runs, else before what waits, held or not. */
    promptNow: z.optional(z.string()),
    /** With a prompt: paths of files of this computer that go with it. */
    attach: z.optional(z.array(z.string())),
    /** Answers a request that waits; without `requestId` the only one. */
    answer: z.optional(
      z.strictObject({
        requestId: z.optional(z.string()),
        behavior: z.enum(['allow', 'deny']),
        message: z.optional(z.string()),
        /** Owners: allow what was not fetched whole. */
        unseen: z.optional(z.boolean()),
        /** With deny: also ends the turn. */
        interrupt: z.optional(z.boolean()),
        /** Answers to questions by question text. */
        answers: z.optional(z.record(z.string(), z.string())),
        /** What is filled in, by the names of the fields. */
        content: z.optional(jsonSchema),
        /** Opens the form's address on the session's computer first. */
        open: z.optional(z.boolean()),
        /** Owners, with allow: which of the request's `suggestions` are kept, and at which of its `places`. */
        remember: z.optional(z.array(z.number())),
        place: z.optional(z.string()),
        /** To allow a plan: the mode it goes on in, one of its `approvals`. */
        mode: z.optional(z.string()),
      }),
    ),
    control: z.optional(z.enum(['request', 'release', 'take'])),
    interrupt: z.optional(z.literal(true)),
    /** Ends a piece of background work by its task id. */
    stopTask: z.optional(z.string()),
    /** Gives control to a member: its id, a prefix of it, or its name. */
    give: z.optional(z.string()),
    /** Owners: lets a member control ("Allow control"). */
    allow: z.optional(z.string()),
    /** Cancels a queued prompt by its id. */
    cancel: z.optional(z.string()),
    /** Hands a queued prompt into the running turn, by its id. */
    now: z.optional(z.string()),
    /** Lets a held prompt run in its turn, by its id. */
    unhold: z.optional(z.string()),
    /** Another text for a queued prompt; `keep`: which of its pictures stay, by their places from 0 (absent: all). */
    edit: z.optional(
      z.strictObject({
        promptId: z.string(),
        text: z.string(),
        keep: z.optional(z.array(z.number())),
      }),
    ),
    /** Puts a queued prompt before another one, or without `before` behind all. */
    move: z.optional(z.strictObject({ promptId: z.string(), before: z.optional(z.string()) })),
    /** `go-on`: lets run what Stop has held; `clear`: takes back what waits. */
    queue: z.optional(z.enum(['go-on', 'clear'])),
    /** Sets the permission mode by its id. */
    mode: z.optional(z.string()),
    /** Owners: the model from the next request on. */
    model: z.optional(z.string()),
    /** Owners: how much the model thinks; empty: as it does by itself. */
    effort: z.optional(z.string()),
    /** What may be chosen: the answer is the `result` of its 'ack'. `query`: a part of a path. */
    lookUp: z.optional(z.strictObject({ list: choiceListSchema, query: z.optional(z.string()) })),
    /** Owners: the session goes on in this folder of its computer. */
    folder: z.optional(z.string()),
    /** Owners: what becomes of others on the conversation; `force`: also if background work ends with it. */
    others: z.optional(
      z.union([
        writersChoiceSchema,
        z.strictObject({ choice: writersChoiceSchema, force: z.literal(true) }),
      ]),
    ),
    /** Prints a long text or input whole, by the `blob` that its cut names. */
    fetch: z.optional(z.string()),
    /** Loads older entries. */
    older: z.optional(z.literal(true)),
    /** Leaves the program; with 'leave' also the session. */
    quit: z.optional(z.union([z.literal(true), z.literal('leave')])),
  })
  .check(
    z.refine((line) => Object.keys(line).filter((key) => !BESIDE.has(key)).length === 1, {
      error: 'exactly one verb per line',
    }),
    z.refine((line) => !line.attach || line.prompt !== undefined || line.promptNow !== undefined, {
      error: 'files go with a prompt only',
    }),
  );

export type ScriptOutput = z.infer<typeof scriptOutputSchema>;
export type ScriptInput = z.infer<typeof scriptInputSchema>;
