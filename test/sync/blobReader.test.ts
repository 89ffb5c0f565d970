// Long texts and pictures as members read them: as whole only if all of it came.
import { expect, test } from 'vitest';
import { toBase64Url, utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { RecordOpener } from '../../src/crypto/record.ts';
import { sealForMember } from '../../src/crypto/sealedForMember.ts';
import type { Json } from '../../src/protocol/json.ts';
import { BlobReader } from '../../src/sync/member/blobReader.ts';

const ADA = await createIdentity();
const ROOM = 'room';

/** A reader whose relay has nothing. */
function reader(identity = ADA): BlobReader {
  const opener = new RecordOpener({ room: new Uint8Array(16), secretOf: () => undefined });
  const keys = { opener, keyOf: () => undefined };
  const relay = { url: () => 'ws://127.0.0.1:9', token: 't', webSocket: WebSocket };
  return new BlobReader({ room: ROOM, identity, keys, ...relay, clock: systemClock });
}

/** A host that answers one `fetch` after the other; what it was asked. */
function answering(...answers: readonly Json[]) {
  const left = [...answers];
  const asked: unknown[] = [];
  const request = async (_kind: string, args: unknown): Promise<Json | undefined> => {
    asked.push(args);
    return left.shift();
  };
  return { request, asked };
}

const part = (offset: number, text: string, totalBytes: number): Json => ({
  offset,
  totalBytes,
  bytes: toBase64Url(utf8Bytes(text)),
});

test('[I8] of a host that publishes nothing a long text is loaded part by part', async () => {
  const host = answering(part(0, 'Hello ', 11), part(6, 'world', 11));
  expect(utf8Text(await reader().read(host, 'blob'))).toBe('Hello world');
  expect(host.asked).toEqual([
    { what: 'blob', blob: 'blob', offset: 0, parts: true },
    { what: 'blob', blob: 'blob', offset: 6 },
  ]);
  expect(await reader().read(answering(part(0, '', 0)), 'blob')).toHaveLength(0);
});

test.each([
  ['no part', ['nothing']],
  ['an empty part', [part(0, 'Hello ', 11), part(6, '', 11)]],
  ['another part', [part(0, 'Hello ', 11), part(0, 'Hello ', 11)]],
])('a text of which %s comes is not shown as whole', async (_name, answers) => {
  await expect(reader().read(answering(...answers), 'blob')).rejects.toThrow(/could not be loaded/);
});

test('[I8] what is not where it was published is asked for once more, then from the host itself', async () => {
  const published = (id: string): Json => ({
    ...{ offset: 0, totalBytes: 5, bytes: '', published: { id, sha256: 'x' } },
  });
  const [first, second] = ['a'.repeat(26), 'b'.repeat(26)];
  const host = answering(published(first), published(second), part(0, 'Hello', 5));
  expect(utf8Text(await reader().read(host, 'blob'))).toBe('Hello');
  expect(host.asked).toEqual([
    { what: 'blob', blob: 'blob', offset: 0, parts: true },
    { what: 'blob', blob: 'blob', offset: 0, parts: true, lost: first },
    { what: 'blob', blob: 'blob', offset: 0 },
  ]);
});

test('[R18] a part that is sealed to this member is opened, and another is not shown as whole', async () => {
  const place = { room: ROOM, member: ADA.member, blob: 'blob', offset: 0 };
  const sealed = (await sealForMember(ADA.exchangeKey, place, utf8Bytes('own'))) ?? '';
  const answer = { offset: 0, totalBytes: 3, bytes: '', sealed };
  expect(utf8Text(await reader().read(answering(answer), 'blob'))).toBe('own');
  const other = reader(await createIdentity()).read(answering(answer), 'blob');
  await expect(other).rejects.toThrow(/could not be loaded/);
});
