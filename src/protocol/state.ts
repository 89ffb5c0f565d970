// The state record of a room: values, not events, so that who joins late sees the truth.
import * as z from 'zod/mini';
import type { ErrorParts } from '../base/errors.ts';
import { openEnum } from './openEnum.ts';
import { sharingSchema } from './link.ts';
import { roleSchema } from './role.ts';
import { saidPartsSchema } from './said.ts';
import { waitKindSchema, waitSchema } from './wait.ts';
import { authorSchema, requestKindSchema } from './entryParts.ts';

/** Single rights of a controller. `approve` and `mode` are off for guests unless the owner turns them on. */
export const scopeSchema = z.enum(['prompt', 'interrupt', 'approve', 'mode']);

/** A member of the room, as the host admitted it. */
export const personSchema = z.looseObject({
  /** Member id: base32 of the first 16 bytes of SHA-256(key). */
  member: z.string(),
  /** Ed25519 key, base64url: the roster that every other signature is checked against. */
  key: z.string(),
  /** X25519 key, base64url. Hosts keep it to themselves: nobody else seals for a member. */
  exchangeKey: z.optional(z.string()),
  name: z.string(),
  device: z.string(),
  role: openEnum(roleSchema),
  scopes: z.array(openEnum(scopeSchema)),
  /** Came by a controller link and waits for the owner's Allow control. */
  asksControl: z.optional(z.boolean()),
  /** [J8] The name looks like somebody else's here, and has got a number. */
  alike: z.optional(z.boolean()),
  since: z.number(),
  /** Host wall time when the membership ends, ms. */
  notAfter: z.optional(z.number()),
  /** A device or window is connected now. */
  present: z.boolean(),
});

/** A window that may hold control: one process or tab of a member. */
export const windowSchema = z.looseObject({ member: z.string(), window: z.string() });

/** Control; `focus` is the wire's word for it. `fence` rises with every grant; no holder = free. */
export const focusSchema = z.looseObject({
  fence: z.number(),
  holder: z.optional(z.looseObject({ ...windowSchema.shape, since: z.number() })),
  queue: z.array(z.looseObject({ ...windowSchema.shape, since: z.number() })),
});

/** Names a request entry that waits for a person; its body is in the log at `index`. */
export const pendingSchema = z.looseObject({
  requestId: z.string(),
  index: z.number(),
  request: openEnum(requestKindSchema),
  tool: z.string(),
  since: z.number(),
});

/** What keeps a prompt from its turn: control has passed on since it was sent, its computer stopped before it began, or the agent has it already. */
export const queueWaitSchema = z.enum(['control', 'crash', 'agent']);

/** A prompt that the agent has not begun. */
export const queuedSchema = z.looseObject({
  promptId: z.string(),
  /** Its beginning, at most `LIMITS.previewBytes`. */
  text: z.string(),
  author: authorSchema,
  since: z.number(),
  /** It runs only when somebody releases it. */
  held: z.optional(z.boolean()),
  /** Absent: its turn has not come, or for `held` that control has passed on. */
  waits: z.optional(openEnum(queueWaitSchema)),
  /** How many pictures it has, at most 99. */
  images: z.optional(z.number()),
  /** An owner has changed its text. */
  edited: z.optional(z.boolean()),
});

/** Somebody pressed Stop; a turn failed, and what waits would fail like it. */
export const holdReasonSchema = z.enum(['stop', 'failed']);

/** [Q5] [Q7] Nothing of the queue runs until somebody with control says so, or for `failed` a turn ends well. */
export const queueHoldSchema = z.looseObject({
  why: openEnum(holdReasonSchema),
  since: z.number(),
  by: z.optional(authorSchema),
  /** [Q7] Of `failed`: what the service said; absent: that it refused. */
  cause: z.optional(openEnum(waitKindSchema)),
});

/** A state that keeps the session from going on, with its remedy: the parts of an error as they travel. */
export const problemSchema = z.looseObject({
  code: z.string(),
  happened: z.string(),
  kept: z.optional(z.string()),
  remedy: z.optional(z.string()),
  /** The same, to be translated. */
  said: z.optional(saidPartsSchema),
}) satisfies z.ZodMiniType<ErrorParts & { readonly code: string }>;

/** What can be done with a session from here, by what runs it: `end` its process, `continue` it once it has ended. */
export const capabilitySchema = z.enum([
  'prompt',
  'answer',
  'interrupt',
  'end',
  'continue',
  'attach',
]);
/** What its permission mode means: it asks about each step; it asks about some or refuses them; tools run that nobody was asked about. */
export const modeKindSchema = z.enum(['asking', 'guarded', 'unattended']);

