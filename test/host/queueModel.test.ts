// The queue against a model: three people send, edit, cancel, reorder, stop and pass control on, in any order.
import { setImmediate as breath } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Emitter } from '../../src/base/emitter.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { hostedCommands } from '../../src/host/session/hostedCommands.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import { QueueWatch } from '../../src/host/queue/queueWatch.ts';
import type { CommandArgs, CommandKind } from '../../src/protocol/commandTable.ts';
import type { Focus, Person } from '../../src/protocol/state.ts';
import { type AcceptedCommand, carryOut } from '../../src/session/control/commandHandlers.ts';
import { createRandom } from '../probes/seededRandom.ts';
import type { FakeChild } from './scriptedAgent.ts';
import { NO_ATTACHMENTS, SessionsRig } from './sessionsRig.ts';

const SEQUENCES = Number(process.env['TWINHELM_ROUNDS'] ?? 20);
const SEED = Number(process.env['TWINHELM_SEED'] ?? 20_261_127);
const STEPS = 25;
/** Turns of the loop within which what follows from a step has happened. */
const BREATHS = 500;

const person = (member: string, role: Person['role']): Person => ({
  ...{ member, key: member, name: member, device: 'd', role, since: 0, present: true },
  scopes: ['prompt', 'interrupt'],
});
const PEOPLE = [person('ada', 'owner'), person('bo', 'controller'), person('cy', 'controller')];

interface Waiting {
  readonly id: string;
  readonly author: string;
  text: string;
  held: boolean;
}

/** What is to be true. */
class Model {
  waiting: Waiting[] = [];
  isHeld = false;
  isWorking = false;
  /** Texts as the agent got them. */
  readonly run: string[] = [];

  next(): void {
    if (this.isWorking || this.isHeld) return;
    const at = this.waiting.findIndex(({ held }) => !held);
    const [prompt] = at < 0 ? [] : this.waiting.splice(at, 1);
    if (prompt === undefined) return;
    this.run.push(prompt.text);
    this.isWorking = true;
  }

  settle(): void {
    if (this.waiting.length === 0) this.isHeld = false;
  }
}

let rig: SessionsRig;
beforeAll(async () => {
  rig = await SessionsRig.create();
});
afterAll(() => rig.close());

class Play {
  readonly model = new Model();
  readonly steps: string[] = [];
  private readonly session: OpenSession;
  private readonly child: FakeChild;
  private readonly random: () => number;
  private readonly control: Focus = { fence: 0, queue: [] };
  private readonly changed = new Emitter<void>();
  private readonly watch: QueueWatch;
  private lastHolder: string | undefined;
  private count = 0;

  constructor(session: OpenSession, child: FakeChild, random: () => number) {
    this.session = session;
    this.child = child;
    this.random = random;
    child.works = true;
    // The room of this session has no members: who is in is what this play says.
    session.checkQueue = () => this.watch.look();
    child.interrupt = async () => this.end();
    child.emit({ kind: 'status', status: 'idle' });
    this.watch = new QueueWatch({
      room: { people: PEOPLE, control: this.control, onDidChange: this.changed.event },
      target: () => session.driver?.target,
      clock: systemClock,
      log: silentLogger,
    });
  }

  dispose(): void {
    this.watch.dispose();
  }

