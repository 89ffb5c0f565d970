// What a hostile or unlucky client sends: the relay lives, and others do not notice.
import { connect as connectTcp, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import type { Relay } from '../../src/relay/server.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { knockDocument } from '../../src/protocol/documentNames.ts';
import { encodeUpdate } from '../../src/relay/documents/wire.ts';
import {
  claimedRoom,
  connect,
  connectRaw,
  grant,
  httpUrl,
  newToken,
  putClaim,
  startRelay,
} from './support.ts';

/** A WebSocket by hand, to send what no library sends. */
async function shakeHands(relay: Relay, name: string, token: string): Promise<Socket> {
  const socket = connectTcp(relay.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write(
    `GET /${name} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
      `Sec-WebSocket-Protocol: th.1, ${token}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** A relay with a host and a reader who must not notice anything. */
async function bystanders() {
  const relay = await startRelay();
  const room = await claimedRoom(relay);
  const host = connect(relay, room.id, room.hostToken);
  const reader = connect(relay, room.id, room.hostToken);
  await waitUntil('both are in', () => host.provider.synced && reader.provider.synced);
  const check = async (): Promise<void> => {
    const count = host.items().length;
    host.push(`item ${count}`);
    await waitUntil('the reader reads on', () => reader.items().length === count + 1);
    expect([host.closeCodes, reader.closeCodes]).toEqual([[], []]);
  };
  return { relay, room, check };
}

const UNFINISHED_300_MB = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x12, 0xc0, 0, 0, 1, 2, 3, 4]);

describe('the relay survives', () => {
  const frames: Readonly<Record<string, Buffer>> = {
    'a frame with reserved bits': Buffer.from([0xf2, 0x85, 1, 2, 3, 4, 0, 0, 0, 0, 0]),
    'an unmasked frame': Buffer.from([0x82, 2, 0, 0]),
    'a header that announces 300 MB': UNFINISHED_300_MB,
    'a control frame that is too long': Buffer.from([0x89, 0xfe, 0, 200, 1, 2, 3, 4]),
    'invalid UTF-8 in a text frame': Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]),
    'a close frame with a forbidden code': Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0, 5]),
    'a continuation of nothing': Buffer.from([0x80, 0x80, 0, 0, 0, 0]),
  };
  for (const [name, bytes] of Object.entries(frames)) {
    it(`${name}, and cuts its sender`, async () => {
      const { relay, room, check } = await bystanders();
      const socket = await shakeHands(relay, room.id, room.hostToken);
      const end = ended(socket);
      socket.resume();
      socket.write(bytes);
      await end;
      await check();
    });
  }

  it('a TCP reset, before and after admission', async () => {
    const { relay, room, check } = await bystanders();
    const socket = await shakeHands(relay, room.id, room.hostToken);
    socket.resetAndDestroy();
    const refused = await shakeHands(relay, room.id, 'x'.repeat(43));
    refused.resetAndDestroy();
    const half = connectTcp(relay.port, '127.0.0.1', () => half.write('GET /x HTTP/1.1\r\nHost: '));
    half.on('error', () => undefined);
    await new Promise((resolve) => half.once('connect', resolve));
    half.resetAndDestroy();
    await check();
    await waitUntil('only the two are left', () => relay.counts.sockets === 2);
  });

  it('[Y1] text frames and messages that are none, and closes them 4400', async () => {
    const { relay, room, check } = await bystanders();
    const bad: readonly (string | Uint8Array)[] = [
      'text',
      new Uint8Array(),
      new Uint8Array([0]),
      new Uint8Array([0, 3, 0]),
      new Uint8Array([0, 2, 200, 1]),
      new Uint8Array([0, 2, 1, 0, 0]),
      new Uint8Array([9, 1, 1]),
      new Uint8Array([1, 3, 255, 255, 255]),
      new Uint8Array([255, 255, 255, 255, 255, 255, 255, 255, 255, 255]),
      // A state vector that claims more clients than it has.
      new Uint8Array([0, 0, 3, 200, 200, 1]),
    ];
    for (const message of bad) {
      const raw = await connectRaw(relay, room.id, room.hostToken);
      raw.socket.send(message);
      expect([message, await raw.closed]).toEqual([message, CLOSE.badMessage]);
    }
    await check();
  });

  it('[Y2] updates that are none, which would poison every joiner, and closes them 4400', async () => {
    const { relay, room } = await bystanders();
    const token = newToken();
    const name = knockDocument(room.id);
    const entry = await grant(token, { [name]: 'write' });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, entry] });
    const seen = connect(relay, name, room.hostToken);
    await waitUntil('the host listens', () => seen.provider.synced);
    for (const update of [new Uint8Array(40).fill(255), new Uint8Array([1, 1, 5, 0, 4, 1])]) {
      const guest = await connectRaw(relay, name, token);
      guest.socket.send(encodeUpdate(update));
      expect(await guest.closed).toBe(CLOSE.badMessage);
    }
    const honest = connect(relay, name, token);
    honest.push('knock');
    await waitUntil('it arrives', () => seen.items().length === 1);
  });

  it('a head that never ends', async () => {
    const relay = await startRelay({ limits: { handshakeMs: 200 } });
    const socket = connectTcp(relay.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    const end = ended(socket);
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    await end;
    expect((await fetch(`${httpUrl(relay)}/healthz`)).status).toBe(200);
  });

  it('random and mutated messages', async () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
    const random = seededRandom(seed);
    const { relay, room, check } = await bystanders();
    const samples = [
      [0, 0, 1, 0],
      [0, 1, 2, 0, 0],
      [0, 2, 13, 1, 1, 5, 0, 4, 1, 4, 108, 105, 115, 116, 1, 97, 0],
      [1, 6, 1, 5, 1, 2, 123, 125],
      [3],
    ];
    let sent = 0;
    for (let round = 0; round < 60; round += 1) {
      const raw = await connectRaw(relay, room.id, room.hostToken);
      for (let i = 0; i < 50; i += 1) {
        const sample = samples[Math.floor(random() * samples.length)] ?? [];
        const bytes = random() < 0.3 ? Array.from({ length: random() * 40 }, () => 0) : [...sample];
        const changes = random() < 0.3 ? bytes.length : 2;
        for (let k = 0; k < changes; k += 1) {
          bytes[Math.floor(random() * (bytes.length + 1))] = Math.floor(random() * 256);
        }
        raw.socket.send(new Uint8Array(bytes.map((byte) => byte ?? 0)));
        sent += 1;
      }
      raw.socket.close();
      await raw.closed;
    }
    expect(sent, `seed ${seed}`).toBe(3000);
    // What a host of the room wrote is its own: only the relay's life and its wire are judged here.
    const other = await claimedRoom(relay);
    const [one, two] = [
      connect(relay, other.id, other.hostToken),
      connect(relay, other.id, other.hostToken),
    ];
    one.push('alive');
    await waitUntil(`another room works, seed ${seed}`, () => two.items().length === 1);
    await check();
  });
});

function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