/** Where another process runs that writes the same conversation: in a terminal, by a script, or as the agent's own background work. */
export const writerPlaceSchema = z.enum(['terminal', 'script', 'background', 'program']);
/** [Z1] Another process that has the conversation of a session open, or has written in it. */
export const writerSchema = z.looseObject({
  pid: z.optional(z.number()),
  where: openEnum(writerPlaceSchema),
  since: z.number(),
  /** It is gone; what it wrote is not. */
  left: z.optional(z.boolean()),
});
/** [Z3] What becomes of it, by the owner's choice. */
export const writersChoiceSchema = z.enum(['take-in', 'fork', 'wait']);
/** [Z1] Others on the conversation of a session. */
export const othersSchema = z.looseObject({
  /** Who is there or has written, at most `LIMITS.writers`, those that are there first. */
  writers: z.array(writerSchema),
  writersMore: z.optional(z.number()),
  /** Messages of theirs that this session does not have. */
  messages: z.optional(z.number()),
  /** Ends that the conversation has, if there are several: each writer goes on from its own. */
  branches: z.optional(z.number()),
  /** [Z2] Nothing is handed to the agent until the owner chooses, or they leave. */
  holds: z.optional(z.boolean()),
  /** What was chosen and is not done yet. */
  choice: z.optional(openEnum(writersChoiceSchema)),
  /** [Z6] What was chosen ends what runs in the background, instead of waiting for it. */
  force: z.optional(z.boolean()),
});

export const sessionStatusSchema = z.enum(['starting', 'working', 'waiting', 'idle', 'ended']);
/** Where a session runs: as a child of the host, or in a terminal, where it is only watched. */
export const sourceSchema = z.enum(['hosted', 'observed']);

/** What runs behind a conversation: shells that were put into the background, agents. */
export const taskKindSchema = z.enum(['shell', 'agent']);

/** [G1] A piece of background work. */
export const backgroundTaskSchema = z.looseObject({
  taskId: z.string(),
  title: z.string(),
  since: z.number(),
  kind: openEnum(taskKindSchema),
});

/** [H9] The working tree of its folder, counted; absent: it is in none, or nobody has looked. */
export const workingTreeSchema = z.looseObject({
  /** Files that differ from the last commit, or are in none. */
  dirty: z.number(),
  /** Commits that the branch it follows has not, and the reverse; absent: it follows none. */
  ahead: z.optional(z.number()),
  behind: z.optional(z.number()),
});

/** Facts of a session that lists and headers show. */
export const sessionSummarySchema = z.looseObject({
  /** Our own id; the agent's id may change under it. */
  id: z.string(),
  title: z.string(),
  source: openEnum(sourceSchema),
  /** What can be done with it; absent before 0.4.0. */
  can: z.optional(z.array(openEnum(capabilitySchema))),
  status: openEnum(sessionStatusSchema),
  waitingFor: z.optional(z.string()),
  /** A guest's prompt that the oldest of its open requests serves: whose, and its first line. */
  waitingCause: z.optional(z.looseObject({ name: z.string(), text: z.string() })),
  /** Open requests that come from subagents. */
  subagentRequests: z.optional(z.number()),
  /** How many prompts wait. */
  queued: z.optional(z.number()),
  queueHold: z.optional(queueHoldSchema),
  /** Background work, the oldest first … */
  tasks: z.optional(z.array(backgroundTaskSchema)),
  /** … and how many pieces there are besides. */
  tasksMore: z.optional(z.number()),
  computer: z.string(),
  cwd: z.string(),
  /** Last part of the folder. */
  project: z.string(),
  branch: z.optional(z.string()),
  tree: z.optional(workingTreeSchema),
  /** [H10] How many files its agent has changed. */
  changedFiles: z.optional(z.number()),
  agent: z.string(),
  agentVersion: z.optional(z.string()),
  agentSessionId: z.optional(z.string()),
  model: z.optional(z.string()),
  mode: z.optional(z.string()),
  modeKind: z.optional(openEnum(modeKindSchema)),
  /** [A1] How much the agent thinks, by its own word; absent: not known, or its model takes none. */
  effort: z.optional(z.string()),
  contextTokens: z.optional(z.number()),
  contextLimit: z.optional(z.number()),
  costUsd: z.optional(z.number()),
  startedAt: z.number(),
  lastActivityAt: z.number(),
  problem: z.optional(problemSchema),
  wait: z.optional(waitSchema),
  /** [Z1] Other processes on its conversation; absent: none is known. */
  others: z.optional(othersSchema),
});

/** [J7] Who finds no place, and who gave one up. */
const placesSchema = {
  /** Links by which nobody new finds a place now. */
  fullLinks: z.optional(z.array(z.string())),
  /** Members that were gone when somebody needed their place: they knock again. */
  gaveWay: z.optional(z.array(z.string())),
};

/** Which log entry a state was made after. */
export const asOfSchema = z.looseObject({
  /** Index of the newest entry the state knows; -1 before the first. */
  index: z.number(),
  /** Hash of that entry's plaintext, base64url; empty before the first. */
  hash: z.string(),
});

