// [I5] Parts of blobs on a relay: whose they are, how much may wait, and how long.
import { expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { channelDocument, partDocument } from '../../src/protocol/documentNames.ts';
import type { RelayLimits } from '../../src/relay/relayLimits.ts';
import { encodeUpdate } from '../../src/relay/documents/wire.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import {
  claimedRoom,
  connect,
  connectRaw,
  grant,
  joinRaw,
  newToken,
  putClaim,
  startRelay,
  updateOf,
} from './support.ts';

const KIB = 1024;
const [ADA, BOB] = ['a'.repeat(26), 'b'.repeat(26)];
const BLOB = 'c'.repeat(26);

/** Ada and Bob may attach, Vic only watches. */
async function threeMembers(
  options: Parameters<typeof startRelay>[0] = {},
  limits: Partial<RelayLimits> = {},
) {
  const relay = await startRelay({ ...options, limits });
  const room = await claimedRoom(relay);
  const [ada, bob, vic] = [newToken(), newToken(), newToken()];
  const writes = (member: string) => ({
    [channelDocument(room.id, member)]: 'write' as const,
    [`${channelDocument(room.id, member)}.b.**`]: 'write' as const,
  });
  const tokens = [
    room.hostEntry,
    await grant(ada, { ...writes(ADA), [`${room.id}.b.**`]: 'read' }),
    await grant(bob, writes(BOB)),
    await grant(vic, { [`${room.id}.b.**`]: 'read', [channelDocument(room.id, 'v')]: 'write' }),
  ];
  await putClaim(relay, room, { rev: 2, tokens });
  const part = (member: string, k: number, blob = BLOB): string =>
    partDocument(room.id, { member, blob, k });
  return { relay, room, part, ada, bob, vic };
}

it('a member writes its own parts and nobody else’s; who only watches writes none', async () => {
  const { relay, part, ada, bob, vic } = await threeMembers();
  await joinRaw(relay, part(ADA, 0), ada);
  for (const token of [bob, vic]) {
    const stranger = await connectRaw(relay, part(ADA, 0), token);
    expect(await stranger.closed).toBe(CLOSE.notAdmitted);
  }
});

it('so much of one member waits and no more, however it is spread; others are not held up', async () => {
  const limits = { waitingPartsBytes: 300 * KIB };
  const { relay, part, ada, bob, room } = await threeMembers({}, limits);
  for (const k of [0, 1]) {
    const raw = await joinRaw(relay, part(ADA, k), ada);
    raw.socket.send(encodeUpdate(updateOf(120 * KIB)));
  }
  const reader = connect(relay, part(ADA, 1), room.hostToken);
  await waitUntil('the second is there', () => reader.items().length === 1);
  const third = await joinRaw(relay, part(ADA, 2), ada);
  third.socket.send(encodeUpdate(updateOf(120 * KIB)));
  expect(await third.closed).toBe(CLOSE.tooBig);
  const other = await joinRaw(relay, part(BOB, 0), bob);
  other.socket.send(encodeUpdate(updateOf(120 * KIB)));
  const bobs = connect(relay, part(BOB, 0), room.hostToken);
  await waitUntil('another member’s is there', () => bobs.items().length === 1);
});

it('a part costs something, however small it is', async () => {
  const { relay, part, ada } = await threeMembers({}, { waitingPartsBytes: 16 * KIB });
  await joinRaw(relay, part(ADA, 0), ada);
  await joinRaw(relay, part(ADA, 1), ada);
  const third = await connectRaw(relay, part(ADA, 2), ada);
  expect(await third.closed).toBe(CLOSE.tooBig);
});

it('what was read and taken out leaves room for more', async () => {
  const { relay, part, ada, room } = await threeMembers({}, { waitingPartsBytes: 200 * KIB });
  const raw = await joinRaw(relay, part(ADA, 0), ada);
  raw.socket.send(encodeUpdate(updateOf(150 * KIB)));
  const host = connect(relay, part(ADA, 0), room.hostToken);
  await waitUntil('it is there', () => host.items().length === 1);
  raw.socket.close();
  host.doc.getArray('list').delete(0, 1);
  host.provider.once('connection-close', () => undefined);
  await waitUntil('it is taken out', () => host.items().length === 0);
  const before = relay.counts.documents;
  host.provider.destroy();
  await waitUntil('the relay forgets it', () => relay.counts.documents < before);
  const next = await joinRaw(relay, part(ADA, 1), ada);
  next.socket.send(encodeUpdate(updateOf(150 * KIB)));
  const reader = connect(relay, part(ADA, 1), room.hostToken);
  await waitUntil('another is there', () => reader.items().length === 1);
});

it('parts go to no disk, and are forgotten ten minutes after somebody asked for them', async () => {
  const store = createMemoryStore();
  const clock = createFakeClock(Date.now());
  const { relay, part, ada, room } = await threeMembers({ store, clock });
  const raw = await joinRaw(relay, part(ADA, 0), ada);
  raw.socket.send(encodeUpdate(updateOf(100 * KIB)));
  const reader = connect(relay, part(ADA, 0), room.hostToken);
  await waitUntil('it is there', () => reader.items().length === 1);
  reader.provider.destroy();
  raw.socket.close();
  await waitUntil('nobody is in it', () => relay.counts.sockets === 0);
  clock.advance(9 * 60_000);
  expect(relay.counts.documents).toBe(1);
  clock.advance(2 * 60_000);
  expect(relay.counts.documents).toBe(0);
  expect(await store.load(part(ADA, 0))).toEqual([]);
});
