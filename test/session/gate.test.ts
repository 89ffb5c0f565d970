// The gate of commands, rule by rule.
import { describe, expect, it } from 'vitest';
import type { Ack, Command } from '../../src/protocol/command.ts';
import type { Json } from '../../src/protocol/json.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import type { Person, Role, Scope } from '../../src/protocol/state.ts';
import type { AcceptedCommand } from '../../src/session/commandCheck.ts';
import { alreadyAnswered } from '../../src/session/errors.ts';
import { FocusLease } from '../../src/session/focus.ts';
import { CommandGate } from '../../src/session/gate.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { type ControlJournal, createControlJournal } from './memoryRoomJournal.ts';

const TERM = 3;

function person(member: string, role: Role, scopes: readonly Scope[] = []): Person {
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
function newId(): string {
  lastId += 1;
  return `00000000-0000-4000-8000-${lastId.toString(16).padStart(12, '0')}`;
}

/** Lets everything that is ready happen. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Running {
  readonly accepted: AcceptedCommand;
  readonly finish: (result?: Json) => void;
  readonly fail: (error: Error) => void;
}

function setUp(options: { readonly journal?: ControlJournal; readonly isSlow?: boolean } = {}) {
  const clock = createFakeClock();
  const journal = options.journal ?? createControlJournal();
  const focus = new FocusLease({ clock, journal });
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
    focus,
    clock,
    term: TERM,
    person: (member) => people.get(member),
    request: (requestId) => (requestId === 'question' ? 'question' : 'permission'),
    execute: (accepted) => {
      ran.push(accepted.id);
      return new Promise<Json | undefined>((resolve, reject) => {
        const finish = (result?: Json): void => resolve(result);
        running.push({ accepted, finish, fail: reject });
        if (options.isSlow !== true) finish();
      });
    },
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
    focus,
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

describe('one command', () => {
  it('[C1] is journalled, then carried out, then answered', async () => {
    const steps: string[] = [];
    const inner = createControlJournal();
    const journal: ControlJournal = {
      ...inner,
      acceptCommand(row) {
        steps.push('journal');
        inner.acceptCommand(row);
      },
      settleCommand(row, ack) {
        steps.push(`settle ${ack.status}`);
        inner.settleCommand(row, ack);
      },
    };
    const { send, running, answersTo } = setUp({ journal, isSlow: true });
    const command = send('own', 'rename', { title: 'x' });
    expect(steps).toEqual(['journal']);
    expect(answersTo(command)).toEqual([]);
    running[0]?.finish({ ok: true });
    await settled();
    expect(steps).toEqual(['journal', 'settle done']);
    expect(answersTo(command)).toEqual([{ id: command.id, status: 'done', result: { ok: true } }]);
  });

  it('[C1] is not carried out if it cannot be journalled', async () => {
    const journal: ControlJournal = {
      ...createControlJournal(),
      acceptCommand: () => {
        throw new Error('disk full');
      },
    };
    const { send, ran, answerTo } = setUp({ journal });
    const command = send('own', 'rename', { title: 'x' });
    await settled();
    expect(ran).toEqual([]);
    expect(answerTo(command)).toMatchObject({ status: 'rejected', code: 'failed' });
  });

  it('[C2] runs once, however often it comes, and its answer comes again', async () => {
    const { gate, from, send, running, ran, answersTo } = setUp({ isSlow: true });
    const command = send('own', 'rename', { title: 'x' });
    gate.receive(from('own'), command);
    running[0]?.finish('first');
    await settled();
    gate.receive(from('own'), command);
    gate.receive(from('own', 'boot2'), { ...command, cseq: 1 });
    await settled();
    expect(ran).toEqual([command.id]);
    expect(answersTo(command).map((ack) => ack.result)).toEqual(['first', 'first', 'first']);
  });

  it('[C2] ids are per member: nobody takes the id of another', async () => {
    const { send, ran, answersTo } = setUp();
    const command = send('own', 'focus-request', {});
    send('ben', 'focus-request', {}, { id: command.id });
    await settled();
    expect(ran).toEqual([command.id, command.id]);
    expect(answersTo(command).map((ack) => ack.status)).toEqual(['done', 'done']);
  });

  it('[C3] of an earlier term is refused and may be sealed again with the same id', async () => {
    const { send, ran, answersTo } = setUp();
    const old = send('own', 'rename', { title: 'x' }, { term: TERM - 1, cseq: 9 });
    send('own', 'rename', { title: 'x' }, { id: old.id });
    await settled();
    expect(answersTo(old).map((ack) => ack.code ?? ack.status)).toEqual(['stale-term', 'done']);
    expect(ran).toEqual([old.id]);
  });

  it('[C4] does not run after its time, by the clock of the host', async () => {
    const { clock, send, ran, answerTo } = setUp();
    const late = send('own', 'rename', { title: 'x' }, { notAfter: clock.now() - 1 });
    const justInTime = send('own', 'rename', { title: 'x' }, { notAfter: clock.now() });
    await settled();
    expect(answerTo(late)).toMatchObject({ status: 'rejected', code: 'expired' });
    expect(ran).toEqual([justInTime.id]);
  });

  it('[C5] of an unknown kind is answered unsupported and keeps nothing waiting', async () => {
    const { send, answerTo, ran } = setUp();
    const unknown = send('own', 'teleport', { to: 'moon' });
    const next = send('own', 'rename', { title: 'x' });
    const inherited = send('own', 'toString', {});
    await settled();
    expect(answerTo(unknown)?.code).toBe('unsupported');
    expect(answerTo(inherited)?.code).toBe('unsupported');
    expect(ran).toEqual([next.id]);
  });

  it('[C5] with other arguments than its kind has is answered invalid', async () => {
    const { send, answerTo, ran } = setUp();
    const bad = send('own', 'rename', { title: 7 });
    const uncounted = send('own', 'rename', { title: 'x' }, { cseq: undefined });
    const next = send('own', 'rename', { title: 'x' });
    await settled();
    expect(answerTo(bad)?.code).toBe('invalid');
    expect(answerTo(uncounted)?.code).toBe('invalid');
    expect(ran).toEqual([next.id]);
  });

  it('[C6] that is refused by the one who executes it gives code and text', async () => {
    const { send, running, answerTo } = setUp({ isSlow: true });
    const command = send('own', 'answer', {
      requestId: 'r',
      inputHash: 'h',
      behavior: 'allow',
    });
    running[0]?.fail(alreadyAnswered('Ben'));
    await settled();
    expect(answerTo(command)).toMatchObject({ status: 'rejected', code: 'already-answered' });
    expect(answerTo(command)?.message).toContain('Ben');
  });

  it('[C6] that breaks is answered failed, without the inner text', async () => {
    const { send, running, answerTo } = setUp({ isSlow: true });
    const command = send('own', 'rename', { title: 'x' });
    running[0]?.fail(new Error('secret detail'));
    await settled();
    expect(answerTo(command)).toMatchObject({ status: 'rejected', code: 'failed' });
    expect(JSON.stringify(answerTo(command))).not.toContain('secret');
  });

  it('that takes long is announced as running', async () => {
    const { clock, send, running, answersTo } = setUp({ isSlow: true });
    const command = send('own', 'rename', { title: 'x' });
    clock.advance(1000);
    running[0]?.finish();
    await settled();
    clock.advance(1000);
    expect(answersTo(command).map((ack) => ack.status)).toEqual(['running', 'done']);
  });
});

describe('order', () => {
  it('[C7] ordered commands of a window run by their counter, one after the other', async () => {
    const { gate, from, make, running, ran } = setUp({ isSlow: true });
    const [one, two, three] = [1, 2, 3].map((n) => make('own', 'rename', { title: `${n}` }));
    if (!one || !two || !three) throw new Error('three commands');
    for (const command of [three, two, one]) gate.receive(from('own'), command);
    expect(ran).toEqual([one.id]);
    running[0]?.finish();
    await settled();
    expect(ran).toEqual([one.id, two.id]);
    running[1]?.fail(new Error('no'));
    await settled();
    expect(ran).toEqual([one.id, two.id, three.id]);
  });

  it('[C7] a rejection consumes its counter', async () => {
    const { send, ran, answerTo, journal } = setUp();
    const refused = send('vic', 'prompt', { text: 'x' });
    const released = send('vic', 'prompt', { text: 'x' });
    await settled();
    expect(answerTo(refused)?.code).toBe('not-allowed');
    expect(answerTo(released)?.code).toBe('not-allowed');
    expect(ran).toEqual([]);
    expect(journal.highWater('vic', 'boot1')).toBe(2);
  });

  it('[C7] a counter is used once: another command under it is invalid', async () => {
    const { send, ran, answerTo } = setUp();
    const first = send('own', 'rename', { title: 'x' });
    const again = send('own', 'rename', { title: 'y' }, { cseq: 1 });
    await settled();
    expect(ran).toEqual([first.id]);
    expect(answerTo(again)?.code).toBe('invalid');
  });

  it('[C7] two windows of a member do not wait for each other', () => {
    const { gate, from, make, ran } = setUp({ isSlow: true });
    gate.receive(from('own', 'boot1'), make('own', 'rename', { title: 'x' }, { cseq: 1 }));
    gate.receive(from('own', 'boot2'), make('own', 'rename', { title: 'y' }, { cseq: 1 }));
    expect(ran).toHaveLength(2);
  });

  it('[C8] a gap is answered after 2 s with the counter that is missing, and heals', async () => {
    const { clock, gate, from, make, ran, answersTo } = setUp();
    const lost = make('own', 'rename', { title: 'lost' });
    const next = make('own', 'rename', { title: 'next' });
    gate.receive(from('own'), next);
    expect(answersTo(next)).toEqual([{ id: next.id, status: 'received' }]);
    clock.advance(1_999);
    expect(answersTo(next)).toHaveLength(1);
    clock.advance(1);
    expect(answersTo(next).at(-1)).toEqual({
      id: next.id,
      status: 'received',
      code: 'gap',
      expected: 1,
    });
    clock.advance(10_000);
    expect(answersTo(next)).toHaveLength(2);
    gate.receive(from('own'), lost);
    await settled();
    expect(ran).toEqual([lost.id, next.id]);
    expect(answersTo(next).at(-1)?.status).toBe('done');
    expect(clock.timers).toBe(1);
  });

  it('[C8] a sender voids what it does not want to send again', async () => {
    const { gate, from, make, ran, answerTo } = setUp();
    const lost = make('own', 'rename', { title: 'lost' });
    const next = make('own', 'rename', { title: 'next' });
    gate.receive(from('own'), next);
    gate.receive(from('own'), { ...lost, notAfter: 0 });
    await settled();
    expect(answerTo(lost)?.code).toBe('voided');
    expect(ran).toEqual([next.id]);
  });

  it('[C8] what expires behind a gap is answered, and its counter still counts later', async () => {
    const { clock, gate, from, make, ran, answerTo } = setUp();
    const lost = make('own', 'rename', { title: 'lost' }, { notAfter: clock.now() + 1e9 });
    const late = make('own', 'rename', { title: 'late' });
    const next = make('own', 'rename', { title: 'next' }, { notAfter: clock.now() + 1e9 });
    gate.receive(from('own'), late);
    gate.receive(from('own'), next);
    clock.advance(62_000);
    expect(answerTo(late)?.code).toBe('expired');
    gate.receive(from('own'), lost);
    await settled();
    expect(ran).toEqual([lost.id, next.id]);
  });

  it('[C8] a command that is known already fills its place under a new boot', async () => {
    const { gate, from, make, send, ran } = setUp();
    const done = send('own', 'rename', { title: 'x' });
    await settled();
    const next = make('own', 'rename', { title: 'y' }, { cseq: 2 });
    gate.receive(from('own', 'boot2'), next);
    gate.receive(from('own', 'boot2'), { ...done, cseq: 1 });
    await settled();
    expect(ran).toEqual([done.id, next.id]);
  });

  it('[C9] interrupt, release, fetch and leave wait for nothing', async () => {
    const { send, ran, running } = setUp({ isSlow: true });
    const slow = send('ben', 'prompt', { text: 'x' });
    const behind = send('ben', 'prompt', { text: 'y' });
    const behindGap = send('ben', 'prompt', { text: 'z' }, { cseq: 99 });
    const free = ['interrupt', 'focus-release', 'leave'].map((kind) => send('ben', kind, {}));
    free.push(send('ben', 'fetch', { what: 'models' }));
    expect(ran).toEqual([slow.id, ...free.map((command) => command.id)]);
    expect(ran).not.toContain(behindGap.id);
    running[0]?.finish();
    await settled();
    expect(ran).toContain(behind.id);
  });

  it('[C9] an interrupt runs once too: a replayed one does not end a later turn', async () => {
    const { gate, from, send, ran } = setUp();
    const interrupt = send('ben', 'interrupt', {});
    await settled();
    gate.receive(from('ben'), interrupt);
    await settled();
    expect(ran).toEqual([interrupt.id]);
  });

  it('[C9] a fetch is read again whenever it is asked, at most three at a time', async () => {
    const { gate, from, send, running, ran, answerTo, journal } = setUp({ isSlow: true });
    const fetches = [1, 2, 3, 4].map(() => send('vic', 'fetch', { what: 'models' }));
    expect(ran).toHaveLength(LIMITS.fetchesUnderWay);
    const [first, , , fourth] = fetches;
    if (!first || !fourth) throw new Error('four fetches');
    expect(answerTo(fourth)?.code).toBe('too-many');
    for (const one of running) one.finish('page');
    await settled();
    gate.receive(from('vic'), fourth);
    gate.receive(from('vic'), first);
    expect(ran.filter((id) => id === first.id)).toHaveLength(2);
    expect(journal.findResult('vic', first.id)).toBeUndefined();
  });

  it('at most 64 commands of one member wait', () => {
    const { send, answerTo } = setUp();
    const waiting = Array.from({ length: 64 }, (_, i) =>
      send('own', 'rename', { title: 'x' }, { cseq: i + 2 }),
    );
    const over = send('own', 'rename', { title: 'x' }, { cseq: 66 });
    expect(waiting.every((command) => answerTo(command)?.status === 'received')).toBe(true);
    expect(answerTo(over)?.code).toBe('too-many');
  });
});

describe('people and control', () => {
  it('[C10] strangers, and members whose time is over, get nothing and leave no trace', async () => {
    const { people, clock, send, ran, answerTo, journal } = setUp();
    people.set('ben', { ...person('ben', 'controller', ['prompt']), notAfter: clock.now() - 1 });
    const stranger = send('eve', 'fetch', { what: 'models' });
    const over = send('ben', 'prompt', { text: 'x' });
    await settled();
    expect(answerTo(stranger)?.code).toBe('not-member');
    expect(answerTo(over)?.code).toBe('not-member');
    expect(ran).toEqual([]);
    expect(journal.findResult('ben', over.id)).toBeUndefined();
  });

  it('[C10] rights count when a command begins, not when it came', async () => {
    const { people, send, running, ran, answerTo } = setUp({ isSlow: true });
    send('ben', 'prompt', { text: 'x' });
    const second = send('ben', 'prompt', { text: 'y' });
    people.set('ben', person('ben', 'viewer'));
    running[0]?.finish();
    await settled();
    expect(ran).toHaveLength(1);
    expect(answerTo(second)?.code).toBe('not-allowed');
  });

  it("[C10] an answer that is known stays the answer when its sender's role is lost", async () => {
    const { gate, from, people, send, answersTo } = setUp();
    const prompt = send('ben', 'prompt', { text: 'x' });
    await settled();
    people.set('ben', person('ben', 'viewer'));
    gate.receive(from('ben'), prompt);
    expect(answersTo(prompt).map((ack) => ack.status)).toEqual(['done', 'done']);
  });

  it('[C11] a prompt without control is refused with the name of who has it', async () => {
    const { focus, send, ran, answerTo } = setUp();
    focus.request({ member: 'own', window: 'w' });
    const prompt = send('ben', 'prompt', { text: 'x' });
    await settled();
    expect(ran).toEqual([]);
    expect(answerTo(prompt)).toMatchObject({ status: 'rejected', code: 'no-control' });
    expect(answerTo(prompt)?.message).toContain('OWN has control');
  });

  it('[C11] a prompt whose fence somebody has overtaken is refused', async () => {
    const { focus, send, answerTo } = setUp();
    focus.request({ member: 'ben', window: 'ben-boot1' });
    focus.take({ member: 'own', window: 'w' });
    focus.release({ member: 'own', window: 'w' });
    const prompt = send('ben', 'prompt', { text: 'x' }, { fence: 1 });
    await settled();
    expect(answerTo(prompt)?.code).toBe('superseded');
  });

  it('[C11] a prompt runs under the fence of its window, and renews the lease', () => {
    const { clock, focus, send, running } = setUp({ isSlow: true });
    focus.request({ member: 'ben', window: 'ben-boot1' });
    clock.advance(14_000);
    send('ben', 'prompt', { text: 'x' }, { fence: 1 });
    expect(running[0]?.accepted).toMatchObject({ fence: 1, member: 'ben', window: 'ben-boot1' });
    clock.advance(14_000);
    expect(focus.state.holder?.member).toBe('ben');
  });

  it('[C11] any accepted command of the holder renews the lease, reading does not', () => {
    const { clock, focus, send } = setUp();
    focus.request({ member: 'ben', window: 'ben-boot1' });
    clock.advance(14_000);
    send('ben', 'interrupt', {});
    clock.advance(14_000);
    expect(focus.state.holder?.member).toBe('ben');
    send('ben', 'fetch', { what: 'models' });
    clock.advance(1_000);
    expect(focus.state.holder).toBeUndefined();
  });

  it("[C12] a guest's answer leaves no rule behind, an owner's does", () => {
    const { send, running } = setUp({ isSlow: true });
    const args = { requestId: 'question', inputHash: 'h', behavior: 'allow', remember: [0] };
    send('ben', 'answer', args);
    send('own', 'answer', args);
    expect(running[0]?.accepted.args).not.toHaveProperty('remember');
    expect(running[1]?.accepted.args).toHaveProperty('remember');
  });

  it('[C12] a guest cancels a queued prompt of their own, not of another', async () => {
    const { send, ran, answerTo } = setUp();
    const own = send('ben', 'prompt', { text: 'x' });
    const cancel = send('ben', 'cancel-queued', { promptId: own.id });
    const foreign = send('ben', 'cancel-queued', { promptId: newId() });
    await settled();
    expect(ran).toContain(cancel.id);
    expect(answerTo(foreign)?.code).toBe('not-allowed');
  });
});

describe('the end of a host', () => {
  it('[C13] what was accepted and never settled is unknown after a restart, and never runs again', async () => {
    const first = setUp({ isSlow: true });
    const prompt = first.send('ben', 'prompt', { text: 'x' });
    first.gate.dispose();
    const second = setUp({ journal: first.journal });
    second.gate.resume();
    expect(second.answerTo(prompt)).toMatchObject({ status: 'unknown' });
    second.gate.receive(second.from('ben', 'boot2'), prompt);
    second.gate.receive(second.from('ben', 'boot3'), { ...prompt, term: TERM, cseq: 1 });
    await settled();
    expect(second.ran).toEqual([]);
    expect(second.answersTo(prompt).map((ack) => ack.status)).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  it('[C13] even before resume it does not run again', async () => {
    const first = setUp({ isSlow: true });
    const prompt = first.send('ben', 'prompt', { text: 'x' });
    const second = setUp({ journal: first.journal });
    second.gate.receive(second.from('ben'), prompt);
    await settled();
    expect(second.ran).toEqual([]);
    expect(second.answerTo(prompt)?.status).toBe('unknown');
  });

  it('[C14] close takes nothing more and waits for what runs', async () => {
    const { gate, send, running, ran, answerTo } = setUp({ isSlow: true });
    const last = send('own', 'rename', { title: 'x' });
    send('own', 'rename', { title: 'y' });
    const closed = gate.close();
    send('own', 'interrupt', {});
    running[0]?.finish();
    await closed;
    expect(answerTo(last)?.status).toBe('done');
    expect(ran).toEqual([last.id]);
  });
});
