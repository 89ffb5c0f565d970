// Who may run which command: one table for viewers and controllers; owners may do everything.
import { assertNever } from '../base/assert.ts';
import type { CommandArgs, CommandKind } from '../protocol/command.ts';
import type { Pending, Person, Scope } from '../protocol/state.ts';
import {
  type CommandRefused,
  guestMode,
  notAllowed,
  notOwnPrompt,
  waitsForOwner,
} from './errors.ts';
import { refuseGuestPrompt } from './guestPrompt.ts';

/** A kind with its parsed arguments. */
export type ParsedCommand = {
  [K in CommandKind]: { readonly kind: K; readonly args: CommandArgs<K> };
}[CommandKind];

/** What a decision about rights looks at besides the command. */
export interface RightsContext {
  readonly person: Pick<Person, 'role' | 'scopes' | 'asksControl'>;
  /** A window of this member has control. */
  readonly holdsControl: boolean;
  /** For 'cancel-queued': this member sent that prompt. */
  readonly ownsPrompt: boolean;
  /** For 'answer': what waits under that id; undefined if nothing does. */
  readonly request: Pending['request'] | undefined;
}

/** 'all': viewers too · 'controller': every controller · a scope: controllers with it · 'owner' · 'special': see code. */
type Right = 'all' | 'controller' | 'owner' | 'special' | Scope;

/** The right each kind needs. */
export const RIGHTS: Readonly<Record<CommandKind, Right>> = {
  fetch: 'all',
  leave: 'all',
  'focus-release': 'all',
  prompt: 'prompt',
  'cancel-queued': 'prompt',
  answer: 'special',
  'focus-request': 'prompt',
  'focus-grant': 'controller',
  'focus-take': 'owner',
  interrupt: 'interrupt',
  'set-model': 'owner',
  'set-mode': 'mode',
  rename: 'owner',
  admit: 'owner',
  remove: 'owner',
  start: 'owner',
  open: 'owner',
  continue: 'owner',
  end: 'owner',
  share: 'owner',
  'stop-sharing': 'owner',
  archive: 'owner',
  'stop-host': 'owner',
  'fetch-sessions': 'owner',
};

/** Modes a guest with the scope 'mode' may set; what is not named here is the owner's. */
export const GUEST_MODES: readonly string[] = ['default', 'acceptEdits', 'plan'];

const ACTIONS: Readonly<Record<CommandKind, string>> = {
  fetch: 'read this session',
  leave: 'leave',
  'focus-release': 'release control',
  prompt: 'send prompts to this session',
  'cancel-queued': 'cancel queued prompts',
  answer: 'answer this request',
  'focus-request': 'request control of this session',
  'focus-grant': 'give control to others',
  'focus-take': 'take control',
  interrupt: 'interrupt this session',
  'set-model': 'change the model',
  'set-mode': 'change the permission mode',
  rename: 'rename this session',
  admit: 'change what others may do',
  remove: 'remove others',
  start: 'start sessions on this computer',
  open: 'open sessions of this computer',
  continue: 'continue sessions of this computer',
  end: 'end sessions',
  share: 'share sessions',
  'stop-sharing': 'stop sharing',
  archive: 'archive sessions',
  'stop-host': 'stop the background service of this computer',
  'fetch-sessions': "see this computer's sessions",
};

/** Whether a member may hold control at all. */
export function mayHoldControl(person: Pick<Person, 'role' | 'scopes'>): boolean {
  return (
    person.role === 'owner' || (person.role === 'controller' && person.scopes.includes('prompt'))
  );
}

/** Why this member may not run the command, or undefined if it may. */
export function refuseByRights(
  command: ParsedCommand,
  context: RightsContext,
): CommandRefused | undefined {
  const { person } = context;
  if (person.role === 'owner') return undefined;
  const right = RIGHTS[command.kind];
  if (right === 'all') return undefined;
  if (right === 'owner') return notAllowed(ACTIONS[command.kind]);
  if (person.role === 'viewer') {
    return person.asksControl === true ? waitsForOwner() : notAllowed(ACTIONS[command.kind]);
  }
  switch (right) {
    case 'controller':
      break;
    case 'special':
      if (!mayAnswer(person.scopes, context.request)) return notAllowed(ACTIONS[command.kind]);
      break;
    case 'prompt':
    case 'interrupt':
    case 'approve':
    case 'mode':
      if (!person.scopes.includes(right)) return notAllowed(ACTIONS[command.kind]);
      break;
    default:
      return assertNever(right);
  }
  return refuseByArguments(command, context);
}

/**
 * Questions are part of the conversation: who may prompt may answer them. Everything else decides
 * what the agent may do. What no longer waits can be "answered" by anybody: it is refused later,
 * with the name of who answered.
 */
function mayAnswer(scopes: readonly Scope[], request: Pending['request'] | undefined): boolean {
  if (scopes.includes('approve')) return true;
  return (request === 'question' || request === undefined) && scopes.includes('prompt');
}

function refuseByArguments(
  command: ParsedCommand,
  context: RightsContext,
): CommandRefused | undefined {
  switch (command.kind) {
    case 'prompt':
      return refuseGuestPrompt(command.args.text);
    case 'cancel-queued':
      return context.ownsPrompt ? undefined : notOwnPrompt();
    case 'set-mode':
      return GUEST_MODES.includes(command.args.mode) ? undefined : guestMode(command.args.mode);
    case 'focus-grant':
      return context.holdsControl ? undefined : notAllowed(ACTIONS[command.kind]);
    default:
      return undefined;
  }
}
