// [P2] What others change in a room's main document is put right, ever more slowly if they keep at it.
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { DisposableStore } from '../../src/base/disposable.ts';
import { silentLogger } from '../../src/base/log.ts';
import { generateSigningPair, newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import { cardOf, readCard, readChunks, tailOf } from '../../src/session/layout.ts';
import { TailDocument } from '../../src/session/tailDocument.ts';
import { DocumentRepair } from '../../src/sync/host/documentRepair.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

let disposables = new DisposableStore();
afterEach(() => {
  disposables.dispose();
  disposables = new DisposableStore();
});

/** The document of a host with three entries, and the copy of somebody who may write it. */
async function repairedRoom() {
  const doc = new Y.Doc();
  const tail = new TailDocument(doc);
  const clock = createFakeClock();
  const host = { term: 1, pair: await generateSigningPair(), boot: newBootOf(1) };
  disposables.add(new DocumentRepair({ doc, tail, room: 'room', host, clock, log: silentLogger }));
  tail.setCard(randomBytes(200));
  tail.apply({ log: [randomBytes(90), randomBytes(91), randomBytes(92)], state: randomBytes(50) });
  const stranger = new Y.Doc();
  for (const [from, to] of [
    [doc, stranger],
    [stranger, doc],
  ] as const) {
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from), 'relay');
    from.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'relay') Y.applyUpdate(to, update, 'relay');
    });
  }
  const shown = (from: Y.Doc): string =>
    JSON.stringify([readCard(from), readChunks(from), tailOf(from).length]);
  return { doc, tail, clock, stranger, shown };
}

test('[P2] what others write is taken out, in their copy too', async () => {
  const { doc, clock, stranger, shown } = await repairedRoom();
  const before = shown(doc);
  const chunk = new Y.Map<unknown>();
  tailOf(stranger).push([chunk, 'junk']);
  chunk.set('log', Y.Array.from([randomBytes(90)]));
  cardOf(stranger).set('card', randomBytes(200));
  expect(shown(doc)).not.toBe(before);
  clock.advance(100);
  await waitUntil('it was put right', () => shown(doc) === before);
  expect(shown(stranger)).toBe(before);
});

test('[P2] what others delete is put back, the state and the card too', async () => {
  const { doc, clock, stranger, shown } = await repairedRoom();
  const before = shown(doc);
  tailOf(stranger).delete(0, tailOf(stranger).length);
  cardOf(stranger).delete('card');
  expect(readChunks(doc)).toEqual([]);
  clock.advance(100);
  await waitUntil('it was put back', () => shown(doc) === before);
  expect(shown(stranger)).toBe(before);
});

test('[P2] what the host itself writes is not looked at again', async () => {
  const { tail, clock } = await repairedRoom();
  tail.apply({ log: [randomBytes(93)] });
  expect(clock.timers).toBe(0);
});

test('[P2] who keeps at it is put right ever more slowly, at last every ten seconds, and at once again after a rest', async () => {
  const { doc, clock, stranger, shown } = await repairedRoom();
  const before = shown(doc);
  const pauseUntilRepair = async (): Promise<number> => {
    tailOf(stranger).push(['junk']);
    const start = clock.monotonic();
    while (clock.timers > 0) clock.advance(1);
    await waitUntil('it was put right', () => shown(doc) === before);
    return clock.monotonic() - start;
  };
  const pauses: number[] = [];
  while (pauses.length < 9) pauses.push(await pauseUntilRepair());
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  clock.advance(20_001);
  expect(await pauseUntilRepair()).toBe(100);
});

test('[P2] many changes in one pause are put right together', async () => {
  const { doc, clock, stranger, shown } = await repairedRoom();
  const before = shown(doc);
  let repairs = 0;
  doc.on('update', (_update: Uint8Array, origin: unknown) => {
    if (origin instanceof TailDocument) repairs += 1;
  });
  for (let n = 0; n < 50; n += 1) tailOf(stranger).push(['junk']);
  expect(clock.timers).toBe(1);
  clock.advance(100);
  await waitUntil('it was put right', () => shown(doc) === before);
  expect(repairs).toBe(1);
});
