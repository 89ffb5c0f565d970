// Awareness through the relay: echo, late joiners, ghosts, echoes of others, takeover.
import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { AwarenessBook } from '../../src/relay/documents/awarenessBook.ts';
import {
  type AwarenessEntry,
  decodeAwareness,
  encodeAwareness,
} from '../../src/relay/documents/wire.ts';
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
} from './support.ts';

const entry = (clientId: number, clock: number, state = '{}'): AwarenessEntry => ({
  clientId,
  clock,
  state,
});

/** The awareness payload of a message, or nothing if it is another message. */
function awarenessOf(frame: Uint8Array): readonly AwarenessEntry[] {
  if (frame[0] !== 1) return [];
  // One length byte below 128, two above.
  const start = (frame[1] ?? 0) < 128 ? 2 : 3;
  return decodeAwareness(frame.subarray(start), 1000) ?? [];
}

describe('awareness', () => {
  it('[Y5] comes back to its sender, so that a lone client hears something', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const raw = await connectRaw(relay, room.id, room.hostToken);
    raw.socket.send(encodeAwareness([entry(7, 1, '{"a":1}')]));
    await waitUntil('the echo', () => raw.messages.length > 0);
    expect(awarenessOf(raw.messages[0] ?? new Uint8Array())).toEqual([entry(7, 1, '{"a":1}')]);
  });

  it('[Y5] is known to a late joiner at once, and gone for all when its client goes', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    host.provider.awareness.setLocalStateField('who', 'host');
    await waitUntil('the host is in', () => host.provider.synced);
    const guest = connect(relay, room.id, room.hostToken);
    const statesOf = (client: typeof host): readonly unknown[] =>
      [...client.provider.awareness.getStates().values()].map((state) => state['who']);
    await waitUntil('the guest sees the host', () => statesOf(guest).includes('host'));
    guest.provider.awareness.setLocalStateField('who', 'guest');
    await waitUntil('the host sees the guest', () => statesOf(host).includes('guest'));
    // A crash, not a goodbye.
    guest.provider.shouldConnect = false;
    const socket = guest.provider.ws;
    expect(socket).not.toBeNull();
    // With WebSocketPolyfill this is a socket of ws.
    (socket as unknown as { terminate(): void }).terminate();
    await waitUntil('the ghost is gone', () => !statesOf(host).includes('guest'));
    const late = connect(relay, room.id, room.hostToken);
    await waitUntil('a late joiner sees only who is there', () => statesOf(late).includes('host'));
    expect(statesOf(late)).not.toContain('guest');
  });

  it('[Y6] of others, repeated by stock clients, goes no further', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const [a, b] = [
      await joinRaw(relay, room.id, room.hostToken),
      await joinRaw(relay, room.id, room.hostToken),
    ];
    a.socket.send(encodeAwareness([entry(1, 1)]));
    b.socket.send(encodeAwareness([entry(2, 1)]));
    await waitUntil('both are known', () => a.messages.length === 2 && b.messages.length === 2);
    b.socket.send(encodeAwareness([entry(1, 5, '{"forged":true}'), entry(2, 2)]));
    await waitUntil('its own arrives', () => a.messages.length === 3);
    expect(awarenessOf(a.messages[2] ?? new Uint8Array())).toEqual([entry(2, 2)]);
  });

  it('[Y6] of 16 stock clients costs one delivery per client and change', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const clients = Array.from({ length: 16 }, () => connect(relay, room.id, room.hostToken));
    for (const client of clients) client.provider.awareness.setLocalStateField('n', 1);
    const knowsAll = (client: (typeof clients)[number]): boolean =>
      client.provider.awareness.getStates().size === clients.length;
    await waitUntil('all know all', () => clients.every(knowsAll));
    const tap = await connectRaw(relay, room.id, room.hostToken);
    tap.socket.send(new Uint8Array([0, 0, 1, 0]));
    await waitUntil('the tap is in', () => tap.messages.some((frame) => awarenessOf(frame).length));
    tap.messages.length = 0;
    clients[0]?.provider.awareness.setLocalStateField('n', 2);
    await waitUntil('the change arrives', () => tap.messages.length > 0);
    clients[1]?.provider.awareness.setLocalStateField('n', 3);
    await waitUntil('the next one arrives', () =>
      tap.messages.some((frame) => awarenessOf(frame)[0]?.state === '{"n":3}'),
    );
    expect(tap.messages.length).toBe(2);
  });

  it('[Y6] lets a client that reconnects take over from its own dead socket', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const dead = await connectRaw(relay, room.id, room.hostToken);
    dead.socket.send(encodeAwareness([entry(5, 1)]));
    await waitUntil('it is known', () => dead.messages.length > 0);
    dead.socket.pause();
    const back = await connectRaw(relay, room.id, room.hostToken);
    back.socket.send(encodeAwareness([entry(5, 2, '{"back":true}')]));
    await waitUntil('the dead one is cut', () => relay.counts.sockets === 1, 6000);
    back.socket.send(encodeAwareness([entry(5, 3, '{"back":true}')]));
    await waitUntil('it speaks again', () =>
      back.messages.some((frame) => awarenessOf(frame)[0]?.clock === 3),
    );
    expect(back.socket.readyState).toBe(back.socket.OPEN);
  });

  it('[Y6] refuses to take over from a live socket', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    host.provider.awareness.setLocalStateField('who', 'host');
    await waitUntil('the host is in', () => host.provider.synced);
    const watcher = connect(relay, room.id, room.hostToken);
    await waitUntil('it is seen', () =>
      watcher.provider.awareness.getStates().has(host.doc.clientID),
    );
    const thief = await connectRaw(relay, room.id, room.hostToken);
    thief.socket.send(encodeAwareness([entry(host.doc.clientID, 99, '{"who":"thief"}')]));
    thief.socket.send(encodeAwareness([entry(host.doc.clientID, 100, 'null')]));
    thief.socket.terminate();
    host.provider.awareness.setLocalStateField('beat', 1);
    const seen = () => watcher.provider.awareness.getStates().get(host.doc.clientID);
    await waitUntil('the beat arrives', () => seen()?.['beat'] === 1);
    expect(seen()).toEqual({ who: 'host', beat: 1 });
  });
});

