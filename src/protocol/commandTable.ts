// Every kind of command, one row each: what it carries, which room runs it, who may, and how it runs.
import * as z from 'zod/mini';
import { say, type Words } from '../base/say.ts';
import { CONVERSATION_COMMANDS, HOST_COMMANDS, LIST_COMMANDS } from './ownersCommands.ts';
import { formAnswerShape } from './forms/form.ts';
import { LIMITS } from './limits.ts';
import { fetchArgsSchema } from './reading/fetchArgs.ts';
import { roleSchema } from './role.ts';
import { type Scope, scopeSchema } from './state.ts';
import { attachedSchema, promptImageSchema } from './entryParts.ts';

/**
 * What a member needs for a kind; owners may run all. 'all': viewers too · 'controller': every
 * controller · a scope: controllers with it · 'by-request': what waits decides [R2] · 'owner'.
 */
export type CommandRight = 'all' | 'controller' | 'by-request' | 'owner' | Scope;

/**
 * How a kind runs. Ordered: by its sender's counter, never beside another of that window. Fenced:
 * only for who has control. What only reads is not journalled, and runs whenever it is asked again.
 */
type Course =
  | { readonly ordered: true; readonly fenced: boolean; readonly reads: false }
  | { readonly ordered: false; readonly fenced: false; readonly reads: boolean };

/** All about one kind but its handler. */
export type CommandRow = Course & {
  /** Which rooms carry it out. */
  readonly room: 'any' | 'session' | 'machine';
  readonly right: CommandRight;
  /** For people: completes “You may not …”. */
  readonly action: Words;
  readonly args: z.ZodMiniType;
};

const ORDERED = { ordered: true, fenced: false, reads: false } as const;
const FENCED = { ordered: true, fenced: true, reads: false } as const;
/** Waits for nothing, and nothing waits for it. */
const FREE = { ordered: false, fenced: false, reads: false } as const;
const READING = { ordered: false, fenced: false, reads: true } as const;

const NONE = z.looseObject({});
const image = z.looseObject(promptImageSchema.shape);
const attached = z.optional(z.array(attachedSchema).check(z.maxLength(LIMITS.attached)));