/** State of a session room. */
export const sessionStateSchema = z.looseObject({
  kind: z.literal('session'),
  rev: z.number(),
  /** Host wall time, ms. */
  at: z.number(),
  asOf: asOfSchema,
  /** Index of the oldest entry that the document still holds; older ones come by fetch. */
  first: z.number(),
  session: sessionSummarySchema,
  people: z.array(personSchema),
  ...placesSchema,
  focus: focusSchema,
  pending: z.array(pendingSchema),
  /** Requests that wait besides those in `pending`: they come in, oldest first, when there is room. */
  pendingMore: z.optional(z.number()),
  queue: z.array(queuedSchema),
  /** Prompts that wait besides those in `queue`. */
  queueMore: z.optional(z.number()),
  sharing: z.optional(sharingSchema),
});

/** A row of the machine's directory: what a list shows, and how the owner's devices enter. */
export const directoryRowSchema = z.looseObject({
  session: sessionSummarySchema,
  /** Invite link of role owner; absent for sessions that are not open (found in a terminal, ended). */
  link: z.optional(z.string()),
  /** Content secrets of the room by epoch, base64url: the owner's devices follow a new epoch by it. */
  epochs: z.optional(z.array(z.looseObject({ epoch: z.number(), secret: z.string() }))),
  sharing: z.optional(sharingSchema),
  /** People connected besides the owner. */
  guests: z.number(),
  pending: z.number(),
  archived: z.optional(z.boolean()),
  /** [H5] It stands above all others. */
  pinned: z.optional(z.boolean()),
  /** Key of a found session (terminal), for the command 'open'. */
  foundKey: z.optional(z.string()),
  /** It ended and can be gone on with here. */
  canContinue: z.optional(z.boolean()),
});

/** [G6] A newer version that wants the place of this computer's host, and what keeps it waiting. */
export const replacementSchema = z.looseObject({
  version: z.string(),
  since: z.number(),
  /** Sessions whose agent is at work or about to be. */
  turns: z.optional(z.number()),
  /** Requests that wait for a person. */
  requests: z.optional(z.number()),
  /** Prompts that wait until a usage limit is reset. */
  queued: z.optional(z.number()),
  /** Background work of all sessions, the oldest first … */
  tasks: z.optional(z.array(backgroundTaskSchema)),
  /** … and how many pieces there are besides. */
  tasksMore: z.optional(z.number()),
  /** [G8] Nobody was there for a day: since then it is asked. */
  asksSince: z.optional(z.number()),
});

/** State of a machine room: the directory of its sessions. */
export const machineStateSchema = z.looseObject({
  kind: z.literal('machine'),
  rev: z.number(),
  at: z.number(),
  asOf: asOfSchema,
  first: z.number(),
  computer: z.looseObject({
    name: z.string(),
    platform: z.string(),
    version: z.string(),
    agent: z.string(),
    agentVersion: z.optional(z.string()),
    problem: z.optional(problemSchema),
  }),
  people: z.array(personSchema),
  ...placesSchema,
  focus: focusSchema,
  replacement: z.optional(replacementSchema),
  sessions: z.array(directoryRowSchema),
  /** Rows that did not fit, to be fetched. */
  more: z.optional(z.number()),
});

/** State of any room. */
export const roomStateSchema = z.discriminatedUnion('kind', [
  sessionStateSchema,
  machineStateSchema,
]);

export type Scope = z.infer<typeof scopeSchema>;
export type Person = z.infer<typeof personSchema>;
export type WindowRef = z.infer<typeof windowSchema>;
export type Focus = z.infer<typeof focusSchema>;
export type Pending = z.infer<typeof pendingSchema>;
export type BackgroundTask = z.infer<typeof backgroundTaskSchema>;
export type TaskKind = z.infer<typeof taskKindSchema>;
export type QueueWait = z.infer<typeof queueWaitSchema>;
export type HoldReason = z.infer<typeof holdReasonSchema>;
export type QueueHold = z.infer<typeof queueHoldSchema>;
export type Queued = z.infer<typeof queuedSchema>;
export type Problem = z.infer<typeof problemSchema>;
export type SessionStatus = z.infer<typeof sessionStatusSchema>;
export type Capability = z.infer<typeof capabilitySchema>;
export type WriterPlace = z.infer<typeof writerPlaceSchema>;
export type Writer = z.infer<typeof writerSchema>;
export type WritersChoice = z.infer<typeof writersChoiceSchema>;
export type Others = z.infer<typeof othersSchema>;
export type ModeKind = z.infer<typeof modeKindSchema>;
export type WorkingTree = z.infer<typeof workingTreeSchema>;
export type Source = z.infer<typeof sourceSchema>;
export type SessionSummary = z.infer<typeof sessionSummarySchema>;
export type AsOf = z.infer<typeof asOfSchema>;
export type SessionState = z.infer<typeof sessionStateSchema>;
export type MachineState = z.infer<typeof machineStateSchema>;
export type Replacement = z.infer<typeof replacementSchema>;
export type DirectoryRow = z.infer<typeof directoryRowSchema>;
export type RoomState = z.infer<typeof roomStateSchema>;
