// Publishing: an entry, the end of its live text and its state are one step; what fails is made good.
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Bytes } from '../../src/base/bytes.ts';
import { silentLogger } from '../../src/base/log.ts';
import { generateSigningPair, newBootOf, randomBytes } from '../../src/crypto/keys.ts';
import { readHeader, RecordSealer, type SealOptions } from '../../src/crypto/record.ts';
import { RECORD_TYPE } from '../../src/protocol/room.ts';
import { readChunks } from '../../src/session/layout.ts';
import { Publisher } from '../../src/session/publisher.ts';
import type { RoomState } from '../../src/protocol/state.ts';
import type { StoredRecord } from '../../src/session/roomJournal.ts';
import { TailDocument } from '../../src/session/tailDocument.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';

async function makePublisher(
  options: {
    readonly hasState?: boolean;
    readonly deflateRaw?: (bytes: Bytes) => Bytes;
  } = {},
) {
  const doc = new Y.Doc();
  const clock = createFakeClock();
  const journal: StoredRecord[] = [];
  const sealer = await RecordSealer.create({
    room: randomBytes(16),
    pair: await generateSigningPair(),
    boot: newBootOf(1),
    secretOf: () => new Uint8Array(32),
  });
  let failures = 0;
  const seal = sealer.seal.bind(sealer);
  sealer.seal = async (options: SealOptions) => {
    if (failures > 0 && options.type === RECORD_TYPE.log) {
      failures -= 1;
      throw new Error('planted');
    }
    return seal(options);
  };
  const publisher = new Publisher({
    tail: new TailDocument(doc),
    sealer: () => sealer,
    epoch: () => 1,
    newest: () => [...journal],
    deflateRaw: options.deflateRaw ?? ((bytes) => new Uint8Array(deflateRawSync(bytes))),
    // Its content is not looked at here, only that it was written.
    buildState: (asOf, first) =>
      options.hasState === true ? ({ asOf, first } as unknown as RoomState) : undefined,
    clock,
    log: silentLogger,
  });
  const add = (index: number): void => {
    const record = { index, hash: `h${index}`, text: `{"index":${index}}` };
    journal.push(record);
    publisher.publish([record], ['m/0']);
  };
  const shown = (): { log: number; live: number } => ({
    log: readChunks(doc).reduce((sum, { log }) => sum + log.length, 0),
    live: readChunks(doc).reduce((sum, { live }) => sum + live.length, 0),
  });
  return { publisher, doc, clock, add, shown, failNext: (count: number) => (failures = count) };
}

const piece = { messageId: 'm', block: 0, type: 'text', text: 'Hel' } as const;

test('[D1] no update shows the entry beside its live text, or neither', async () => {
  const { publisher, doc, add, shown } = await makePublisher();
  publisher.delta(piece);
  await publisher.settled();
  expect(shown()).toEqual({ log: 0, live: 1 });
  const seen: unknown[] = [];
  doc.on('update', () => seen.push(shown()));
  add(0);
  await publisher.settled();
  expect(seen).toEqual([{ log: 1, live: 0 }]);
});

test('a step that fails is made good from the journal, in order', async () => {
  const { publisher, clock, add, shown, failNext } = await makePublisher();
  add(0);
  await publisher.settled();
  failNext(1);
  add(1);
  await publisher.settled();
  expect(shown().log).toBe(1);
  add(2);
  await publisher.settled();
  // Entry 2 alone would stand there without the one that it follows.
  expect(shown().log).toBe(1);
  clock.advance(1500);
  await waitUntil('all three stand there', () => shown().log === 3);
});

test('[P4] what a step that failed did not write is not said to stand in the document', async () => {
  const { publisher, clock, add, failNext } = await makePublisher();
  add(0);
  await publisher.settled();
  expect(publisher.written.asOf.index).toBe(0);
  failNext(1);
  add(1);
  await publisher.settled();
  expect(publisher.written.asOf.index).toBe(0);
  clock.advance(2_000);
  await publisher.settled();
  expect(publisher.written.asOf.index).toBe(1);
});