  async step(): Promise<void> {
    const { model } = this;
    const who = this.pick(PEOPLE);
    const some = this.pick(model.waiting);
    const isOwn = some !== undefined && (who.role === 'owner' || some.author === who.member);
    const kinds = [
      'send',
      'send',
      'send',
      'now',
      'edit',
      'cancel',
      'move',
      'stop',
      'go',
      'end',
      'end',
      'pass',
      'release',
      'clear',
    ] as const;
    const kind = this.pick(kinds);
    this.steps.push(`${kind} ${who.member} ${some?.text ?? ''}`);
    switch (kind) {
      case 'send':
      case 'now': {
        const text = `p${(this.count += 1)}`;
        const id = crypto.randomUUID();
        const isNow = kind === 'now';
        if (isNow) {
          model.run.push(text);
          model.isWorking = true;
        } else model.waiting.push({ id, author: who.member, text, held: false });
        model.next();
        return this.run('prompt', { text, ...(isNow ? { now: true } : {}) }, who, id);
      }
      case 'edit': {
        if (some === undefined || !isOwn) return undefined;
        some.text += 'x';
        return this.run('edit-queued', { promptId: some.id, text: some.text }, who);
      }
      case 'cancel': {
        if (some === undefined || !isOwn) return undefined;
        model.waiting = model.waiting.filter((one) => one !== some);
        model.settle();
        return this.run('cancel-queued', { promptId: some.id }, who);
      }
      case 'move': {
        const before = this.pick(model.waiting);
        if (some === undefined || before === undefined) return undefined;
        if (before !== some) {
          model.waiting = model.waiting.filter((one) => one !== some);
          model.waiting.splice(model.waiting.indexOf(before), 0, some);
        }
        return this.run('move-queued', { promptId: some.id, before: before.id }, who);
      }
      case 'stop':
        if (model.waiting.length > 0) model.isHeld = true;
        model.isWorking = false;
        model.next();
        return this.run('interrupt', {}, who);
      case 'go':
        model.isHeld = false;
        model.next();
        return this.run('resume-queue', {}, who);
      case 'end':
        model.isWorking = false;
        model.next();
        return this.end();
      case 'pass':
        if (who.member !== this.lastHolder) {
          for (const one of model.waiting) if (one.author !== who.member) one.held = true;
        }
        this.lastHolder = who.member;
        this.control.holder = { member: who.member, window: 'w', since: 0 };
        return this.changed.fire();
      case 'release': {
        if (some?.held !== true) return undefined;
        some.held = false;
        model.next();
        return this.run('release-queued', { promptId: some.id }, who);
      }
      case 'clear':
        model.waiting = model.waiting.filter(
          ({ author }) => who.role !== 'owner' && author !== who.member,
        );
        model.settle();
        return this.run('clear-queue', {}, who);
    }
  }

  /** What the host has, once it is what the model has, or will not be any more. */
  async agrees(): Promise<void> {
    const { model } = this;
    const wanted = {
      run: model.run,
      waiting: model.waiting.map(({ text, held }) => [text, held]),
      isHeld: model.isHeld,
    };
    let found = this.found();
    for (let n = 0; n < BREATHS && JSON.stringify(found) !== JSON.stringify(wanted); n += 1) {
      // oxlint-disable-next-line no-await-in-loop -- until it is so
      await breath();
      found = this.found();
    }
    expect(found, this.steps.join(' · ')).toEqual(wanted);
  }

  private found() {
    const { recorder } = this.session;
    return {
      run: this.child.prompts,
      waiting: recorder.prompts.queue().map(({ text, held }) => [text, held === true]),
      isHeld: recorder.stored.queueHold !== undefined,
    };
  }

  private end(): void {
    this.child.emit({ kind: 'status', status: 'idle' });
  }

  private async run<K extends CommandKind>(
    kind: K,
    args: CommandArgs<K>,
    who: Person,
    id: string = crypto.randomUUID(),
  ): Promise<void> {
    const { target } = this.session.driver ?? {};
    if (target === undefined) throw new Error('no agent');
    const command = { kind, args, member: who.member, window: 'w', id, person: who };
    // Kind and arguments belong together by their type parameter, which a union does not follow.
    const { handlers } = hostedCommands(() => target, NO_ATTACHMENTS);
    await carryOut(handlers, command as unknown as AcceptedCommand);
  }

  private pick<T>(from: readonly T[]): T {
    // Of an empty list nothing is taken: who picks from one looks for that.
    return from[Math.floor(this.random() * from.length)] as T;
  }
}

it(`${SEQUENCES} sequences of ${STEPS} steps by three people: the queue is what the model says (seed ${SEED})`, async () => {
  for (let n = 0; n < SEQUENCES; n += 1) {
    const session = await rig.start();
    const child = rig.agent.alive.at(-1);
    if (child === undefined) throw new Error('no agent');
    const play = new Play(session, child, createRandom(SEED + n));
    for (let step = 0; step < STEPS; step += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await play.step();
      await play.agrees();
    }
    play.dispose();
    await rig.sessions.end(session.id);
  }
}, 600_000);
