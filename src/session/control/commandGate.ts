// The one gate that every command passes on its host: order, checks, journal, effect, answer.
import { say, type Words } from '../../base/say.ts';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { isAppError } from '../../base/errors.ts';
import { errorText, type Logger, silentLogger } from '../../base/log.ts';
import type { Ack, Command } from '../../protocol/command.ts';
import { type CommandKind, COMMANDS, isCommandKind } from '../../protocol/commandTable.ts';
import { saidParts } from '../../protocol/said.ts';
import { LIMITS } from '../../protocol/limits.ts';
import {
  checkCommand,
  type CommandCheckOptions,
  type CommandSource,
  findSender,
} from './commandCheck.ts';
import { laneKey, ReadsUnderWay, UsedCounters } from './commandCounts.ts';
import { type AcceptedCommand, carryOut } from './commandHandlers.ts';
import { CommandLane } from './commandLane.ts';
import {
  type CommandRefused,
  executionFailed,
  expiredCommand,
  invalidCommand,
  isRefusal,
  notJournalled,
  refusalFor,
  staleTerm,
  tooManyCommands,
  unknownOutcome,
} from '../errors.ts';
import type { ControlLease } from './controlLease.ts';
import type { AcceptedRow, RoomJournal } from '../roomJournal.ts';

/** An effect that takes longer is announced as 'running'. */
const RUNNING_ACK_MS = 200;
/** Refusals that say nothing for good about the id: the same command may come again. */
const NOT_KEPT: ReadonlySet<string> = new Set(['not-member', 'stale-term', 'too-many']);

/** What a CommandGate needs. */
export interface CommandGateOptions extends CommandCheckOptions {
  readonly journal: Pick<
    RoomJournal,
    'highWater' | 'acceptCommand' | 'settleCommand' | 'findResult' | 'unsettled'
  >;
  readonly control: Pick<ControlLease, 'admitPrompt' | 'touch' | 'state'>;
  readonly clock: Clock;
  readonly log?: Logger;
  readonly acknowledge: (member: string, ack: Ack) => void;
}

/** A command as it came, or without its counter where that is not to be consumed yet. */
type Refusable = Pick<Command, 'id' | 'kind'> & { readonly cseq?: number | undefined };

/**
 * Takes verified commands in any order and number, and answers each. What changes something runs
 * at most once, in the order of its sender, and never before it is in the journal.
 */
export class CommandGate implements Disposable {
  private readonly options: CommandGateOptions;
  private readonly log: Logger;
  private readonly lanes = new Map<string, CommandLane>();
  private readonly counters: UsedCounters;
  private readonly running = new Map<string, Promise<void>>();
  private readonly reads = new ReadsUnderWay();
  private isDisposed = false;

  constructor(options: CommandGateOptions) {
    this.options = options;
    this.log = options.log ?? silentLogger;
    this.counters = new UsedCounters(options.journal);
  }

  /** After a start: what an earlier process accepted and never settled has an unknown outcome, for good. */
  resume(): void {
    for (const row of this.options.journal.unsettled()) {
      const ack: Ack = unknown(row.id);
      this.settle(row, ack);
      this.answer(row.member, ack);
    }
  }

  /** Takes a command from a verified record. The same one may come any number of times. */
  receive(from: CommandSource, command: Command): void {
    if (this.isDisposed || this.running.has(runKey(from, command))) return;
    const { cseq } = command;
    if (cseq === undefined || !isOrdered(command.kind)) {
      void this.begin(from, command);
      return;
    }
    const known = this.finalAck(from, command);
    if (known) {
      this.answer(from.member, known);
    } else if (command.term !== this.options.term && findSender(this.options, from.member)) {
      this.refuse(from, command, staleTerm());
      return;
    }
    this.queue(from, command, cseq, known !== undefined);
  }

  /** Takes nothing more; resolves when everything under way is settled. */
  async close(): Promise<void> {
    this.dispose();
    await Promise.all(this.running.values());
  }

  dispose(): void {
    this.isDisposed = true;
    for (const lane of this.lanes.values()) lane.dispose();
    this.lanes.clear();
  }

  /** Also a command that is answered already takes its place: its counter must not stay a gap. */
  private queue(from: CommandSource, command: Command, cseq: number, isKnown: boolean): void {
    if (cseq <= this.counters.highest(from)) {
      if (!isKnown) this.refuseCounter(from, command, say`its counter was used before`);
      return;
    }
    const lane = this.laneOf(from);
    const before = lane.at(cseq);
    if (before !== undefined) {
      if (before.id !== command.id) this.refuseCounter(from, command, say`its counter is in use`);
    } else if (this.waitingOf(from.member) >= LIMITS.outstandingCommands) {
      this.refuse(from, command, tooManyCommands());
    } else {
      if (!lane.isNext(cseq) && !isKnown) {
        this.answer(from.member, { id: command.id, status: 'received' });
      }
      lane.push(cseq, command);
    }
  }

  private laneOf(from: CommandSource): CommandLane {
    const key = laneKey(from);
    const existing = this.lanes.get(key);
    if (existing) return existing;
    let answeredGap = '';
    const lane = new CommandLane({
      clock: this.options.clock,
      highWater: () => this.counters.highest(from),
      begin: (command) => {
        const running = this.finalAck(from, command) ? undefined : this.begin(from, command);
        this.counters.use(from, command.cseq ?? 0);
        return running;
      },
      onWait: (waiting, expected) => {
        const open = waiting.filter((command) => !this.finalAck(from, command));
        for (const command of open) {
          if (this.options.clock.now() <= command.notAfter) continue;
          this.refuse(from, { id: command.id, kind: command.kind }, expiredCommand());
        }
        const first = open.find((command) => this.options.clock.now() <= command.notAfter);
        const gap = `${first?.id} ${expected}`;
        if (first === undefined || expected === undefined || gap === answeredGap) return;
        answeredGap = gap;
        this.answer(from.member, { id: first.id, status: 'received', code: 'gap', expected });
      },
      onEmpty: () => this.lanes.delete(key),
    });
    this.lanes.set(key, lane);
    return lane;
  }

