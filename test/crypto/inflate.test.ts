// What was deflated comes back, and nothing that was made to harm is inflated far.
import { deflateRawSync, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { inflateRaw } from '../../src/crypto/inflate.ts';

const MAX = 32 * 1024;
const raw = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(deflateRawSync(bytes));

test.each([0, 1, 2_048, 5_000, MAX - 1, MAX])('[S11] %i bytes come back', async (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
  expect(await inflateRaw(raw(bytes), MAX)).toEqual(bytes);
});

test.each([
  ['a bomb of 64 MiB', raw(new Uint8Array(64 * 1024 * 1024))],
  ['one byte too many', raw(new Uint8Array(MAX + 1))],
  ['what is cut short', raw(new TextEncoder().encode('x y z '.repeat(900))).slice(0, -1)],
  ['what is followed by something', Uint8Array.from([...raw(new Uint8Array(3_000)), 0])],
  ['another format', new Uint8Array(deflateSync(new Uint8Array(3_000)))],
  ['random bytes', Uint8Array.from({ length: 3_000 }, (_, i) => (i * 7_919 + 13) % 256)],
  ['nothing', new Uint8Array()],
])('[S11] %s is refused', async (_, deflated) => {
  expect(await inflateRaw(deflated, MAX)).toBeUndefined();
});
