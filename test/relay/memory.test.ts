// What the relay holds in memory and how long: slow readers, documents, rooms, half-open sockets.
import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { channelDocument } from '../../src/protocol/documentNames.ts';
import { encodeUpdate } from '../../src/relay/documents/wire.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
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
  updateOf,
} from './support.ts';

const KIB = 1024;
const ASK = new Uint8Array([0, 0, 1, 0]);

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
    // No bound for one reader; and far more for all than the kernel's buffers take in.
    const bufferedBytes = 64 * KIB * KIB;
    const limits = { bufferedBytes, bufferedTotalBytes: 4 * KIB * KIB, sweepMs: 20 };
    const relay = await startRelay({ limits });
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    await waitUntil('the host is in', () => host.provider.synced);
    host.push(new Uint8Array(700 * KIB));
    const slow = await Promise.all(
      Array.from({ length: 4 }, () => joinRaw(relay, room.id, room.hostToken)),
    );
    for (const { socket } of slow) {
      socket.pause();
      for (let i = 0; i < 30; i += 1) socket.send(ASK);
    }
    await waitUntil('some are cut', () => relay.counts.sockets < 5);
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

  it('[I5] with many parts takes no more of them from guests', async () => {
    const relay = await startRelay({ limits: { roomBytes: 125 * KIB } });
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
