// The sender's side of commands: numbered, answered, taken back out, void where the host misses one.
import { expect, test } from 'vitest';
import { randomBytes } from '../../src/crypto/keys.ts';
import { TIMES } from '../../src/protocol/limits.ts';
import { inOf, outOf } from '../../src/session/layout.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { makeOutbox } from './outboxRig.ts';

/** Lets everything that is ready happen. */
const tick = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('[C7] ordered commands are numbered from 1, others carry no number', async () => {
  const { outbox, setTerm, written } = await makeOutbox();
  outbox.add('prompt', { text: 'one' });
  outbox.add('interrupt', {});
  outbox.add('prompt', { text: 'two' });
  expect(outbox.items.map(({ status }) => status)).toEqual(['sending', 'sending', 'sending']);
  await setTerm(1);
  const commands = await waitUntil('all are written', async () => {
    const all = await written();
    return all.length === 3 ? all : undefined;
  });
  expect(commands.map(({ cseq }) => cseq)).toEqual([1, undefined, 2]);
  expect(commands.map(({ fence }) => fence)).toEqual([7, 7, 7]);
});

test('[X6] a final answer takes the command and itself out of the channel', async () => {
  const { outbox, doc, setTerm, answer } = await makeOutbox();
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'one' });
  await waitUntil('it is sent', () => outbox.get(id)?.status === 'sent');
  await answer({ id, status: 'done', result: { ran: true } });
  await waitUntil('it is done', () => outbox.get(id)?.status === 'done');
  expect(outbox.get(id)?.result).toEqual({ ran: true });
  expect([outOf(doc).length, inOf(doc).size]).toEqual([0, 0]);
});

test('[C3] under a new term the same id is sealed again, numbered from 1', async () => {
  const { outbox, setTerm, written } = await makeOutbox();
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'one' });
  await waitUntil('it is sent', () => outbox.get(id)?.status === 'sent');
  await setTerm(2);
  const again = await waitUntil('it is written for term 2', async () =>
    (await written()).find(({ term }) => term === 2),
  );
  expect(again).toMatchObject({ id, cseq: 1 });
  expect(await written()).toHaveLength(1);
});

test('[C8] a gap is filled once, however often its answer is read', async () => {
  const { outbox, setTerm, written, answer } = await makeOutbox();
  await setTerm(1);
  const first = outbox.add('prompt', { text: 'one' });
  await waitUntil('it is sent', () => outbox.get(first.id)?.status === 'sent');
  await answer({ id: first.id, status: 'received', code: 'gap', expected: 9 });
  await waitUntil('a void is written', async () => (await written()).length === 2);
  const second = outbox.add('interrupt', {});
  await waitUntil('another is sent', () => outbox.get(second.id)?.status === 'sent');
  await answer({ id: second.id, status: 'done' });
  await waitUntil('and done', () => outbox.get(second.id)?.status === 'done');
  const voids = (await written()).filter(({ notAfter }) => notAfter === 0);
  expect(voids).toMatchObject([{ cseq: 9 }]);
});

test('an answer that another than the host wrote is passed over', async () => {
  const { outbox, doc, setTerm } = await makeOutbox();
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'one' });
  await waitUntil('it is sent', () => outbox.get(id)?.status === 'sent');
  inOf(doc).set(id, randomBytes(400));
  const second = outbox.add('interrupt', {});
  await waitUntil('the next is sent', () => outbox.get(second.id)?.status === 'sent');
  expect(outbox.get(id)?.status).toBe('sent');
});

test('[C15] what nobody answers in time and the host says has not come is expired, with its text kept', async () => {
  const arrived = { counter: 0, at: Infinity };
  const { outbox, clock, doc, setTerm } = await makeOutbox({ arrived: () => arrived });
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'keep me' });
  await waitUntil('it is sent', () => outbox.get(id)?.status === 'sent');
  clock.advance(TIMES.commandMs + 2000);
  await waitUntil('it is expired', () => outbox.get(id)?.status === 'expired');
  expect(outbox.get(id)).toMatchObject({ args: { text: 'keep me' } });
  expect(outbox.get(id)?.message).toMatch(/text was kept/);
  expect(outOf(doc).length).toBe(0);
});

test('[C15] what a host that is heard does not answer may have run: its answer may be held back', async () => {
  let arrived = { counter: 1, at: Infinity };
  const { outbox, clock, setTerm } = await makeOutbox({ arrived: () => arrived });
  await setTerm(1);
  const first = outbox.add('prompt', { text: 'it came' });
  const second = outbox.add('prompt', { text: 'said before its time was over' });
  await waitUntil('both are sent', () => outbox.get(second.id)?.status === 'sent');
  arrived = { counter: 1, at: 0 };
  clock.advance(TIMES.commandMs + 2000);
  await tick();
  expect(outbox.items.map(({ status }) => status)).toEqual(['sent', 'sent']);
  clock.advance(30_000);
  await waitUntil('it is unknown', () => outbox.get(second.id)?.status === 'unknown');
  expect(outbox.get(first.id)?.message).toMatch(/may have run/);
});

