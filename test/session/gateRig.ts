// A gate with people, control and a journal, and somebody who sends it commands.
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import type { Ack, Command } from '../../src/protocol/command.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { Role } from '../../src/protocol/role.ts';
import type { Person, Scope } from '../../src/protocol/state.ts';
import type { AcceptedCommand } from '../../src/session/control/commandHandlers.ts';
import { ControlLease } from '../../src/session/control/controlLease.ts';
import { CommandGate } from '../../src/session/control/commandGate.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { type ControlJournal, createControlJournal } from './memoryRoomJournal.ts';
import { playedHandlers } from './playedHandlers.ts';

/** Term of every gate here. */
export const TERM = 3;

/** A row of the roster. */
export function person(member: string, role: Role, scopes: readonly Scope[] = []): Person {
  return {
    member,
    key: 'k',
    name: member.toUpperCase(),
    device: 'd',
    role,
    scopes: [...scopes],
    since: 0,
    present: true,
  };
}

let lastId = 0;
/** A new command id. */
export function newId(): string {
  lastId += 1;
  return `00000000-0000-4000-8000-${lastId.toString(16).padStart(12, '0')}`;
}

/** Lets everything that is ready happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Running {
  readonly accepted: AcceptedCommand;
  readonly finish: (result?: Json) => void;
  readonly fail: (error: Error) => void;
}

/** Makes one: an owner `own`, a controller `ben`, a viewer `vic`. */
export function setUp(
  options: {
    readonly journal?: ControlJournal;
    readonly isSlow?: boolean;
    readonly promptAuthor?: (promptId: string) => string | undefined;
  } = {},
) {
  const clock = createFakeClock();
  const journal = options.journal ?? createControlJournal();
  const control = new ControlLease({ clock, journal });
  const people = new Map<string, Person>([
    ['own', person('own', 'owner')],
    ['ben', person('ben', 'controller', ['prompt', 'interrupt'])],
    ['vic', person('vic', 'viewer')],
  ]);
  const ran: string[] = [];
  const running: Running[] = [];
  const acks: Ack[] = [];
  const gate = new CommandGate({
    journal,
    control,
    agent: CLAUDE_RULES,
    clock,
    term: TERM,
    person: (member) => people.get(member),
    promptAuthor: options.promptAuthor,
    request: (requestId) => (requestId === 'question' ? 'question' : 'permission'),
    handlers: playedHandlers((accepted) => {
      ran.push(accepted.id);
      return new Promise<Json | undefined>((resolve, reject) => {
        const finish = (result?: Json): void => resolve(result);
        running.push({ accepted, finish, fail: reject });
        if (options.isSlow !== true) finish();
      });
    }),
    acknowledge: (_member, ack) => acks.push(ack),
  });
  const counters = new Map<string, number>();
  /** A command of a member with the next counter, unless it is overridden. */
  const make = (member: string, kind: string, args: Json, over: Partial<Command> = {}): Command => {
    const isOrdered = !['interrupt', 'focus-release', 'fetch', 'leave'].includes(kind);
    const cseq = (counters.get(member) ?? 0) + 1;
    if (isOrdered && !('cseq' in over)) counters.set(member, cseq);
    return {
      id: newId(),
      ...(isOrdered && { cseq }),
      term: TERM,
      kind,
      args,
      notAfter: clock.now() + 60_000,
      ...over,
    };
  };
  const from = (member: string, boot = 'boot1') => ({ member, boot, window: `${member}-${boot}` });
  const send = (member: string, kind: string, args: Json, over: Partial<Command> = {}): Command => {
    const command = make(member, kind, args, over);
    gate.receive(from(member), command);
    return command;
  };
  const answersTo = (command: Command) => acks.filter((ack) => ack.id === command.id);
  const answerTo = (command: Command) => answersTo(command).at(-1);
  return {
    clock,
    journal,
    control,
    people,
    ran,
    running,
    acks,
    gate,
    make,
    from,
    send,
    answersTo,
    answerTo,
  };
}
