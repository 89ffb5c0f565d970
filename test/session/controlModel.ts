// A seeded model of guests, a lossy network and a host that crashes, around the real gate and lease of control.
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { createRandom } from '../probes/seededRandom.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Ack, Command } from '../../src/protocol/command.ts';
import type { Focus, Person } from '../../src/protocol/state.ts';
import { type AcceptedCommand, carryOut } from '../../src/session/control/commandHandlers.ts';
import { controlHandlers } from '../../src/session/control/controlHandlers.ts';
import type { ControlLease } from '../../src/session/control/controlLease.ts';
import { CommandGate, type CommandGateOptions } from '../../src/session/control/commandGate.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { ControlChecks, type ModelResult } from './controlChecks.ts';
import {
  createWindow,
  type GuestWindow,
  idOf,
  type Message,
  refOf,
  type Sent,
  sourceOf,
} from './controlGuests.ts';
import { createLease, type Mutation } from './controlMutants.ts';
import { type ControlJournal, createControlJournal } from './memoryRoomJournal.ts';
import { playedHandlers } from './playedHandlers.ts';

const STEP_MS = 500;
const QUIET_STEPS = 900;

/** Runs `steps` wild steps and then quiet ones in which everything must be answered. */
export async function runModel(
  seed: number,
  steps: number,
  mutation?: Mutation,
): Promise<ModelResult> {
  return new Model(seed, mutation).run(steps);
}

class Crash extends Error {}

class Model {
  private readonly random: () => number;
  private readonly clock = createFakeClock();
  private readonly checks = new ControlChecks(() => this.clock.monotonic());
  private readonly disk = createControlJournal();
  private readonly people = new Map<string, Person>();
  private readonly windows: GuestWindow[] = [];
  private readonly byId = new Map<string, Sent>();
  /** The newest answers as they stand in the senders' channels: they outlive the host. */
  private readonly channel = new Map<string, Ack>();
  private readonly mutation: Mutation | undefined;
  private network: { readonly at: number; readonly message: Message }[] = [];
  private host:
    { readonly gate: CommandGate; readonly control: ControlLease; isDead: boolean } | undefined;
  private term = 0;
  private ids = 0;
  private isQuiet = false;
  private isAsking = false;

  constructor(seed: number, mutation: Mutation | undefined) {
    this.random = createRandom(seed);
    this.mutation = mutation;
    this.addMember('own', 'owner', 2);
    this.addMember('ben', 'controller', 2);
    this.addMember('cyd', 'controller', 1);
    this.addMember('vic', 'viewer', 1);
  }

  async run(steps: number): Promise<ModelResult> {
    this.boot();
    for (let i = 0; i < steps; i += 1) await this.wildStep();
    await this.quietSteps();
    return this.checks.finish(this.byId.values(), this.term);
  }

  private addMember(member: string, role: Person['role'], windows: number): void {
    const scopes = role === 'controller' ? ['prompt' as const, 'interrupt' as const] : [];
    const since = 0;
    this.people.set(member, {
      member,
      key: 'k',
      name: member,
      device: 'd',
      role,
      scopes,
      since,
      present: true,
    });
    for (let i = 0; i < windows; i += 1) this.windows.push(createWindow(member, i));
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  private pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  // ---- the host -------------------------------------------------------------------------------

  /** Starts a host on what the disk holds; its term is new. */
  private boot(): void {
    this.term += 1;
    const host = { isDead: false };
    const journal = this.hostJournal(host);
    const control = createLease({ clock: this.clock, journal }, this.mutation);
    const options: CommandGateOptions = {
      journal,
      control,
      agent: CLAUDE_RULES,
      clock: this.mutation === 'local-clock' ? this.sendersClock() : this.clock,
      term: this.term,
      person: (member) => this.people.get(member),
      handlers: playedHandlers((accepted) => this.execute(host, control, accepted)),
      acknowledge: (_member, ack) => {
        if (host.isDead) return;
        this.channel.set(ack.id, ack);
        this.post({ to: 'ack', ack });
      },
    };
    const gate = new CommandGate(options);
    control.onDidChange((state) => {
      this.checks.granted(state);
      this.publish();
    });
    this.host = Object.assign(host, { gate, control });
    gate.resume();
    this.publish();
  }

  /** The end of a process: nothing of it reaches disk, network or session any more. */
  private crash(): void {
    if (this.host === undefined) return;
    this.host.isDead = true;
    this.host.gate.dispose();
    this.host.control.dispose();
    this.host = undefined;
  }

  /** The disk as one process sees it: it may crash right before or after a write. */
  private hostJournal(host: { isDead: boolean }): ControlJournal {
    const { disk, mutation } = this;
    const guarded = (write: () => void): void => {
      if (host.isDead) throw new Crash();
      if (!this.isQuiet && this.chance(0.002)) this.dieInMidCall();
      if (host.isDead) throw new Crash();
      write();
      if (!this.isQuiet && this.chance(0.002)) this.dieInMidCall();
      if (host.isDead) throw new Crash();
    };
    const memory = mutation === 'no-journal' ? createControlJournal() : disk;
    const isDeduped = mutation !== 'no-dedupe';
    return {
      highWater: (member, boot) => (isDeduped ? memory.highWater(member, boot) : 0),
      acceptCommand: (row) => guarded(() => memory.acceptCommand(row)),
      settleCommand: (row, ack) => guarded(() => memory.settleCommand(row, ack)),
      findResult: (member, id) => (isDeduped ? memory.findResult(member, id) : undefined),
      unsettled: () => memory.unsettled(),
      fence: () => disk.fence(),
      saveFence: (fence) => guarded(() => disk.saveFence(fence)),
    };
  }

  private dieInMidCall(): void {
    this.crash();
  }

  /** Ground truth: what happens to the session, checked at the moment it happens. */
  private async execute(
    host: { isDead: boolean },
    control: ControlLease,
    accepted: AcceptedCommand,
  ): Promise<undefined> {
    if (host.isDead) throw new Crash();
    if (this.mutation === 'ack-first') {
      this.post({ to: 'ack', ack: { id: accepted.id, status: 'done' } });
      if (!this.isQuiet && this.chance(0.02)) this.crash();
      if (host.isDead) throw new Crash();
    }
    this.checks.executed(this.byId.get(accepted.id), accepted, control.state, this.clock.now());
    const person = (member: string) => this.people.get(member);
    const handlers = controlHandlers({ control, person, newestWindow: () => undefined });
    if (Object.hasOwn(handlers, accepted.kind)) await carryOut(handlers, accepted);
    if (this.chance(0.3)) await this.delay(Math.floor(this.random() * 4000));
    return undefined;
  }

  private delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }

