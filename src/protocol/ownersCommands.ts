// Rows of the command table that are the owner's, but for the mode: how a session's agent works, what a session's conversation is called, where it goes on and with whom, its place in the list, and how long the host lives.
import * as z from 'zod/mini';
import { say } from '../base/say.ts';
import { writersChoiceSchema } from './state.ts';

const OWNERS = {
  ordered: true,
  fenced: false,
  reads: false,
  room: 'session',
  right: 'owner',
} as const;

/** A part of COMMANDS: of sessions. */
export const CONVERSATION_COMMANDS = {
  /** [R5] Guests with the right set some of them. */
  'set-mode': {
    ...OWNERS,
    right: 'mode',
    action: say`change the permission mode`,
    args: z.looseObject({ mode: z.string() }),
  },
  'set-model': {
    ...OWNERS,
    action: say`change the model`,
    args: z.looseObject({ model: z.string() }),
  },
  /** [A1] How much the agent thinks from now on; empty: as the model does by itself. */
  'set-effort': {
    ...OWNERS,
    action: say`change the effort`,
    args: z.looseObject({ effort: z.string() }),
  },
  rename: {
    ...OWNERS,
    action: say`rename this session`,
    args: z.looseObject({ title: z.string() }),
  },
  /** [M1] Goes on in another folder of its computer: its own was moved or deleted. */
  'set-folder': {
    ...OWNERS,
    action: say`choose the folder of this session`,
    args: z.looseObject({ path: z.string() }),
  },
  /** [Z3] What becomes of others on the conversation. */
  'settle-writers': {
    ...OWNERS,
    action: say`decide about others on this conversation`,
    /** [Z6] `force`: also if background work ends with it. */
    args: z.looseObject({ choice: writersChoiceSchema, force: z.optional(z.boolean()) }),
  },
} as const;

const MACHINE_OWNERS = { ...OWNERS, room: 'machine' } as const;

/** A session of the list: by its id, or by the key of one that was found. */
const LISTED = { session: z.optional(z.string()), foundKey: z.optional(z.string()) };

/** A part of COMMANDS: of the list of this computer's sessions. */
export const LIST_COMMANDS = {
  archive: {
    ...MACHINE_OWNERS,
    action: say`archive sessions`,
    args: z.looseObject({ session: z.string(), archived: z.boolean() }),
  },
  /** [H5] Above all others in every list, or not any more. */
  pin: {
    ...MACHINE_OWNERS,
    action: say`pin sessions`,
    args: z.looseObject({ ...LISTED, pinned: z.boolean() }),
  },
  /** [H6] Out of the list, or back into it; nothing is deleted. */
  unlist: {
    ...MACHINE_OWNERS,
    action: say`remove sessions from the list`,
    args: z.looseObject({ ...LISTED, unlisted: z.boolean() }),
  },
  /** [H7] A new session that goes on with a copy of a conversation; the first stays as it is. */
  fork: {
    ...MACHINE_OWNERS,
    action: say`fork sessions of this computer`,
    args: z.looseObject({ ...LISTED, env: z.optional(z.record(z.string(), z.string())) }),
  },
} as const;

/** A part of COMMANDS: of the host itself. */
export const HOST_COMMANDS = {
  'stop-host': {
    ...MACHINE_OWNERS,
    action: say`stop the background service of this computer`,
    /** [G3] `force`: also if background work ends with it. `now`: agents are killed, their turns are not saved. */
    args: z.looseObject({ force: z.optional(z.boolean()), now: z.optional(z.boolean()) }),
  },
  /** [G7] Ends the host so that the newer version which wants its place gets it; `wait`: nobody is asked again for a day. */
  'replace-host': {
    ...MACHINE_OWNERS,
    action: say`replace the background service of this computer`,
    args: z.looseObject({ force: z.optional(z.boolean()), wait: z.optional(z.boolean()) }),
  },
} as const;
