// The size of a room's document: bounded whatever is written, and nothing is left behind.
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/protocol/limits.ts';
import { readChunks } from '../../src/session/layout.ts';
import { mergePieces } from '../../src/session/liveBuffer.ts';
import { TailDocument, type WrittenPiece } from '../../src/session/tailDocument.ts';

/** Five seconds of computing, many times that on a busy computer. */
const CPU_MS = 240_000;

let counter = 0;

/** Bytes that no two records share. */
function bytes(length: number): Uint8Array {
  counter += 1;
  const record = new Uint8Array(length).fill(counter % 251);
  new DataView(record.buffer).setUint32(0, counter);
  return record;
}

function piece(messageId: string, n: number, length = 420): WrittenPiece {
  const record = bytes(length);
  return { piece: { messageId, block: 0, n, to: n, type: 'text', text: 'word ' }, record };
}

function writeEntries(tail: TailDocument, entries: number, recordBytes: number): void {
  for (let n = 0; n < entries; n += 1) {
    for (let k = 0; k < 5; k += 1) tail.apply({ live: [piece(`m${n}`, k)] });
    tail.apply({ log: [bytes(recordBytes)], endBlocks: new Set([`m${n}/0`]), state: bytes(900) });
  }
}

/** What the document would weigh if it had never held anything but what it shows now. */
function freshSize(doc: Y.Doc): number {
  const fresh = new Y.Doc();
  const tail = new TailDocument(fresh);
  for (const chunk of readChunks(doc)) {
    tail.apply({ log: chunk.log, ...(chunk.state ? { state: chunk.state } : {}) });
  }
  return Y.encodeStateAsUpdate(fresh).length;
}

test(
  '[B1] 20,000 entries with deltas and state changes leave less than 20 KB behind',
  () => {
    const doc = new Y.Doc();
    const tail = new TailDocument(doc);
    writeEntries(tail, 20_000, 600);
    const size = Y.encodeStateAsUpdate(doc).length;
    const leftBehind = size - freshSize(doc);
    console.info(`document ${size} B, left behind ${leftBehind} B`);
    expect(size).toBeLessThanOrEqual(LIMITS.documentBytes);
    expect(leftBehind).toBeLessThan(20_000);
  },
  CPU_MS,
);

test('[B2] records of the largest size stay within the document bound', () => {
  const doc = new Y.Doc();
  const tail = new TailDocument(doc);
  writeEntries(tail, 200, LIMITS.logRecordBytes);
  expect(Y.encodeStateAsUpdate(doc).length).toBeLessThanOrEqual(LIMITS.documentBytes);
});

/** Sealed bytes of the largest state: its JSON with its length in steps of 4 KiB, and the envelope. */
const STATE_BYTES = LIMITS.stateBytes + 4096 + 148;

/** Checks after each step that the document weighs no more than it says, and no more than it may. */
function watched(doc: Y.Doc, tail: TailDocument, every: number): (step: number) => void {
  return (step) => {
    if (step % every !== 0) return;
    const size = Y.encodeStateAsUpdate(doc).length;
    expect(size).toBeLessThanOrEqual(tail.bytes);
    expect(tail.bytes).toBeLessThanOrEqual(768 * 1024);
  };
}

test.each([
  ['256 records', 256, { log: 100, live: 0 }],
  ['192 KiB', 192, { log: 1024, live: 0 }],
  ['2,048 writes', 26, { log: 100, live: 75 }],
])('[B2] a chunk is closed at %s', (_, entries, { log, live }) => {
  const doc = new Y.Doc();
  const tail = new TailDocument(doc);
  const write = (n: number): void => {
    for (let k = 0; k < live; k += 1) tail.apply({ live: [piece(`m${n}`, k)] });
    tail.apply({ log: [bytes(log)], endBlocks: new Set([`m${n}/0`]) });
  };
  for (let n = 0; n < entries; n += 1) write(n);
  expect(readChunks(doc).map((chunk) => chunk.log.length)).toEqual([entries]);
  write(entries);
  expect(readChunks(doc).map((chunk) => chunk.log.length)).toEqual([entries, 1]);
});

test('[B2] with every chunk full, the largest state and as much streamed text as may be, it fits one frame', () => {
  const doc = new Y.Doc();
  const tail = new TailDocument(doc);
  tail.setCard(bytes(600));
  const check = watched(doc, tail, 1);
  const live = Array.from({ length: 16 }, (_, n) => piece('m', n, LIMITS.liveBytes / 16));
  for (let n = 0; n < 100; n += 1) {
    tail.apply({ log: [bytes(LIMITS.chunkBytes / 12)], state: bytes(STATE_BYTES) });
    if (n === 50) tail.apply({ live });
    check(n);
  }
  const chunks = readChunks(doc);
  expect(chunks).toHaveLength(3);
  expect(chunks[0]?.log).toHaveLength(12);
  expect(chunks.flatMap((chunk) => chunk.live)).toHaveLength(16);
  expect(chunks.map(({ state }) => state?.length)).toEqual([undefined, undefined, STATE_BYTES]);
});

