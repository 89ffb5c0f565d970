// Bounds: frames, rates, sizes, slow readers, idle documents.
import { connect as connectTcp } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as Y from 'yjs';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { channelDocument, knockDocument } from '../../src/protocol/names.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { createMemoryStore } from '../../src/relay/memoryStore.ts';
import { encodeStep2, encodeUpdate } from '../../src/relay/wire.ts';
import { waitUntil } from '../probes/waitUntil.ts';
import {
  claimedRoom,
  connect,
  connectRaw,
  createRoom,
  grant,
  httpUrl,
  joinRaw,
  newToken,
  putClaim,
  startRelay,
} from './support.ts';

const KIB = 1024;
const ASK = new Uint8Array([0, 0, 1, 0]);

function updateOf(bytes: number): Uint8Array {
  const doc = new Y.Doc();
  doc.getArray('list').push([new Uint8Array(bytes)]);
  return Y.encodeStateAsUpdate(doc);
}

/** A relay with a room, and a guest who may knock. */
async function knockable(options: Parameters<typeof startRelay>[0] = {}) {
  const relay = await startRelay(options);
  const room = await claimedRoom(relay);
  const guestToken = newToken();
  const guest = await grant(guestToken, { [knockDocument(room.id)]: 'write' });
  await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, guest] });
  return { relay, room, guestToken };
}

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

describe('a slow reader', () => {
  it('[Y9] is closed, and nobody else waits for it', async () => {
    const relay = await startRelay({ limits: { bufferedBytes: 256 * KIB } });
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    const reader = connect(relay, room.id, room.hostToken);
    await waitUntil('both are in', () => host.provider.synced && reader.provider.synced);
    const slow = await connectRaw(relay, room.id, room.hostToken);
    slow.socket.send(ASK);
    await waitUntil('it is in', () => slow.messages.length > 0);
    slow.socket.pause();
    const list = host.doc.getArray('list');
    let sent = 0;
    await waitUntil(
      'the slow one is cut',
      () => {
        // One 64 KiB item at a time, as fast as the other reader keeps up.
        if (reader.doc.getArray('list').length === 1 || sent === 0) {
          list.push([new Uint8Array(64 * KIB)]);
          if (list.length > 1) list.delete(0, list.length - 1);
          sent += 1;
        }
        return relay.counts.sockets === 2;
      },
      15_000,
    );
    host.push('on');
    await waitUntil('the other reads on', () => reader.items().includes('on'));
    expect([host.closeCodes, reader.closeCodes]).toEqual([[], []]);
  });
});

describe('many slow readers', () => {
  it('[Y9] are closed when they wait for too much together, and others are not', async () => {
    const limits = { bufferedTotalBytes: 4 * KIB * KIB, sweepMs: 20 };
    const relay = await startRelay({ limits });
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    await waitUntil('the host is in', () => host.provider.synced);
    host.push(new Uint8Array(700 * KIB));
    const slow = await Promise.all(
      Array.from({ length: 6 }, () => joinRaw(relay, room.id, room.hostToken)),
    );
    for (const { socket } of slow) {
      socket.pause();
      for (let i = 0; i < 9; i += 1) socket.send(ASK);
    }
    await waitUntil('some are cut', () => relay.counts.sockets < 7);
    const reader = connect(relay, room.id, room.hostToken);
    await waitUntil('a reader reads', () => reader.items().length === 1);
    expect([host.closeCodes, reader.closeCodes]).toEqual([[], []]);
  });
});