  /** A clock that believes what senders believe. */
  private sendersClock(): Clock {
    return { ...this.clock, now: () => this.clock.now() - 600_000 };
  }

  // ---- the network ----------------------------------------------------------------------------

  private post(message: Message): void {
    if (this.isQuiet) {
      this.network.push({ at: this.clock.monotonic(), message });
      return;
    }
    for (let copies = this.chance(0.15) ? 2 : 1; copies > 0; copies -= 1) {
      if (this.chance(0.1)) continue;
      const delayMs = this.random() * (this.chance(0.05) ? 30_000 : 3_000);
      this.network.push({ at: this.clock.monotonic() + delayMs, message });
    }
  }

  private publish(): void {
    if (this.host === undefined) return;
    const { state } = this.host.control;
    for (const window of this.windows) {
      this.post({ to: 'state', window, term: this.term, control: state });
      for (const { command } of window.outbox) {
        const ack = this.channel.get(command.id);
        if (ack) this.post({ to: 'ack', ack });
      }
    }
  }

  private deliver(): void {
    const due = this.network.filter(({ at }) => at <= this.clock.monotonic());
    this.network = this.network.filter(({ at }) => at > this.clock.monotonic());
    for (const { message } of due.sort((a, b) => a.at - b.at)) this.handle(message);
  }

  private handle(message: Message): void {
    switch (message.to) {
      case 'host':
        return this.onHost(() => this.host?.gate.receive(message.from, message.sent.command));
      case 'renew':
        return this.onHost(() => void this.host?.control.renew(refOf(message.from), message.fence));
      case 'state':
        return this.onState(message.window, message.term, message.control);
      case 'ack':
        return this.onAck(message.ack);
    }
  }

  private onHost(call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }

  // ---- the guests -----------------------------------------------------------------------------

  private onState(window: GuestWindow, term: number, control: Focus): void {
    if (!window.isUp || term < window.knownTerm) return;
    if (term > window.knownTerm) this.newBoot(window, term);
    if (window.seen && control.fence < window.seen.fence) return;
    window.seen = control;
    const holds =
      control.holder?.member === window.member && control.holder.window === window.window;
    if (holds) window.lastFence = control.fence;
    if (holds && this.isAsking) window.heldInEnd = true;
  }

  /** A new term: what is open is sealed again, with the same ids and new counters. */
  private newBoot(window: GuestWindow, term: number): void {
    window.knownTerm = term;
    window.boot = `${window.window}-${term}`;
    window.cseq = 0;
    window.seen = undefined;
    window.outbox = window.outbox.map((sent) => {
      const isOrdered = sent.command.cseq !== undefined;
      if (isOrdered) window.cseq += 1;
      const command = { ...sent.command, term, ...(isOrdered && { cseq: window.cseq }) };
      const again = { ...sent, command };
      this.byId.set(command.id, again);
      return again;
    });
  }