test('[B2] what writing leaves behind counts: the oldest entries go before the document is too large', () => {
  const doc = new Y.Doc();
  const tail = new TailDocument(doc);
  const check = watched(doc, tail, 10);
  tail.apply({ live: Array.from({ length: 16 }, (_, n) => piece('m', n, LIMITS.liveBytes / 16)) });
  for (let n = 0; n < 90; n += 1) {
    for (let k = 0; k < 80; k += 1) {
      tail.apply({ live: [piece(`a${n}`, k)] });
      tail.apply({ endBlocks: new Set([`a${n}/0`]), state: bytes(900) });
    }
    tail.apply({ log: [bytes(LIMITS.chunkBytes / 12)], state: bytes(STATE_BYTES) });
    check(n);
  }
  expect(readChunks(doc).flatMap((chunk) => chunk.log).length).toBeGreaterThan(12);
});

test('[B2] a text that streams for an hour leaves a bounded rest, and the entries before it stay', () => {
  const doc = new Y.Doc();
  const tail = new TailDocument(doc);
  const check = watched(doc, tail, 500);
  for (let n = 0; n < 30; n += 1) tail.apply({ log: [bytes(600)], state: bytes(900) });
  for (let n = 0; n < 20_000; n += 1) {
    tail.apply({ live: [piece('m', n)] });
    if (n % 100 === 99) tail.apply({ replaceLive: [piece('m', n)] });
    if (n % 3 === 0) tail.apply({ state: bytes(900) });
    check(n);
  }
  expect(Y.encodeStateAsUpdate(doc).length).toBeLessThan(60_000);
  expect(readChunks(doc).flatMap((chunk) => chunk.log)).toHaveLength(30);
  tail.apply({ log: [bytes(600)], endBlocks: new Set(['m/0']), state: bytes(900) });
  expect(readChunks(doc).flatMap((chunk) => chunk.live)).toEqual([]);
  expect(tail.reconcile()).toBe(false);
});

test('[B3] a following document sees each entry once, whatever the chunks do', () => {
  const doc = new Y.Doc();
  const follower = new Y.Doc();
  const seen: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => Y.applyUpdate(follower, update));
  follower.on('update', () => {
    for (const record of readChunks(follower).flatMap((chunk) => chunk.log)) {
      if (!seen.some((one) => one === record)) seen.push(record);
    }
  });
  writeEntries(new TailDocument(doc), 700, 600);
  expect(seen).toHaveLength(700);
});

test('[B4] reconcile takes out foreign items and puts back what was deleted', () => {
  const doc = new Y.Doc();
  const tail = new TailDocument(doc);
  writeEntries(tail, 300, 600);
  const wanted = JSON.stringify(readChunks(doc));
  expect(tail.reconcile()).toBe(false);
  doc.getArray('tail').delete(0, 1);
  doc.getArray('tail').push(['junk', new Y.Map()]);
  expect(tail.reconcile()).toBe(true);
  expect(JSON.stringify(readChunks(doc))).toBe(wanted);
  expect(tail.reconcile()).toBe(false);
});

test('[B5] pieces merge without losing or doubling a letter, and a huge block keeps its end', () => {
  const pieces = Array.from({ length: 3000 }, (_, n) => ({
    ...piece('m', n).piece,
    text: `w${n} `,
  }));
  const merged = mergePieces(mergePieces(pieces.slice(0, 1500)).concat(pieces.slice(1500)));
  const whole = pieces.map(({ text }) => text).join('');
  expect(merged.length).toBeLessThan(10);
  expect(whole.endsWith(merged.map(({ text }) => text).join(''))).toBe(true);
  expect(merged.map(({ text }) => text).join('').length).toBeGreaterThan(8_000);
});

test('[B2] [B5] very long and very many blocks at once stay within the bound of streamed text', () => {
  const texts = ['x'.repeat(6000), '文'.repeat(6000), '\u0001'.repeat(6000), '😀'.repeat(3000)];
  for (const blocks of [1, 8, 60]) {
    const pieces = Array.from({ length: blocks * 12 }, (_, n) => ({
      ...piece(`m${n % blocks}`, Math.floor(n / blocks)).piece,
      text: texts[n % texts.length] ?? '',
    }));
    const merged = mergePieces(pieces);
    const bytes = Buffer.byteLength(JSON.stringify(merged.map(({ text }) => text)));
    expect(bytes).toBeLessThanOrEqual(LIMITS.liveBytes / 2);
    expect(new Set(merged.map(({ messageId }) => messageId)).size).toBe(blocks);
    expect(merged.every(({ text }) => text !== '' && !/^[\uDC00-\uDFFF]/.test(text))).toBe(true);
  }
});