describe('a document nobody uses', () => {
  it('[Y10] leaves memory after a while and comes back from the store', async () => {
    const relay = await startRelay({ limits: { roomIdleMs: 0, sweepMs: 10 } });
    const room = await claimedRoom(relay);
    const first = connect(relay, room.id, room.hostToken);
    first.push('kept', 'too');
    first.push('and this');
    const second = connect(relay, room.id, room.hostToken);
    await waitUntil('it is stored', () => second.items().length === 3);
    first.provider.destroy();
    second.provider.destroy();
    await waitUntil('it is gone', () => relay.counts.documents === 0);
    const third = connect(relay, room.id, room.hostToken);
    await waitUntil('it is back', () => third.items().length === 3);
    expect(third.items()).toEqual(['kept', 'too', 'and this']);
  });

  it('[Y10] leaves memory at once when documents fill too much', async () => {
    const relay = await startRelay({ limits: { documentsBytes: 50 * KIB, sweepMs: 10 } });
    const room = await claimedRoom(relay);
    const first = connect(relay, room.id, room.hostToken);
    first.push(new Uint8Array(60 * KIB));
    const second = connect(relay, room.id, room.hostToken);
    await waitUntil('it is there', () => second.items().length === 1);
    expect(relay.counts.documents).toBe(1);
    first.provider.destroy();
    second.provider.destroy();
    await waitUntil('it is gone', () => relay.counts.documents === 0);
    const third = connect(relay, room.id, room.hostToken);
    await waitUntil('it is back', () => third.items().length === 1);
  });

  it('[Y10] and was never written is forgotten at once, as are addresses', async () => {
    const relay = await startRelay({ open: true, limits: { sweepMs: 10 } });
    for (let i = 0; i < 50; i += 1) {
      const raw = await connectRaw(relay, `room-${i}`);
      raw.socket.send(ASK);
      await waitUntil('an answer', () => raw.messages.length > 0);
      raw.socket.close();
    }
    await waitUntil('all are gone', () => relay.counts.sockets === 0);
    await waitUntil('nothing is left', () => relay.counts.addresses === 0);
    expect(relay.counts.documents).toBe(0);
  });
});

describe('a room', () => {
  it('[Y10] that nobody used for a month is forgotten, one in use is not', async () => {
    const clock = createFakeClock();
    const relay = await startRelay({ clock });
    const [idle, used] = [await createRoom(), await createRoom()];
    const token = newToken();
    const claim = { at: clock.now(), tokens: [await grant(token, {}, { host: true })] };
    for (const room of [idle, used]) await putClaim(relay, room, claim);
    const client = connect(relay, used.id, token);
    await waitUntil('it is in', () => client.provider.synced);
    // Pings are answered in real time: a step per ping.
    for (let days = 0; days < 31; days += 1) {
      clock.jumpWall(24 * 3_600_000);
      clock.advance(600);
    }
    clock.advance(3_600_000);
    await waitUntil('the host may come back', () => client.provider.synced);
    const holder = async (room: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${httpUrl(relay)}/-/rooms/${room}`, { headers })).status;
    };
    expect([await holder(idle.id), await holder(used.id)]).toEqual([403, 200]);
  });

  it('[Y8] with many blobs takes no more of them from guests', async () => {
    const relay = await startRelay({ limits: { roomBytes: 100 * KIB } });
    const room = await claimedRoom(relay);
    const token = newToken();
    const channel = channelDocument(room.id, 'a'.repeat(26));
    const entry = await grant(token, { [channel]: 'write', [`${channel}.b.**`]: 'write' });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, entry] });
    const part = (index: number): string => `${channel}.b.${'b'.repeat(26)}.${index}`;
    const first = await joinRaw(relay, part(1), token);
    first.socket.send(encodeUpdate(updateOf(120 * KIB)));
    const reader = connect(relay, part(1), room.hostToken);
    await waitUntil('it is there', () => reader.items().length === 1);
    const second = await connectRaw(relay, part(2), token);
    expect(await second.closed).toBe(CLOSE.tooBig);
    await joinRaw(relay, channel, token);
    await joinRaw(relay, part(2), room.hostToken);
    expect(reader.closeCodes).toEqual([]);
  });
});

describe('a half-open socket', () => {
  it('[Y9] is cut when it gives no sign of life between two pings', async () => {
    const clock = createFakeClock(Date.now());
    const relay = await startRelay({ clock, limits: { pingMs: 20_000 } });
    const room = await claimedRoom(relay);
    const alive = await joinRaw(relay, room.id, room.hostToken);
    const dead = await joinRaw(relay, room.id, room.hostToken);
    dead.socket.pause();
    const pinged = new Promise((resolve) => alive.socket.once('ping', resolve));
    clock.advance(20_000);
    await pinged;
    // Its answer to the ping has arrived when the answer to this is there.
    alive.socket.send(ASK);
    await waitUntil('the pong has arrived', () => alive.messages.length > 0);
    expect(relay.counts.sockets).toBe(2);
    clock.advance(20_000);
    await waitUntil('one is cut', () => relay.counts.sockets === 1);
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  });
});