test('a command of 1 MB is refused before anything is sent, with what to do', async () => {
  const { outbox, doc } = await makeOutbox();
  const title = 'x'.repeat(1024 * 1024);
  expect(() => outbox.add('rename', { title })).toThrow(/too long to send.*file/s);
  expect([outbox.items.length, outOf(doc).length]).toEqual([0, 0]);
});

test('a command that is not said to run later may run for a minute', async () => {
  const { outbox, clock, setTerm, written } = await makeOutbox();
  await setTerm(1);
  outbox.add('interrupt', {});
  const [command] = await waitUntil('it is written', async () => {
    const all = await written();
    return all.length > 0 ? all : undefined;
  });
  expect(command?.notAfter).toBe(clock.now() + 60_000);
});

test('64 commands may be unanswered; one more is refused before anything is sent', async () => {
  const { outbox } = await makeOutbox();
  for (let n = 0; n < 64; n += 1) outbox.add('interrupt', {});
  expect(() => outbox.add('interrupt', {})).toThrow(/64 commands.*still unanswered/s);
  expect(outbox.items).toHaveLength(64);
});

test('[C15] what was sent before the connection went is answered when it is back, never called expired', async () => {
  let isConnected = true;
  const { outbox, clock, setTerm, answer } = await makeOutbox({ canHear: () => isConnected });
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'it ran' });
  await waitUntil('it is sent', () => outbox.get(id)?.status === 'sent');
  isConnected = false;
  clock.advance(TIMES.commandMs * 3);
  await tick();
  expect(outbox.get(id)?.status).toBe('sent');
  // The answer is there with the connection; the next look must not come before it.
  const answering = answer({ id, status: 'done' });
  isConnected = true;
  await answering;
  clock.advance(1000);
  await waitUntil('it is settled', () => outbox.get(id)?.status !== 'sent');
  expect(outbox.get(id)?.status).toBe('done');
});

test('[C15] what was sent and can never be answered is unknown, what was not sent has not run', async () => {
  const { outbox, clock, setTerm } = await makeOutbox({ canHear: () => false });
  const never = outbox.add('prompt', { text: 'never sent' });
  clock.advance(TIMES.commandMs + 1000);
  await waitUntil('it is expired', () => outbox.get(never.id)?.status === 'expired');
  await setTerm(1);
  const lost = outbox.add('prompt', { text: 'lost' });
  await waitUntil('it is sent', () => outbox.get(lost.id)?.status === 'sent');
  clock.advance(TIMES.commandMs + 11 * 60_000);
  await waitUntil('it is unknown', () => outbox.get(lost.id)?.status === 'unknown');
  const [open, late] = [outbox.add('interrupt', {}), outbox.add('prompt', { text: 'late' })];
  await waitUntil('both are sent', () => outbox.get(late.id)?.status === 'sent');
  outbox.giveUp();
  expect(outbox.get(open.id)?.status).toBe('unknown');
  expect(outbox.get(late.id)?.message).toMatch(/may have run/);
});

test('[C15] what is given up in the very moment of its sealing is not sent', async () => {
  const { outbox, setTerm, written } = await makeOutbox();
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'back with its author' });
  const encrypt = globalThis.crypto.subtle.encrypt.bind(globalThis.crypto.subtle);
  globalThis.crypto.subtle.encrypt = async (algorithm, key, data) => {
    outbox.giveUp();
    return encrypt(algorithm, key, data);
  };
  try {
    await waitUntil('it is given up', () => outbox.get(id)?.status === 'expired');
  } finally {
    Reflect.deleteProperty(globalThis.crypto.subtle, 'encrypt');
  }
  const next = outbox.add('interrupt', {});
  await waitUntil('the next one is sent', () => outbox.get(next.id)?.status === 'sent');
  expect((await written()).map(({ kind }) => kind)).toEqual(['interrupt']);
});

test('[X6] a second answer, one to a void and one that comes too late do not stay in the channel', async () => {
  const { outbox, clock, doc, setTerm, written, answer } = await makeOutbox();
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'one' });
  await waitUntil('it is sent', () => outbox.get(id)?.status === 'sent');
  await answer({ id, status: 'received', code: 'gap', expected: 9 });
  const voided = await waitUntil('a void is written', async () =>
    (await written()).find(({ notAfter }) => notAfter === 0),
  );
  await answer({ id: voided.id, status: 'rejected', code: 'voided' });
  await answer({ id, status: 'done' });
  await waitUntil('it is done', () => outbox.get(id)?.status === 'done');
  outbox.forget(id);
  await answer({ id, status: 'done' });
  const late = outbox.add('interrupt', {});
  await waitUntil('the next is sent', () => outbox.get(late.id)?.status === 'sent');
  clock.advance(TIMES.commandMs + 1000);
  await waitUntil('it is expired', () => outbox.get(late.id)?.status === 'expired');
  await answer({ id: late.id, status: 'done' });
  await waitUntil('nothing is left', () => outOf(doc).length + inOf(doc).size === 0);
});
