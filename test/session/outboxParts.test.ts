// [I1] Commands whose parts go before them, in an outbox whose relay answers by hand.
import { expect, test } from 'vitest';
import type { PartCarrier } from '../../src/session/outboxOptions.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { makeOutbox } from './outboxRig.ts';

const PICTURE = { use: 'picture', bytes: new Uint8Array(3) } as const;
const ATTACHED = { id: 'a'.repeat(26), use: 'picture', bytes: 3, sha256: 'h'.repeat(43) } as const;

/** A carrier whose relay takes everything when told to; what it was told to drop. */
function heldCarrier() {
  const dropped: unknown[] = [];
  let take = (): void => undefined;
  const carrier: PartCarrier = {
    send: (_outgoing, _term, { onProgress }) =>
      new Promise((resolve) => {
        take = () => {
          onProgress(3);
          resolve([ATTACHED]);
        };
      }),
    drop: (attached) => void dropped.push(...attached),
  };
  return { carrier, dropped, take: () => take() };
}

test('[I1] a prompt waits for its parts, those behind it for the prompt, and other commands for nothing', async () => {
  const { carrier, take } = heldCarrier();
  const { outbox, setTerm, written } = await makeOutbox({ carrier });
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'first' }, [PICTURE]);
  outbox.add('prompt', { text: 'second' });
  outbox.add('interrupt', {});
  const kinds = async () => (await written()).map(({ kind }) => kind);
  await waitUntil('the other is written', async () => (await kinds()).length > 0);
  expect(await kinds()).toEqual(['interrupt']);
  expect(outbox.get(id)?.progress).toEqual({ sentBytes: 0, totalBytes: 3 });
  take();
  await waitUntil('all are written', async () => (await kinds()).length === 3);
  const [, first, second] = await written();
  expect([first?.args, second?.args]).toEqual([
    { text: 'first', attached: [ATTACHED] },
    { text: 'second' },
  ]);
  expect(outbox.get(id)?.progress).toBeUndefined();
});

test('[I1] what is taken back on its way is never sent, and what came to the relay goes', async () => {
  const { carrier, dropped, take } = heldCarrier();
  const { outbox, setTerm, written } = await makeOutbox({ carrier });
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'first' }, [PICTURE]);
  await waitUntil('it is on its way', () => outbox.get(id)?.progress);
  expect(outbox.cancel(id)).toBe(true);
  take();
  await waitUntil('its parts go', () => dropped.length > 0);
  expect([await written(), outbox.get(id)?.status]).toEqual([[], 'expired']);
  expect(outbox.cancel(id)).toBe(false);
});

test('[I3] what ended without being done leaves no parts', async () => {
  const { carrier, dropped, take } = heldCarrier();
  const { outbox, setTerm, written, answer } = await makeOutbox({ carrier });
  await setTerm(1);
  const { id } = outbox.add('prompt', { text: 'first' }, [PICTURE]);
  await waitUntil('it is on its way', () => outbox.get(id)?.progress);
  take();
  await waitUntil('it is written', async () => (await written()).length > 0);
  await answer({ id, status: 'rejected', code: 'no-control', message: 'no' });
  await waitUntil('its parts go', () => dropped.length > 0);
  expect(outbox.get(id)?.status).toBe('rejected');
});

test('[I2] a host that reads no parts is sent none, also if that is known only later', async () => {
  const { carrier } = heldCarrier();
  const known = { refuses: false };
  const { outbox, setTerm } = await makeOutbox({ carrier, refusesParts: () => known.refuses });
  const { id } = outbox.add('prompt', { text: 'x'.repeat(50_000) });
  known.refuses = true;
  await setTerm(1);
  await waitUntil('it ended', () => outbox.get(id)?.status === 'expired');
  expect(outbox.get(id)?.message).toMatch(/older/);
  expect(() => outbox.add('prompt', { text: '' }, [PICTURE])).toThrow(/Update/);
});
