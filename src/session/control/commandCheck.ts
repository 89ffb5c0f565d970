// Every check of a command up to the journal, in the order of the protocol.
import { say } from '../../base/say.ts';
import type { Clock } from '../../base/clock.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import type { Command } from '../../protocol/command.ts';
import { COMMANDS, isCommandKind, type ParsedCommand } from '../../protocol/commandTable.ts';
import { roleOf } from '../../protocol/openValues.ts';
import type { Pending, Person } from '../../protocol/state.ts';
import { type AcceptedCommand, handlerOf, type RoomHandlers } from './commandHandlers.ts';
import {
  expiredCommand,
  invalidCommand,
  noControl,
  notMember,
  staleTerm,
  superseded,
  unsupportedCommand,
  voidedCommand,
} from '../errors.ts';
import type { ControlLease } from './controlLease.ts';
import { refuseByRights } from './rights.ts';

/** Who sent a command, as its verified record says. */
export interface CommandSource {
  readonly member: string;
  /** Boot of the sender, base64url. */
  readonly boot: string;
  readonly window: string;
}

/** What the checks look at. */
export interface CommandCheckOptions {
  readonly control: Pick<ControlLease, 'admitPrompt' | 'state'>;
  /** What the room carries out. */
  readonly handlers: RoomHandlers;
  readonly clock: Pick<Clock, 'now'>;
  readonly term: number;
  readonly person: (member: string) => Person | undefined;
  /** What waits under a request id, for the right to answer it. */
  readonly request?: (requestId: string) => Pending['request'] | undefined;
  /** [R3] Member who sent the prompt that waits under this id; who has used an id for a command gains nothing by it. */
  readonly promptAuthor?: ((promptId: string) => string | undefined) | undefined;
  /** [R17] Guests may control nothing for now. */
  readonly isSuspended?: () => boolean;
  /** Rules of the agent whose session it is; a machine room has none. */
  readonly agent?: AgentRules | undefined;
}

/** The sender's row in the roster, unless its membership has ended. */
export function findSender(
  options: Pick<CommandCheckOptions, 'clock' | 'person'>,
  member: string,
): Person | undefined {
  const person = options.person(member);
  const isOver = person?.notAfter !== undefined && options.clock.now() > person.notAfter;
  return isOver ? undefined : person;
}

/**
 * Role, scope, room, term, expiry, counter, control. Throws CommandRefused. For a prompt this is the
 * moment that decides about control: call it right before the journal.
 */
export function checkCommand(
  options: CommandCheckOptions,
  from: CommandSource,
  command: Command,
): AcceptedCommand {
  const person = findSender(options, from.member);
  if (person === undefined) throw notMember();
  const parsed = parseArgs(command);
  const refusal = refuseByRights(parsed, {
    person,
    holdsControl: options.control.state.holder?.member === from.member,
    ownsPrompt:
      (parsed.kind === 'cancel-queued' || parsed.kind === 'edit-queued') &&
      options.promptAuthor?.(parsed.args.promptId) === from.member,
    isSuspended: options.isSuspended?.() === true,
    agent: options.agent,
    request: parsed.kind === 'answer' ? options.request?.(parsed.args.requestId) : undefined,
  });
  if (refusal) throw refusal;
  // A kind of other rooms ends here, before control could move.
  handlerOf(options.handlers, parsed.kind);
  if (command.term !== options.term) throw staleTerm();
  if (command.notAfter === 0) throw voidedCommand();
  if (options.clock.now() > command.notAfter) throw expiredCommand();
  const { ordered, fenced } = COMMANDS[parsed.kind];
  if (ordered && command.cseq === undefined) {
    throw invalidCommand(say`its counter is missing`);
  }
  const window = { member: from.member, window: from.window };
  const accepted = { ...window, ...withoutRules(parsed, person), person, id: command.id };
  if (!fenced) return accepted;
  const admission = options.control.admitPrompt(window, command.fence);
  if (admission.ok) return { ...accepted, fence: admission.fence };
  const holder = admission.holder && options.person(admission.holder.member)?.name;
  throw admission.code === 'superseded' ? superseded(holder) : noControl(holder);
}

function parseArgs(command: Command): ParsedCommand {
  if (!isCommandKind(command.kind)) throw unsupportedCommand();
  const parsed = COMMANDS[command.kind].args.safeParse(command.args);
  if (!parsed.success) throw invalidCommand(say`its arguments are not as expected`);
  // The schema was looked up by this kind, which the type of a union of schemas cannot say.
  return { kind: command.kind, args: parsed.data } as ParsedCommand;
}

/** [C12] A guest's answer leaves no rule behind: nothing after this looks at who sent it. */
function withoutRules(parsed: ParsedCommand, person: Person): ParsedCommand {
  if (parsed.kind !== 'answer' || roleOf(person.role) === 'owner') return parsed;
  const { remember: _rules, place: _place, ...args } = parsed.args;
  return { kind: 'answer', args };
}