  private onAck(ack: Ack): void {
    const sent = this.byId.get(ack.id);
    const isFinal = ack.status === 'done' || ack.status === 'rejected' || ack.status === 'unknown';
    if (sent && ack.code === 'gap') this.closeGap(sent, ack.expected ?? 0);
    if (sent === undefined || !isFinal || ack.code === 'stale-term') return;
    this.checks.answered(ack);
    sent.window.outbox = sent.window.outbox.filter((open) => open.command.id !== ack.id);
  }

  /** Answered by an earlier host, so never sent under this boot: its counter is void. */
  private closeGap({ window, command }: Sent, expected: number): void {
    const isOpen = window.outbox.some((open) => open.command.cseq === expected);
    if (isOpen || window.knownTerm !== command.term) return;
    this.ids += 1;
    const id = idOf(this.ids);
    const voided = { ...command, id, cseq: expected, notAfter: 0 };
    const sent = { command: voided, window, deadline: 0 };
    this.byId.set(id, sent);
    window.outbox.push(sent);
  }

  private make(window: GuestWindow, kind: string, fence: number | undefined): void {
    const isOrdered = kind !== 'interrupt' && kind !== 'focus-release';
    if (window.outbox.length >= 6 || window.knownTerm === 0) return;
    this.ids += 1;
    if (isOrdered) window.cseq += 1;
    const deadline = this.clock.now() + 40_000;
    const command: Command = {
      id: idOf(this.ids),
      ...(isOrdered && { cseq: window.cseq }),
      ...(fence !== undefined && { fence }),
      term: window.knownTerm,
      kind,
      args: kind === 'prompt' ? { text: 'x' } : {},
      notAfter: deadline,
    };
    const sent = { command, window, deadline };
    this.byId.set(command.id, sent);
    window.outbox.push(sent);
  }

  private guestStep(window: GuestWindow): void {
    const holder = window.seen?.holder;
    const holds = holder?.window === window.window && holder.member === window.member;
    if (holds && this.chance(0.4)) this.make(window, 'prompt', window.seen?.fence);
    if (holds && this.chance(0.03)) this.make(window, 'focus-release', undefined);
    if (!holds && this.chance(0.05)) this.make(window, 'focus-request', undefined);
    if (!holds && this.chance(0.04)) this.make(window, 'prompt', window.lastFence);
    if (this.chance(0.02)) this.make(window, 'interrupt', undefined);
    if (window.member === 'own' && this.chance(0.01)) this.make(window, 'focus-take', undefined);
    const isGuesser = window.member === 'cyd' || window.member === 'vic';
    if (isGuesser && this.chance(0.08)) {
      this.make(window, 'prompt', Math.floor(this.random() * (this.disk.fence() + 2)));
    }
    if (holds && window.seen && this.chance(0.3)) {
      this.post({ to: 'renew', from: sourceOf(window), fence: window.seen.fence });
    }
    this.pushOutbox(window, 0.4);
  }

  /** At least once: everything open is sent again and again until it is answered. */
  private pushOutbox(window: GuestWindow, probability: number): void {
    for (const sent of window.outbox) {
      if (this.chance(probability)) this.post({ to: 'host', sent, from: sourceOf(window) });
    }
  }

  private async wildStep(): Promise<void> {
    this.clockStep();
    if (this.chance(0.003)) this.crash();
    else if (this.host === undefined && this.chance(0.15)) this.boot();
    if (this.chance(0.004)) this.network = this.network.filter(() => this.chance(0.4));
    const window = this.pick(this.windows);
    if (window) {
      if (this.chance(0.01)) window.isUp = !window.isUp;
      if (window.isUp) this.guestStep(window);
    }
    if (this.chance(0.1)) this.publish();
    await this.settle();
  }

  private clockStep(): void {
    this.onHost(() => this.clock.advance(STEP_MS));
  }

  private async settle(): Promise<void> {
    this.deliver();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** No faults any more: all answered, and everybody who may and asks gets control. */
  private async quietSteps(): Promise<void> {
    this.isQuiet = true;
    if (this.host === undefined) this.boot();
    for (const window of this.windows) window.isUp = true;
    this.publish();
    for (let i = 0; i < QUIET_STEPS; i += 1) {
      this.isAsking = i < QUIET_STEPS - 200;
      this.clockStep();
      for (const window of this.windows) {
        const { holder, fence } = window.seen ?? {};
        const holds = holder?.window === window.window && holder.member === window.member;
        if (holds && fence !== undefined) this.post({ to: 'renew', from: sourceOf(window), fence });
        else if (this.isAsking && window.isFirst && i % window.asksEvery === 0)
          this.make(window, 'focus-request', undefined);
        this.pushOutbox(window, 1);
      }
      if (i % 4 === 0) this.publish();
      await this.settle();
    }
    for (const member of ['own', 'ben', 'cyd']) {
      const hasHeld = this.windows.some((window) => window.member === member && window.heldInEnd);
      if (!hasHeld) this.checks.report(`M9 ${member} asks and never gets control`);
    }
  }
}
