// Every check of a command up to the journal, in the order of the protocol.
import type { Clock } from '../base/clock.ts';
import {
  COMMAND_ARGS,
  type Command,
  type CommandKind,
  FENCED_KINDS,
  UNORDERED_KINDS,
} from '../protocol/command.ts';
import type { Pending, Person } from '../protocol/state.ts';
import {
  expiredCommand,
  invalidCommand,
  noControl,
  notMember,
  staleTerm,
  superseded,
  unsupportedCommand,
  voidedCommand,
} from './errors.ts';
import type { ControlLease } from './controlLease.ts';
import { type ParsedCommand, refuseByRights } from './rights.ts';
import type { RoomJournal } from './roomJournal.ts';

/** Who sent a command, as its verified record says. */
export interface CommandSource {
  readonly member: string;
  /** Boot of the sender, base64url. */
  readonly boot: string;
  readonly window: string;
}

/** A command that passed every check and is in the journal: to be carried out now, once. */
export type AcceptedCommand = ParsedCommand & {
  readonly member: string;
  readonly window: string;
  readonly person: Person;
  readonly id: string;
  /** For kinds that need control: the fence under which it runs. */
  readonly fence?: number;
};

/** What the checks look at. */
export interface CommandCheckOptions {
  readonly journal: Pick<RoomJournal, 'findResult'>;
  readonly focus: Pick<ControlLease, 'admitPrompt' | 'state'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly term: number;
  readonly person: (member: string) => Person | undefined;
  /** What waits under a request id, for the right to answer it. */
  readonly request?: (requestId: string) => Pending['request'] | undefined;
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

/** Whether this version knows the kind. */
export function isKnownKind(kind: string): kind is CommandKind {
  return Object.hasOwn(COMMAND_ARGS, kind);
}

/**
 * Role, scope, term, expiry, counter, focus. Throws CommandRefused. For a prompt this is the
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
    holdsControl: options.focus.state.holder?.member === from.member,
    ownsPrompt:
      parsed.kind === 'cancel-queued' &&
      options.journal.findResult(from.member, parsed.args.promptId) !== undefined,
    request: parsed.kind === 'answer' ? options.request?.(parsed.args.requestId) : undefined,
  });
  if (refusal) throw refusal;
  if (command.term !== options.term) throw staleTerm();
  if (command.notAfter === 0) throw voidedCommand();
  if (options.clock.now() > command.notAfter) throw expiredCommand();
  if (!UNORDERED_KINDS.has(parsed.kind) && command.cseq === undefined) {
    throw invalidCommand('its counter is missing');
  }
  const window = { member: from.member, window: from.window };
  const accepted = { ...window, ...withoutRules(parsed, person), person, id: command.id };
  if (!FENCED_KINDS.has(parsed.kind)) return accepted;
  const admission = options.focus.admitPrompt(window, command.fence);
  if (admission.ok) return { ...accepted, fence: admission.fence };
  const holder = admission.holder && options.person(admission.holder.member)?.name;
  throw admission.code === 'superseded' ? superseded(holder) : noControl(holder);
}

function parseArgs(command: Command): ParsedCommand {
  if (!isKnownKind(command.kind)) throw unsupportedCommand();
  const parsed = COMMAND_ARGS[command.kind].safeParse(command.args);
  if (!parsed.success) throw invalidCommand('its arguments are not as expected');
  // The schema was looked up by this kind, which the type of a union of schemas cannot say.
  return { kind: command.kind, args: parsed.data } as ParsedCommand;
}

/** A guest's answer leaves no rule behind. */
function withoutRules(parsed: ParsedCommand, person: Person): ParsedCommand {
  if (parsed.kind !== 'answer' || person.role === 'owner') return parsed;
  const { remember: _ignored, ...args } = parsed.args;
  return { kind: 'answer', args };
}