describe('awareness of a guest', () => {
  async function withGuest(options: Parameters<typeof startRelay>[0] = {}) {
    const relay = await startRelay(options);
    const room = await claimedRoom(relay);
    const guestToken = newToken();
    const guest = await grant(guestToken, { [room.id]: 'read' });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, guest] });
    const host = connect(relay, room.id, room.hostToken);
    host.provider.awareness.setLocalStateField('who', 'host');
    await waitUntil('the host is in', () => host.provider.synced);
    return { relay, room, guestToken, host };
  }

  it('[Y6] that is no JSON object reaches nobody: it would end every stock client', async () => {
    const { relay, room, guestToken, host } = await withGuest();
    const guest = await connectRaw(relay, room.id, guestToken);
    for (const [index, state] of ['{', '', '5', '"x"', '[]', 'undefined', '{"a":1}x'].entries()) {
      guest.socket.send(encodeAwareness([entry(7, index, state)]));
    }
    guest.socket.send(encodeAwareness([entry(7, 9, '{"ok":1}')]));
    await waitUntil(
      'the good one arrives',
      () => host.provider.awareness.getStates().get(7)?.['ok'],
    );
    const frames = guest.messages.map(awarenessOf).flat();
    expect(frames.filter(({ clientId }) => clientId === 7)).toEqual([entry(7, 9, '{"ok":1}')]);
    guest.socket.send(encodeAwareness([entry(7, 10, ' null ')]));
    await waitUntil('it left', () => !host.provider.awareness.getStates().has(7));
    expect(host.closeCodes).toEqual([]);
  });

  it('[Y6] never speaks for a client of the host, present or not', async () => {
    const { relay, room, guestToken, host } = await withGuest();
    const watcher = connect(relay, room.id, guestToken);
    const id = host.doc.clientID;
    const seen = () => watcher.provider.awareness.getStates().get(id)?.['who'];
    await waitUntil('the host is seen', () => seen() === 'host');
    host.provider.disconnect();
    await waitUntil('it is gone', () => seen() === undefined);
    const thief = await connectRaw(relay, room.id, guestToken);
    thief.socket.send(encodeAwareness([entry(id, 2 ** 40, '{"who":"thief"}')]));
    thief.socket.send(encodeAwareness([entry(id, 500, '{"who":"thief"}'), entry(7, 1)]));
    await waitUntil('its own is taken', () => watcher.provider.awareness.getStates().has(7));
    expect(seen()).toBeUndefined();
    host.provider.connect();
    await waitUntil('it is connected', () => host.provider.synced);
    // Under the clock of its end, clients take nothing; the next beat counts.
    host.provider.awareness.setLocalStateField('beat', 1);
    await waitUntil('the host is back', () => seen() === 'host');
    expect(host.closeCodes.filter((code) => code >= 4000)).toEqual([]);
  });

  it('[Y9] is closed when it changes all the time', async () => {
    const { relay, room, guestToken } = await withGuest({
      limits: { awareness: { perSecond: 0, burst: 5 } },
    });
    const guest = await connectRaw(relay, room.id, guestToken);
    for (let i = 0; i < 6; i += 1) guest.socket.send(encodeAwareness([entry(7, i)]));
    expect(await guest.closed).toBe(CLOSE.rateLimited);
  });
});