  /** Checks, journals and starts a command; undefined if it was answered at once. */
  private begin(from: CommandSource, command: Command): Promise<void> | undefined {
    const known = this.finalAck(from, command);
    if (known) {
      this.answer(from.member, known);
      return undefined;
    }
    let accepted: AcceptedCommand;
    try {
      accepted = checkCommand(this.options, from, command);
      if (COMMANDS[accepted.kind].reads) this.reads.check(from.member);
    } catch (error) {
      this.refuse(from, command, this.refusalOf(error, notJournalled));
      return undefined;
    }
    const row = rowOf(from, command, accepted.kind, this.options.clock.now());
    if (!COMMANDS[row.kind].reads) {
      try {
        this.options.journal.acceptCommand(row);
      } catch (error) {
        this.log.error('a command was not journalled', { error: errorText(error) });
        this.answer(from.member, rejected(command.id, notJournalled()));
        return undefined;
      }
      this.touch(from);
    }
    const key = runKey(from, command);
    const running = this.run(row, accepted).finally(() => this.running.delete(key));
    this.running.set(key, running);
    return running;
  }

  /** The command is journalled and runs, also if control cannot be passed on just now. */
  private touch(from: CommandSource): void {
    const { control } = this.options;
    try {
      control.touch({ member: from.member, window: from.window }, control.state.fence);
    } catch (error) {
      this.log.error('control was not passed on', { error: errorText(error) });
    }
  }

  private async run(row: AcceptedRow, accepted: AcceptedCommand): Promise<void> {
    const isReading = COMMANDS[row.kind].reads;
    if (isReading) this.reads.begin(row.member);
    const slow = this.options.clock.after(RUNNING_ACK_MS, () =>
      this.answer(row.member, { id: row.id, status: 'running' }),
    );
    let ack: Ack;
    try {
      const result = await carryOut(this.options.handlers, accepted);
      ack = { id: row.id, status: 'done', ...(result !== undefined && { result }) };
    } catch (error) {
      ack = rejected(row.id, this.refusalOf(error, executionFailed));
    }
    slow.dispose();
    if (isReading) this.reads.end(row.member);
    else this.settle(row, ack);
    this.answer(row.member, ack);
  }

  private refusalOf(error: unknown, otherwise: () => CommandRefused): CommandRefused {
    if (isRefusal(error)) return error;
    if (isAppError(error)) return refusalFor(error);
    this.log.error('a command failed', { error: errorText(error) });
    return otherwise();
  }

  /** Answers 'rejected'; kept with its counter unless it says nothing for good about the id. */
  private refuse(from: CommandSource, command: Refusable, refusal: CommandRefused): void {
    const ack = rejected(command.id, refusal);
    if (!NOT_KEPT.has(refusal.rejection) && isCommandKind(command.kind)) {
      this.settle(rowOf(from, command, command.kind, this.options.clock.now()), ack);
    }
    this.answer(from.member, ack);
  }

  /** Its counter belongs to another command: nothing is consumed. */
  private refuseCounter(from: CommandSource, command: Command, detail: Words): void {
    this.refuse(from, { id: command.id, kind: command.kind }, invalidCommand(detail));
  }

  private settle(row: AcceptedRow, ack: Ack): void {
    try {
      this.options.journal.settleCommand(row, ack);
    } catch (error) {
      this.log.error('an answer was not journalled', { error: errorText(error) });
    }
  }

  private answer(member: string, ack: Ack): void {
    try {
      this.options.acknowledge(member, ack);
    } catch (error) {
      this.log.error('an answer was not published', { error: errorText(error) });
    }
  }

  /** The answer of a command that is not to run any more; one left open by an earlier process is unknown. */
  private finalAck(from: CommandSource, command: Pick<Command, 'id'>): Ack | undefined {
    const known = this.options.journal.findResult(from.member, command.id);
    if (known !== 'accepted') return known;
    return unknown(command.id);
  }

  private waitingOf(member: string): number {
    let sum = 0;
    for (const [key, lane] of this.lanes) if (key.startsWith(`${member} `)) sum += lane.size;
    return sum;
  }
}

function runKey(from: CommandSource, command: Command): string {
  return `${from.member} ${command.id}`;
}

/** An unknown kind waits its turn like any other: only its refusal tells what it is. */
function isOrdered(kind: string): boolean {
  return !isCommandKind(kind) || COMMANDS[kind].ordered;
}

function rejected(id: string, { rejection, message, words }: CommandRefused): Ack {
  return { id, status: 'rejected', code: rejection, message, said: saidParts(words) };
}

function unknown(id: string): Ack {
  const { message, words } = unknownOutcome();
  return { id, status: 'unknown', message, said: saidParts(words) };
}

function rowOf(
  from: CommandSource,
  command: Refusable,
  kind: CommandKind,
  at: number,
): AcceptedRow {
  const cseq = COMMANDS[kind].ordered ? command.cseq : undefined;
  return {
    member: from.member,
    boot: from.boot,
    id: command.id,
    kind,
    ...(cseq !== undefined && { cseq }),
    at,
  };
}