test('[D1] live text whose end was in a step that failed is ended with it', async () => {
  const { publisher, clock, add, shown, failNext } = await makePublisher();
  publisher.delta(piece);
  await publisher.settled();
  failNext(1);
  add(0);
  await publisher.settled();
  expect(shown()).toEqual({ log: 0, live: 1 });
  clock.advance(1500);
  await waitUntil('the entry stands there', () => shown().log === 1);
  await publisher.settled();
  expect(shown()).toEqual({ log: 1, live: 0 });
});

test('[D1] live text that ends without an entry is followed by a newer state', async () => {
  const { publisher, doc } = await makePublisher({ hasState: true });
  publisher.delta(piece);
  await publisher.settled();
  const before = readChunks(doc).at(-1)?.state;
  publisher.publish([], ['m/0']);
  await publisher.settled();
  expect(readChunks(doc).at(-1)?.live).toEqual([]);
  expect(readChunks(doc).at(-1)?.state).toBeDefined();
  expect(readChunks(doc).at(-1)?.state).not.toEqual(before);
});

test.each([
  ['Latin', 'word "quoted"\n'],
  ['Chinese', '文字'],
])(
  '[B5] a long block of %s text does not have everything sealed again for each piece',
  async (_, text) => {
    const { publisher, doc, clock } = await makePublisher();
    let bytes = 0;
    let most = 0;
    const liveBytes = (): number =>
      readChunks(doc)
        .flatMap(({ live }) => live)
        .reduce((sum, record) => sum + record.length, 0);
    doc.on('update', (update: Uint8Array) => (bytes += update.length));
    const steps = 1500;
    for (let n = 0; n < steps; n += 1) {
      publisher.delta({ ...piece, text: text.repeat(4) });
      clock.advance(20);
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      await publisher.settled();
      most = Math.max(most, liveBytes());
    }
    console.info(`${bytes} B for ${steps} pieces`);
    expect(bytes / steps).toBeLessThan(2_000);
    expect(most).toBeLessThanOrEqual(64 * 1024);
    expect(most).toBeGreaterThan(16 * 1024);
  },
);

test('settled waits for a state that its rate holds back, and for none after the end', async () => {
  const { publisher, doc, clock } = await makePublisher({ hasState: true });
  publisher.stateChanged();
  await publisher.settled();
  let written = 0;
  doc.on('update', () => (written += 1));
  for (let count = 0; count < 3; count += 1) {
    publisher.stateChanged();
    await publisher.settled();
  }
  publisher.stateChanged();
  let isSettled = false;
  const settled = publisher.settled().then(() => (isSettled = true));
  clock.advance(100);
  await new Promise<void>((resolve) => void setImmediate(resolve));
  expect({ written, isSettled }).toEqual({ written: 3, isSettled: false });
  clock.advance(200);
  await settled;
  expect(written).toBe(4);
  publisher.stateChanged();
  const last = publisher.settled();
  publisher.dispose();
  await last;
});

test('the first piece goes at once, the next after the throttle', async () => {
  const { publisher, clock, shown } = await makePublisher();
  publisher.delta(piece);
  await publisher.settled();
  publisher.delta({ ...piece, text: 'lo' });
  await publisher.settled();
  expect(shown().live).toBe(1);
  clock.advance(20);
  await waitUntil('the second piece stands there', () => shown().live === 2);
});

test.each([
  ['shorter', (bytes: Bytes) => bytes.slice(1), 1],
  ['no shorter', (bytes: Bytes) => bytes.slice(), 0],
])('[S11] an entry that gets %s is deflated, or is not', async (_, deflateRaw, flags) => {
  const { publisher, doc } = await makePublisher({ deflateRaw });
  publisher.publish([{ index: 0, hash: 'h', text: `{"text":"${'x'.repeat(3_000)}"}` }], []);
  await publisher.settled();
  const [record] = readChunks(doc).flatMap(({ log }) => log);
  expect(record && readHeader(record)?.flags).toBe(flags);
});
