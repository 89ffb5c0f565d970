// What a burst costs in writes to sockets, and that holding back changes neither order nor bounds.
import { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { testKeyPair } from '../../tools/run/tls.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { TurnBatch } from '../../src/relay/door/turnBatch.ts';
import { encodeUpdate } from '../../src/relay/documents/wire.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { claimedRoom, connect, joinRaw, newToken, startRelay, updateOf } from './support.ts';

const BURST = 50;
const GUESTS = 10;

afterEach(() => void vi.restoreAllMocks());

/** Numbered update frames, which differ in one byte of their content. */
function frames(count: number, bytes = 200): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => {
    const update = updateOf(bytes);
    update.fill(at, -bytes / 2, -10);
    return encodeUpdate(update);
  });
}

/** Calls that hand bytes of the relay's side of sockets to the system. */
function countWrites(port: number): () => number {
  let writes = 0;
  for (const name of ['_write', '_writev'] as const) {
    // Both take what they write, and a callback.
    const socket = Socket.prototype as unknown as Record<string, (...args: unknown[]) => void>;
    const original = socket[name];
    if (!original) throw new Error(`net.Socket has no ${name}`);
    vi.spyOn(socket, name).mockImplementation(function count(this: Socket, ...args: unknown[]) {
      if (this.localPort === port) writes += 1;
      original.apply(this, args);
    });
  }
  return () => writes;
}

describe('a burst', () => {
  it.each([
    ['plain', undefined],
    ['with TLS', { key: `${testKeyPair().key}`, cert: `${testKeyPair().cert}` }],
  ])(
    '[Y26] %s leaves to each guest in a few writes, whole and in order, and is kept',
    async (_, tls) => {
      const store = createMemoryStore();
      const relay = await startRelay({ store, tls, open: true });
      const host = await joinRaw(relay, 'room', newToken());
      const guests = await Promise.all(
        Array.from({ length: GUESTS }, () => joinRaw(relay, 'room', newToken())),
      );
      const burst = frames(BURST);
      const writes = countWrites(relay.port);
      for (const frame of burst) host.socket.send(frame);
      await waitUntil('all have it', () =>
        guests.every(({ messages }) => messages.length >= BURST),
      );
      for (const { messages } of guests) expect(messages).toEqual(burst);
      // One for each guest and read of the burst; unbatched it would be 500.
      expect(writes()).toBeGreaterThanOrEqual(GUESTS);
      expect(writes()).toBeLessThan((BURST * GUESTS) / 4);
      expect(await store.load('room')).toHaveLength(BURST);
    },
  );

  it('[Y26] of two members arrives with everybody as each of them sent it', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const [one, two] = [1, 2].map(() => connect(relay, room.id, room.hostToken));
    const reader = connect(relay, room.id, room.hostToken);
    for (let at = 0; at < BURST; at += 1) {
      one?.push(`a${at}`);
      two?.push(`b${at}`);
    }
    await waitUntil('all is there', () => reader.items().length === 2 * BURST);
    for (const name of ['a', 'b']) {
      const own = reader.items().filter((item) => String(item).startsWith(name));
      expect(own).toEqual(Array.from({ length: BURST }, (_, at) => `${name}${at}`));
    }
  });

  it('[Y9] closes who does not read, with what waits within its bound, and nobody else', async () => {
    const bufferedBytes = 256 * 1024;
    const relay = await startRelay({ limits: { bufferedBytes } });
    const room = await claimedRoom(relay);
    const host = await joinRaw(relay, room.id, room.hostToken);
    const reader = await joinRaw(relay, room.id, room.hostToken);
    const slow = await joinRaw(relay, room.id, room.hostToken);
    slow.socket.pause();
    let sent = 0;
    const large = frames(8, 60_000);
    await waitUntil('the slow one is out', async () => {
      for (const frame of large) host.socket.send(frame);
      sent += large.length;
      await waitUntil('the other one reads on', () => reader.messages.length >= sent);
      return relay.counts.sockets < 3;
    });
    expect(reader.messages).toHaveLength(sent);
    expect(host.socket.readyState).toBe(host.socket.OPEN);
  });
});

describe('TurnBatch', () => {
  function make() {
    const calls: string[] = [];
    const turns: (() => void)[] = [];
    const batch = new TurnBatch({
      stream: { cork: () => void calls.push('cork'), uncork: () => void calls.push('uncork') },
      afterTurn: (callback) => void turns.push(callback),
    });
    const endTurn = (): void => turns.splice(0).forEach((callback) => callback());
    return { batch, calls, turns, endTurn };
  }

  it('holds back until the turn is over, and again in the next one', () => {
    const { batch, calls, turns, endTurn } = make();
    for (let at = 0; at < 10; at += 1) batch.hold(100);
    expect([calls, turns.length]).toEqual([['cork'], 1]);
    endTurn();
    expect(calls).toEqual(['cork', 'uncork']);
    batch.hold(100);
    endTurn();
    expect(calls).toEqual(['cork', 'uncork', 'cork', 'uncork']);
  });

  it('never holds back more than 64 KiB before the last frame', () => {
    const { batch, calls, endTurn } = make();
    batch.hold(60_000);
    batch.hold(60_000);
    batch.hold(1_000_000);
    batch.hold(1);
    expect(calls).toEqual(['cork', ...Array.from({ length: 3 }, () => ['uncork', 'cork']).flat()]);
    endTurn();
    expect(calls.at(-1)).toBe('uncork');
    expect(calls.filter((call) => call === 'cork')).toHaveLength(4);
  });
});
