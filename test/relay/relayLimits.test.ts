// Bounds: frames, rates, connections, sizes of documents.
import { connect as connectTcp } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { knockDocument } from '../../src/protocol/documentNames.ts';
import { DEFAULT_RELAY_LIMITS } from '../../src/relay/relayLimits.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { encodeStep2, encodeUpdate } from '../../src/relay/documents/wire.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
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
const ASK = new Uint8Array([0, 0, 1, 0]);

/** A relay with a room, and a guest who may knock. */
async function knockable(options: Parameters<typeof startRelay>[0] = {}) {
  const relay = await startRelay(options);
  const room = await claimedRoom(relay);
  const guestToken = newToken();
  const guest = await grant(guestToken, { [knockDocument(room.id)]: 'write' });
  await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, guest] });
  return { relay, room, guestToken };
}

it('a relay that is told nothing else has the bounds of the protocol', () => {
  expect(DEFAULT_RELAY_LIMITS).toMatchObject({
    frameBytes: 1024 * KIB,
    guestFrameBytes: 64 * KIB,
    updateLogBytes: 4096 * KIB,
    knockDocumentBytes: 2 * 32 * 4 * KIB,
    awarenessBytes: 8 * KIB,
    pingMs: 20_000,
    handshakeMs: 5_000,
    roomIdleMs: 60_000,
  });
});

describe('frames', () => {
  it('[Y7] over 1 MiB close 4413, far over it 1009, and others go on', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    await waitUntil('the host is in', () => host.provider.synced);
    const big = await connectRaw(relay, room.id, room.hostToken);
    big.socket.send(encodeUpdate(updateOf(1100 * KIB)));
    expect(await big.closed).toBe(CLOSE.tooBig);
    const huge = await connectRaw(relay, room.id, room.hostToken);
    huge.socket.send(encodeUpdate(updateOf(5000 * KIB)));
    expect(await huge.closed).toBe(1009);
    host.push('on');
    const reader = connect(relay, room.id, room.hostToken);
    await waitUntil('the reader has it', () => reader.items().length === 1);
    expect(host.closeCodes).toEqual([]);
  });

  it('[Y7] over 64 KiB close 4413, except for re-seeding a relay; the host’s do not', async () => {
    const { relay, room, guestToken } = await knockable();
    const name = knockDocument(room.id);
    const guest = await connectRaw(relay, name, guestToken);
    guest.socket.send(encodeUpdate(updateOf(65 * KIB)));
    expect(await guest.closed).toBe(CLOSE.tooBig);
    const seeding = await connectRaw(relay, name, guestToken);
    seeding.socket.send(encodeStep2(updateOf(100 * KIB)));
    const host = await connectRaw(relay, name, room.hostToken);
    host.socket.send(encodeUpdate(updateOf(100 * KIB)));
    const reader = connect(relay, name, room.hostToken);
    await waitUntil('both are there', () => reader.items().length === 2);
    expect(reader.items()).toHaveLength(2);
  });
});

describe('rates', () => {
  it('[Y9] over the message rate close 4429', async () => {
    const { relay, room, guestToken } = await knockable({
      limits: { guestMessages: { perSecond: 0, burst: 5 } },
    });
    const guest = await connectRaw(relay, knockDocument(room.id), guestToken);
    for (let i = 0; i < 6; i += 1) guest.socket.send(ASK);
    expect(await guest.closed).toBe(CLOSE.rateLimited);
  });

  it('[Y9] over the byte rate close 4429', async () => {
    const { relay, room, guestToken } = await knockable({
      limits: { guestBytes: { perSecond: 0, burst: 50 * KIB } },
    });
    const guest = await connectRaw(relay, knockDocument(room.id), guestToken);
    for (let i = 0; i < 3; i += 1) guest.socket.send(encodeUpdate(updateOf(20 * KIB)));
    expect(await guest.closed).toBe(CLOSE.rateLimited);
  });

  it('[Y9] of connections of one address are refused before they cost anything', async () => {
    const relay = await startRelay({ limits: { connectionsPerLoopback: 3 } });
    const room = await claimedRoom(relay);
    for (let i = 0; i < 3; i += 1) await connectRaw(relay, room.id, room.hostToken);
    await expect(connectRaw(relay, room.id, room.hostToken)).rejects.toThrow('429');
  });

  it('[Y9] of connections of one document close 4429, but the host finds a place', async () => {
    const { relay, room, guestToken } = await knockable({ limits: { connectionsPerDocument: 1 } });
    await joinRaw(relay, knockDocument(room.id), guestToken);
    const second = await connectRaw(relay, knockDocument(room.id), guestToken);
    expect(await second.closed).toBe(CLOSE.rateLimited);
    const host = await joinRaw(relay, knockDocument(room.id), room.hostToken);
    expect(host.socket.readyState).toBe(host.socket.OPEN);
  });

  it('[Y9] of connections of all together are refused', async () => {
    const relay = await startRelay({ limits: { connections: 2 } });
    const room = await claimedRoom(relay);
    for (let i = 0; i < 2; i += 1) await connectRaw(relay, room.id, room.hostToken);
    await expect(connectRaw(relay, room.id, room.hostToken)).rejects.toThrow('429');
  });

  it('[Y9] are cut by number before anything was read from them', async () => {
    const relay = await startRelay({ limits: { connectionsPerLoopback: 2 } });
    const sockets = Array.from({ length: 140 }, () => connectTcp(relay.port, '127.0.0.1'));
    onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
    let cut = 0;
    for (const socket of sockets) {
      socket.on('error', () => undefined).on('close', () => (cut += 1));
      socket.resume();
    }
    await waitUntil('what is too much is cut', () => cut === 10);
  });

  it('[Y9] count for a program that lies about its address', async () => {
    const relay = await startRelay({ limits: { connectionsPerLoopback: 3 } });
    const room = await claimedRoom(relay);
    const connectAs = (address: string) =>
      connectRaw(relay, room.id, room.hostToken, { 'x-forwarded-for': address });
    for (const address of ['203.0.113.1', '203.0.113.2', '::1']) await connectAs(address);
    await expect(connectAs('203.0.113.9')).rejects.toThrow('429');
  });

  it('[Y9] over the rate of questions for the whole close 4429', async () => {
    const { relay, room, guestToken } = await knockable({
      limits: { syncs: { perSecond: 0, burst: 3 } },
    });
    for (const question of [ASK, new Uint8Array([3])]) {
      const guest = await connectRaw(relay, knockDocument(room.id), guestToken);
      for (let i = 0; i < 4; i += 1) guest.socket.send(question);
      expect(await guest.closed).toBe(CLOSE.rateLimited);
    }
  });
});

