// Many commands at the gate: order, gaps, and what waits for nothing.
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/protocol/limits.ts';
import { settled, setUp } from './gateRig.ts';

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

  it('[C7] another command under a counter that waits is refused at once, and the first keeps its place', async () => {
    const { gate, from, make, ran, answerTo } = setUp();
    const first = make('own', 'rename', { title: 'first' });
    const waits = make('own', 'rename', { title: 'waits' });
    const other = make('own', 'rename', { title: 'other' }, { cseq: 2 });
    gate.receive(from('own'), waits);
    gate.receive(from('own'), other);
    expect(answerTo(other)?.code).toBe('invalid');
    gate.receive(from('own'), first);
    await settled();
    expect(ran).toEqual([first.id, waits.id]);
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

  it('[C9] a kind without a counter waits for nothing and uses none up, also if its sender numbers it', async () => {
    const { send, ran, answerTo } = setUp();
    const numbered = send('ben', 'interrupt', {}, { cseq: 1 });
    const late = send('ben', 'interrupt', {}, { cseq: 9 });
    const first = send('ben', 'prompt', { text: 'x' }, { cseq: 1 });
    await settled();
    expect(ran).toEqual([numbered.id, late.id, first.id]);
    expect(answerTo(first)?.status).toBe('done');
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