/** The rows by kind, as they travel. Kinds may be added; a kind keeps its meaning for life. */
export const COMMANDS = {
  /** Runs a prompt; the command's id is the prompt's id. */
  prompt: {
    ...FENCED,
    room: 'session',
    right: 'prompt',
    action: say`send prompts to this session`,
    args: z.looseObject({
      text: z.string(),
      images: z.optional(z.array(image)),
      attached,
      /** [Q2] Handed over at once: into a turn that runs, else before what waits. */
      now: z.optional(z.boolean()),
    }),
  },
  'cancel-queued': {
    ...ORDERED,
    room: 'session',
    right: 'prompt',
    action: say`cancel queued prompts`,
    args: z.looseObject({ promptId: z.string() }),
  },
  /** Hands a waiting prompt to the agent now, into a turn that runs. */
  'send-queued': {
    ...FENCED,
    room: 'session',
    right: 'prompt',
    action: say`send queued prompts`,
    args: z.looseObject({ promptId: z.string() }),
  },
  /** Lets a held prompt run in its turn. */
  'release-queued': {
    ...ORDERED,
    room: 'session',
    right: 'prompt',
    action: say`release held prompts`,
    args: z.looseObject({ promptId: z.string() }),
  },
  /** [Q3] Another text for a prompt that waits; `keep`: which of its pictures stay, by their places (absent: all). */
  'edit-queued': {
    ...ORDERED,
    room: 'session',
    right: 'prompt',
    action: say`edit queued prompts`,
    args: z.looseObject({
      promptId: z.string(),
      text: z.string(),
      keep: z.optional(z.array(z.number())),
      /** [Q8] What `fetch` `queued` gave: if somebody has changed the prompt since, the edit is refused. */
      version: z.optional(z.string()),
      images: z.optional(z.array(image)),
      attached,
    }),
  },
  /** [Q4] Puts a prompt that waits before another one; absent: behind all. */
  'move-queued': {
    ...FENCED,
    room: 'session',
    right: 'prompt',
    action: say`reorder queued prompts`,
    args: z.looseObject({ promptId: z.string(), before: z.optional(z.string()) }),
  },
  /** [Q5] Lets what Stop has held go on. */
  'resume-queue': {
    ...FENCED,
    room: 'session',
    right: 'prompt',
    action: say`let the queue go on`,
    args: NONE,
  },
  /** Takes back all that waits: an owner everybody's, others their own. */
  'clear-queue': {
    ...ORDERED,
    room: 'session',
    right: 'prompt',
    action: say`cancel queued prompts`,
    args: NONE,
  },
  answer: {
    ...ORDERED,
    room: 'session',
    right: 'by-request',
    action: say`answer this request`,
    args: z.looseObject({
      requestId: z.string(),
      /** Hash of the input that was shown: another input is another request. */
      inputHash: z.string(),
      /** [R13] To allow: hash of the whole input, which a part of it does not give. */
      seen: z.optional(z.string()),
      /** Owners: allowed without having seen all of it. */
      unseen: z.optional(z.boolean()),
      behavior: z.enum(['allow', 'deny']),
      message: z.optional(z.string()),
      /** With deny: also ends the turn. */
      interrupt: z.optional(z.boolean()),
      answers: z.optional(z.record(z.string(), z.string())),
      ...formAnswerShape,
      /** Indexes of suggestions to keep; ignored from guests. */
      remember: z.optional(z.array(z.number())),
      /** [R20] Where: a place that the request names; absent, or on an older host: for this session. */
      place: z.optional(z.string()),
      /** [R21] To allow a plan: the mode it goes on in, one that the request names. */
      mode: z.optional(z.string()),
    }),
  },
  'focus-request': {
    ...ORDERED,
    room: 'any',
    right: 'prompt',
    action: say`request control of this session`,
    args: NONE,
  },
  /** The holder or an owner gives control to a window that asked, or to the newest window of a member. */
  'focus-grant': {
    ...ORDERED,
    room: 'any',
    right: 'controller',
    action: say`give control to others`,
    args: z.looseObject({ member: z.string(), window: z.optional(z.string()) }),
  },
  /** An owner takes control at once. */
  'focus-take': { ...ORDERED, room: 'any', right: 'owner', action: say`take control`, args: NONE },
  'focus-release': { ...FREE, room: 'any', right: 'all', action: say`release control`, args: NONE },
  interrupt: {
    ...FREE,
    room: 'session',
    right: 'interrupt',
    action: say`interrupt this session`,
    args: NONE,
  },
  /** [G4] Ends one piece of background work. */
  'stop-task': {
    ...ORDERED,
    room: 'session',
    right: 'interrupt',
    action: say`stop background work of this session`,
    args: z.looseObject({ taskId: z.string() }),
  },
  ...CONVERSATION_COMMANDS,
  /** The owner sets what a member may do ("Allow control"). */
  admit: {
    ...ORDERED,
    room: 'any',
    right: 'owner',
    action: say`change what others may do`,
    args: z.looseObject({
      member: z.string(),
      role: roleSchema,
      scopes: z.optional(z.array(scopeSchema)),
    }),
  },
  remove: {
    ...ORDERED,
    room: 'any',
    right: 'owner',
    action: say`remove others`,
    args: z.looseObject({ member: z.string() }),
  },
  leave: { ...FREE, room: 'any', right: 'all', action: say`leave`, args: NONE },
  fetch: {
    ...READING,
    room: 'any',
    right: 'all',
    action: say`read this session`,
    args: fetchArgsSchema,
  },
  start: {
    ...ORDERED,
    room: 'machine',
    right: 'owner',
    action: say`start sessions on this computer`,
    args: z.looseObject({
      cwd: z.string(),
      prompt: z.optional(z.string()),
      title: z.optional(z.string()),
      model: z.optional(z.string()),
      mode: z.optional(z.string()),
      effort: z.optional(z.string()),
      /** Environment of the window that starts it; the host filters it. */
      env: z.optional(z.record(z.string(), z.string())),
    }),
  },
  /** Opens a found (terminal) session live and read-only. */
  open: {
    ...ORDERED,
    room: 'machine',
    right: 'owner',
    action: say`open sessions of this computer`,
    args: z.looseObject({ foundKey: z.string() }),
  },
  /** Goes on with an ended conversation as a hosted session. */
  continue: {
    ...ORDERED,
    room: 'machine',
    right: 'owner',
    action: say`continue sessions of this computer`,
    args: z.looseObject({
      session: z.optional(z.string()),
      foundKey: z.optional(z.string()),
      env: z.optional(z.record(z.string(), z.string())),
    }),
  },
  end: {
    ...ORDERED,
    room: 'machine',
    right: 'owner',
    action: say`end sessions`,
    /** [G3] `force`: also if background work ends with it. */
    args: z.looseObject({ session: z.string(), force: z.optional(z.boolean()) }),
  },
  share: {
    ...ORDERED,
    room: 'machine',
    right: 'owner',
    action: say`share sessions`,
    args: z.looseObject({
      session: z.string(),
      role: roleSchema,
      /** Further rights for controllers. */
      scopes: z.optional(z.array(scopeSchema)),
      allowControl: z.optional(z.boolean()),
      /** From now on everybody reads what commands such as /context print; absent: owners alone [R18]. */
      commandOutput: z.optional(z.boolean()),
      /** [J7] How many may be in by the link; absent: 8. */
      places: z.optional(z.int().check(z.gte(1), z.lte(LIMITS.members))),
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
  },
  'stop-sharing': {
    ...ORDERED,
    room: 'machine',
    right: 'owner',
    action: say`stop sharing`,
    args: z.looseObject({ session: z.string() }),
  },
  ...LIST_COMMANDS,
  ...HOST_COMMANDS,
  'fetch-sessions': {
    ...READING,
    room: 'machine',
    right: 'owner',
    action: say`see this computer's sessions`,
    args: z.looseObject({ offset: z.number() }),
  },
} as const satisfies Readonly<Record<string, CommandRow>>;

/** A kind that this version knows. */
export type CommandKind = keyof typeof COMMANDS;
/** Parsed arguments of a kind. */
export type CommandArgs<K extends CommandKind> = z.infer<(typeof COMMANDS)[K]['args']>;

type KindIn<R extends CommandRow['room']> = {
  [K in CommandKind]: (typeof COMMANDS)[K]['room'] extends R ? K : never;
}[CommandKind];

/** Kinds that every room carries out by itself. */
export type RoomCommandKind = KindIn<'any'>;
/** Kinds that a session room carries out. */
export type SessionCommandKind = KindIn<'any' | 'session'>;
/** Kinds that the machine room carries out. */
export type MachineCommandKind = KindIn<'any' | 'machine'>;

/** A kind with its parsed arguments. */
export type ParsedCommand<K extends CommandKind = CommandKind> = {
  [P in K]: { readonly kind: P; readonly args: CommandArgs<P> };
}[K];

/** Whether this version knows the kind. */
export function isCommandKind(kind: string): kind is CommandKind {
  return Object.hasOwn(COMMANDS, kind);
}