describe('the update log', () => {
  it('[Y8] is compacted with garbage collection when it grows, and late joiners see the same', async () => {
    const store = createMemoryStore();
    const relay = await startRelay({ store, limits: { updateLogBytes: 64 * KIB } });
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    await waitUntil('the host is in', () => host.provider.synced);
    const list = host.doc.getArray('list');
    for (let i = 0; i < 300; i += 1) {
      list.push([new Uint8Array(1000).fill(i)]);
      if (i >= 2) list.delete(0, 1);
    }
    const stored = async (): Promise<number> =>
      (await store.load(room.id)).reduce((sum, update) => sum + update.length, 0);
    const late = connect(relay, room.id, room.hostToken);
    await waitUntil('it has caught up', () => late.doc.getArray('list').length === 2);
    expect(late.doc.getArray('list').toJSON()).toEqual(list.toJSON());
    expect(await stored()).toBeLessThan(130 * KIB);
    expect(host.closeCodes).toEqual([]);
  });

  it('[Y8] that stays too big after compaction closes its writers 4413, not its readers', async () => {
    const relay = await startRelay({
      limits: { updateLogBytes: 50 * KIB, compactedBytes: 20 * KIB },
    });
    const room = await claimedRoom(relay);
    const token = newToken();
    const entry = await grant(token, { [room.id]: 'read' });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, entry] });
    const host = connect(relay, room.id, room.hostToken);
    const reader = connect(relay, room.id, token);
    await waitUntil('both are in', () => host.provider.synced && reader.provider.synced);
    for (let i = 0; i < 60; i += 1) host.push(new Uint8Array(1000));
    await waitUntil('the host is closed', () => host.closeCodes.length > 0);
    expect(host.closeCodes).toEqual([CLOSE.tooBig]);
    expect(reader.closeCodes).toEqual([]);
  });

  it('[Y8] filled by a guest is left to the host, who can empty it', async () => {
    const { relay, room, guestToken } = await knockable({
      limits: { updateLogBytes: 50 * KIB, compactedBytes: 20 * KIB },
    });
    const name = knockDocument(room.id);
    const host = connect(relay, name, room.hostToken);
    await waitUntil('the host is in', () => host.provider.synced);
    const flood = await connectRaw(relay, name, guestToken);
    flood.socket.send(encodeUpdate(updateOf(60 * KIB)));
    expect(await flood.closed).toBe(CLOSE.tooBig);
    const refused = await connectRaw(relay, name, guestToken);
    refused.socket.send(encodeUpdate(updateOf(10)));
    expect(await refused.closed).toBe(CLOSE.tooBig);
    await waitUntil('the host sees it', () => host.items().length === 1);
    host.doc.getArray('list').delete(0, 1);
    const knock = async (): Promise<boolean> => {
      const guest = connect(relay, name, guestToken);
      guest.push('knock');
      await waitUntil('synced or closed', () => guest.provider.synced || guest.closeCodes.length);
      return waitUntil('it arrives', () => host.items().includes('knock'), 300).catch(() => false);
    };
    expect(await waitUntil('guests may knock again', knock, 8000)).toBe(true);
    expect(host.closeCodes).toEqual([]);
  });
});