describe('the awareness book', () => {
  it('[Y6] gives a host its client back, and ends the guest that took it', () => {
    const book = new AwarenessBook<object>();
    const [host, thief] = [{}, {}];
    expect(book.receive(thief, [entry(1, 8)])).toMatchObject({ kind: 'publish' });
    const back = book.receive(host, [entry(1, 9)], 'host');
    expect(back).toEqual({ kind: 'reclaimed', impostor: thief, entry: entry(1, 9) });
    expect(book.leave(thief)).toBeUndefined();
    expect(book.entries()).toEqual([entry(1, 9)]);
    const again = {};
    expect(book.receive(again, [entry(1, 10)], 'host')).toEqual({
      kind: 'contested',
      holder: host,
    });
  });

  it('[Y6] takes no clock from a guest that nobody could count on from', () => {
    const book = new AwarenessBook<object>();
    expect(book.receive({}, [entry(1, Number.MAX_SAFE_INTEGER)])).toEqual({ kind: 'nothing' });
  });

  it('[Y6] never binds a silent client to the echo of another, gone or not', () => {
    const book = new AwarenessBook<object>();
    const [host, silent, again] = [{}, {}, {}];
    expect(book.receive(host, [entry(1, 4)])).toMatchObject({ kind: 'publish' });
    book.noteDelivered(silent, [entry(1, 4)]);
    expect(book.receive(silent, [entry(1, 4)])).toEqual({ kind: 'nothing' });
    expect(book.leave(host)).toEqual(entry(1, 4, 'null'));
    expect(book.receive(silent, [entry(1, 4)])).toEqual({ kind: 'nothing' });
    expect(book.receive(silent, [entry(1, 4, 'null')])).toEqual({ kind: 'nothing' });
    expect(book.receive(again, [entry(1, 4)])).toMatchObject({ kind: 'publish' });
    expect(book.receive(silent, [entry(3, 0)])).toMatchObject({ kind: 'publish' });
  });

  it('[Y6] takes a client that comes back for itself, once its old connection has left', () => {
    const book = new AwarenessBook<object>();
    const [before, after] = [{}, {}];
    expect(book.receive(before, [entry(7, 3)]).kind).toBe('publish');
    expect(book.receive(after, [entry(7, 4)])).toEqual({ kind: 'contested', holder: before });
    book.leave(before);
    expect(book.receive(after, [entry(7, 4)]).kind).toBe('publish');
    expect(book.entries()).toEqual([entry(7, 4)]);
  });

  it('[Y5] says nothing when somebody leaves who never spoke or said goodbye', () => {
    const book = new AwarenessBook<object>();
    const [a, b] = [{}, {}];
    book.receive(a, [entry(1, 1)]);
    book.receive(a, [entry(1, 2, 'null')]);
    expect([book.leave(a), book.leave(b), book.entries()]).toEqual([undefined, undefined, []]);
  });
});
