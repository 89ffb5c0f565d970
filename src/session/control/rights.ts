// Who may run which command: what the rows of commandTable.ts mean for viewers and controllers; owners may do everything.
import { assertNever } from '../../base/assert.ts';
import { type AgentRules, isGuestMode } from '../../protocol/agentRules.ts';
import {
  type CommandArgs,
  type CommandKind,
  COMMANDS,
  type ParsedCommand,
} from '../../protocol/commandTable.ts';
import { requestKindOf, roleOf, scopesOf } from '../../protocol/openValues.ts';
import type { Pending, Person, Scope } from '../../protocol/state.ts';
import { type CommandRefused, notAllowed } from '../errors.ts';
import {
  controlSuspended,
  guestMode,
  notOwnPrompt,
  refusedPrompt,
  waitsForOwner,
} from './errors.ts';

/** What a decision about rights looks at besides the command. */
export interface RightsContext {
  readonly person: Pick<Person, 'role' | 'scopes' | 'asksControl'>;
  /** A window of this member has control. */
  readonly holdsControl: boolean;
  /** For what changes one queued prompt: this member sent it. */
  readonly ownsPrompt: boolean;
  /** [R17] The session runs without asking: guests may control nothing. */
  readonly isSuspended?: boolean;
  /** For 'answer': what waits under that id; undefined if nothing does. */
  readonly request: Pending['request'] | undefined;
  /** Rules of the session's agent; a room without one has no prompts of guests and no modes. */
  readonly agent?: AgentRules | undefined;
}

/** Whether a member may hold control at all. */
export function mayHoldControl(person: Pick<Person, 'role' | 'scopes'>): boolean {
  const role = roleOf(person.role);
  return role === 'owner' || (role === 'controller' && scopesOf(person.scopes).includes('prompt'));
}

/** Why this member may not run the command, or undefined if it may. */
export function refuseByRights(
  command: ParsedCommand,
  context: RightsContext,
): CommandRefused | undefined {
  const { person } = context;
  const role = roleOf(person.role);
  const scopes = scopesOf(person.scopes);
  if (role === 'owner') return undefined;
  const { right, action } = COMMANDS[command.kind];
  if (right === 'all') return undefined;
  if (right === 'owner') return notAllowed(action);
  if (role === 'viewer') {
    return person.asksControl === true ? waitsForOwner() : notAllowed(action);
  }
  if (context.isSuspended === true) return controlSuspended();
  switch (right) {
    case 'controller':
      break;
    case 'by-request':
      if (!mayAnswer(scopes, context.request)) return notAllowed(action);
      break;
    case 'prompt':
    case 'interrupt':
    case 'mode':
      if (!scopes.includes(right)) return notAllowed(action);
      break;
    default:
      return assertNever(right);
  }
  return refuseByLimits(command, context);
}

/**
 * Questions are part of the conversation: who may prompt may answer them. Everything else decides
 * what the agent may do. What no longer waits can be "answered" by anybody: it is refused later,
 * with the name of who answered.
 */
function mayAnswer(scopes: readonly Scope[], request: Pending['request'] | undefined): boolean {
  if (scopes.includes('approve')) return true;
  const isOpen = request === undefined || requestKindOf(request) === 'question';
  return isOpen && scopes.includes('prompt');
}

type GuestLimits = {
  readonly [K in CommandKind]?: (
    args: CommandArgs<K>,
    context: RightsContext,
  ) => CommandRefused | undefined;
};

/** What a guest with the right is refused all the same; a kind that is not named here has no limit. */
const GUEST_LIMITS: GuestLimits = {
  prompt: ({ text }, { agent }) => refusedText(text, agent),
  'cancel-queued': (_args, { ownsPrompt }) => (ownsPrompt ? undefined : notOwnPrompt()),
  'edit-queued': ({ text }, { ownsPrompt, agent }) =>
    ownsPrompt ? refusedText(text, agent) : notOwnPrompt(),
  'release-queued': (_args, { holdsControl }) =>
    holdsControl ? undefined : notAllowed(COMMANDS['release-queued'].action),
  answer: ({ mode }, { person, agent }) =>
    mode === undefined || scopesOf(person.scopes).includes('mode')
      ? refusedMode(mode, agent)
      : notAllowed(COMMANDS['set-mode'].action),
  'set-mode': ({ mode }, { agent }) => refusedMode(mode, agent),
  'focus-grant': (_args, { holdsControl }) =>
    holdsControl ? undefined : notAllowed(COMMANDS['focus-grant'].action),
};

/** [R5] Modes that are not a guest's. */
function refusedMode(
  mode: string | undefined,
  agent: AgentRules | undefined,
): CommandRefused | undefined {
  if (mode === undefined) return undefined;
  return agent !== undefined && isGuestMode(agent, mode) ? undefined : guestMode(mode);
}

function refusedText(text: string, agent: AgentRules | undefined): CommandRefused | undefined {
  return agent === undefined
    ? notAllowed(COMMANDS.prompt.action)
    : refusedPrompt(agent.judgeGuestPrompt(text));
}

function refuseByLimits<K extends CommandKind>(
  command: ParsedCommand<K>,
  context: RightsContext,
): CommandRefused | undefined {
  return GUEST_LIMITS[command.kind]?.(command.args, context);
}
