// Rows of the command table that are its owner's: what a session's conversation is called, where it goes on, and with whom.
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

/** A part of COMMANDS. */
export const CONVERSATION_COMMANDS = {
  'set-model': {
    ...OWNERS,
    action: say`change the model`,
    args: z.looseObject({ model: z.string() }),
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
    args: z.looseObject({ choice: writersChoiceSchema }),
  },
} as const;
