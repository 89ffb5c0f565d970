// Commands to the host and its answers. Ordered kinds carry a counter; the others never wait behind anything.
import * as z from 'zod/mini';
import { jsonSchema } from './json.ts';
import { roleSchema, scopeSchema } from './state.ts';

const image = z.looseObject({ mediaType: z.string(), base64: z.string() });

/** Arguments of each kind of a session room. */
const sessionKinds = {
  /** Runs a prompt; the command's id is the prompt's id. */
  prompt: z.looseObject({ text: z.string(), images: z.optional(z.array(image)) }),
  'cancel-queued': z.looseObject({ promptId: z.string() }),
  answer: z.looseObject({
    requestId: z.string(),
    /** Hash of the input that was shown: another input is another request. */
    inputHash: z.string(),
    behavior: z.enum(['allow', 'deny']),
    message: z.optional(z.string()),
    /** With deny: also ends the turn. */
    interrupt: z.optional(z.boolean()),
    answers: z.optional(z.record(z.string(), z.string())),
    /** Indexes of suggestions to keep for this session; ignored from guests. */
    remember: z.optional(z.array(z.number())),
  }),
  'focus-request': z.looseObject({}),
  /** The holder or an owner gives control to a window that asked, or to the newest window of a member. */
  'focus-grant': z.looseObject({ member: z.string(), window: z.optional(z.string()) }),
  /** An owner takes control at once. */
  'focus-take': z.looseObject({}),
  'focus-release': z.looseObject({}),
  interrupt: z.looseObject({}),
  'set-model': z.looseObject({ model: z.string() }),
  'set-mode': z.looseObject({ mode: z.string() }),
  rename: z.looseObject({ title: z.string() }),
  /** The owner sets what a member may do ("Allow control"). */
  admit: z.looseObject({
    member: z.string(),
    role: roleSchema,
    scopes: z.optional(z.array(scopeSchema)),
  }),
  remove: z.looseObject({ member: z.string() }),
  leave: z.looseObject({}),
  fetch: z.discriminatedUnion('what', [
    /** Plaintexts of log records `from` ≤ index < `to`, newest part first if they do not fit. */
    z.looseObject({ what: z.literal('log'), from: z.number(), to: z.number() }),
    /** A part of a long text or image. */
    z.looseObject({ what: z.literal('blob'), blob: z.string(), offset: z.number() }),
    z.looseObject({ what: z.literal('files'), query: z.string() }),
    z.looseObject({ what: z.literal('slash-commands') }),
    z.looseObject({ what: z.literal('models') }),
  ]),
};

/** Arguments of each kind of a machine room. */
const machineKinds = {
  start: z.looseObject({
    cwd: z.string(),
    prompt: z.optional(z.string()),
    title: z.optional(z.string()),
    model: z.optional(z.string()),
    mode: z.optional(z.string()),
    /** Environment of the window that starts it; the host filters it. */
    env: z.optional(z.record(z.string(), z.string())),
  }),
  /** Opens a found (terminal) session live and read-only. */
  open: z.looseObject({ foundKey: z.string() }),
  /** Goes on with an ended conversation as a hosted session. */
  continue: z.looseObject({
    session: z.optional(z.string()),
    foundKey: z.optional(z.string()),
    env: z.optional(z.record(z.string(), z.string())),
  }),
  end: z.looseObject({ session: z.string() }),
  share: z.looseObject({
    session: z.string(),
    role: roleSchema,
    /** Further rights for controllers. */
    scopes: z.optional(z.array(scopeSchema)),
    allowControl: z.optional(z.boolean()),
    /** How long the link works, ms. */
    lifetimeMs: z.optional(z.number()),
    where: z.discriminatedUnion('kind', [
      z.looseObject({ kind: z.literal('loopback') }),
      /** An address that leads to this computer's relay: wss://… or https://…. */
      z.looseObject({ kind: z.literal('address'), url: z.string() }),
      /** A relay server of one's own. */
      z.looseObject({
        kind: z.literal('relay'),
        url: z.string(),
        accessKey: z.optional(z.string()),
      }),
    ]),
  }),
  'stop-sharing': z.looseObject({ session: z.string() }),
  archive: z.looseObject({ session: z.string(), archived: z.boolean() }),
  'stop-host': z.looseObject({ force: z.optional(z.boolean()) }),
  'fetch-sessions': z.looseObject({ offset: z.number() }),
};

/** Schemas of the arguments by kind. */
export const COMMAND_ARGS = { ...sessionKinds, ...machineKinds };

export type CommandKind = keyof typeof COMMAND_ARGS;
export type SessionCommandKind = keyof typeof sessionKinds;
export type MachineCommandKind = keyof typeof machineKinds;
export type CommandArgs<K extends CommandKind> = z.infer<(typeof COMMAND_ARGS)[K]>;

/** Kinds without a counter: idempotent, and never behind anything. */
export const UNORDERED_KINDS: ReadonlySet<string> = new Set<CommandKind>([
  'interrupt',
  'focus-release',
  'fetch',
  'fetch-sessions',
  'leave',
]);

/** Kinds that need the fence of the focus. */
export const FENCED_KINDS: ReadonlySet<string> = new Set<CommandKind>(['prompt']);

/** A command as it travels: the header of its record carries member, boot and term. */
export const commandSchema = z.looseObject({
  /** UUID. */
  id: z.string().check(z.regex(/^[0-9a-f-]{36}$/)),
  /** Counter from 1 per member and boot, for ordered kinds. */
  cseq: z.optional(z.int().check(z.gte(1))),
  /** Term of the host that the sender knows. */
  term: z.number(),
  /** Fence that the sender holds or held last; absent = never had control. */
  fence: z.optional(z.number()),
  kind: z.string(),
  args: jsonSchema,
  /** Host wall time after which it must not run, ms. */
  notAfter: z.number(),
});

/** Why a command was refused. */
export const rejectionSchema = z.enum([
  'not-member',
  'not-allowed',
  'stale-term',
  'expired',
  'gap',
  'voided',
  'no-control',
  'superseded',
  'already-answered',
  'not-found',
  'unsupported',
  'invalid',
  'too-large',
  'too-many',
  'busy',
  'read-only',
  'failed',
]);

/** The host's answer to one command; the newest replaces the older. */
export const ackSchema = z.looseObject({
  id: z.string(),
  status: z.enum(['received', 'running', 'done', 'rejected', 'unknown']),
  code: z.optional(rejectionSchema),
  /** For people: what happened, what was kept, what to do. */
  message: z.optional(z.string()),
  /** With 'gap': the counter that is missing. */
  expected: z.optional(z.number()),
  result: z.optional(jsonSchema),
});

export type Command = z.infer<typeof commandSchema>;
export type Rejection = z.infer<typeof rejectionSchema>;
export type Ack = z.infer<typeof ackSchema>;

/** Result of `fetch log`. */
export const logPageSchema = z.looseObject({
  /** Index of the first plaintext. */
  from: z.number(),
  /** Exact plaintext JSON texts of the records, in order. */
  records: z.array(z.string()),
});

/** Result of `fetch blob`. */
export const blobPartSchema = z.looseObject({
  offset: z.number(),
  totalBytes: z.number(),
  /** Bytes, base64url. */
  bytes: z.string(),
});

export type LogPage = z.infer<typeof logPageSchema>;
export type BlobPart = z.infer<typeof blobPartSchema>;
