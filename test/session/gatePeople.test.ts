// Who sends a command, and whether they have control.
import { describe, expect, it } from 'vitest';
import { newId, person, settled, setUp } from './gateRig.ts';

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
    const { control, send, ran, answerTo } = setUp();
    control.request({ member: 'own', window: 'w' });
    const prompt = send('ben', 'prompt', { text: 'x' });
    await settled();
    expect(ran).toEqual([]);
    expect(answerTo(prompt)).toMatchObject({ status: 'rejected', code: 'no-control' });
    expect(answerTo(prompt)?.message).toContain('OWN has control');
  });

  it('[C11] a prompt whose fence somebody has overtaken is refused', async () => {
    const { control, send, answerTo } = setUp();
    control.request({ member: 'ben', window: 'ben-boot1' });
    control.take({ member: 'own', window: 'w' });
    control.release({ member: 'own', window: 'w' });
    const prompt = send('ben', 'prompt', { text: 'x' }, { fence: 1 });
    await settled();
    expect(answerTo(prompt)?.code).toBe('superseded');
  });

  it('[C11] a prompt runs under the fence of its window, and renews the lease', () => {
    const { clock, control, send, running } = setUp({ isSlow: true });
    control.request({ member: 'ben', window: 'ben-boot1' });
    clock.advance(14_000);
    send('ben', 'prompt', { text: 'x' }, { fence: 1 });
    expect(running[0]?.accepted).toMatchObject({ fence: 1, member: 'ben', window: 'ben-boot1' });
    clock.advance(14_000);
    expect(control.state.holder?.member).toBe('ben');
  });

  it('[C11] any accepted command of the holder renews the lease, reading does not', () => {
    const { clock, control, send } = setUp();
    control.request({ member: 'ben', window: 'ben-boot1' });
    clock.advance(14_000);
    send('ben', 'interrupt', {});
    clock.advance(14_000);
    expect(control.state.holder?.member).toBe('ben');
    send('ben', 'fetch', { what: 'models' });
    clock.advance(1_000);
    expect(control.state.holder).toBeUndefined();
  });

  it("[C12] a guest's answer leaves no rule behind, an owner's does", () => {
    const { send, running } = setUp({ isSlow: true });
    const rule = { remember: [0], place: 'user' };
    const args = { requestId: 'question', inputHash: 'h', behavior: 'allow', ...rule };
    send('ben', 'answer', args);
    send('own', 'answer', args);
    expect(running[0]?.accepted.args).not.toHaveProperty('remember');
    expect(running[0]?.accepted.args).not.toHaveProperty('place');
    expect(running[1]?.accepted.args).toMatchObject(rule);
  });

  it('[C12] a guest cancels a queued prompt of their own, not of another', async () => {
    const bens = newId();
    const { send, ran, answerTo, control } = setUp({
      promptAuthor: (id) => (id === bens ? 'ben' : 'own'),
    });
    const own = send('ben', 'prompt', { text: 'x' }, { id: bens });
    const cancel = send('ben', 'cancel-queued', { promptId: own.id });
    await settled();
    control.take({ member: 'own', window: 'w' });
    const foreign = send('ben', 'cancel-queued', { promptId: newId() });
    await settled();
    expect(ran).toContain(cancel.id);
    expect(answerTo(foreign)?.code).toBe('not-allowed');
  });
});
