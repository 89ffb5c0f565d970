// The other clients: y-websocket 2, Node's own WebSocket, an open relay, a relay that lost its disk.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import { type Logger, silentLogger } from '../../src/base/log.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { type Relay, createRelay } from '../../src/relay/server.ts';
import { systemClock } from '../../src/base/clock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { installHost } from '../../tools/install/cache.ts';
import { claimedRoom, connect, grant, newToken, putClaim, startRelay } from './support.ts';

describe('Node’s own WebSocket', () => {
  it('[Y1] serves the stock client as well as ws', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const own = connect(relay, room.id, room.hostToken, {
      WebSocketPolyfill: globalThis.WebSocket,
    });
    const other = connect(relay, room.id, room.hostToken);
    own.push('one');
    await waitUntil('it arrives', () => other.items().length === 1);
    other.push('two');
    await waitUntil('and back', () => own.items().length === 2);
  });

  it('[Y17] is told the close code of a refusal', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const own = connect(relay, room.id, newToken(), { WebSocketPolyfill: globalThis.WebSocket });
    await waitUntil('it is closed', () => own.closeCodes.length > 0);
    expect(own.closeCodes).toEqual([4401]);
  });
});

describe('y-websocket 2', () => {
  let provider: typeof WebsocketProvider;
  let yjs: typeof Y;
  beforeAll(async () => {
    const folder = await installHost('y-websocket-2');
    const load = createRequire(join(folder, 'package.json'));
    // Both have the shape of their newer versions in what is used here.
    provider = (load('y-websocket') as { WebsocketProvider: typeof WebsocketProvider })
      .WebsocketProvider;
    yjs = load('yjs') as typeof Y;
  });

  function connectOld(relay: Pick<Relay, 'url'>, name: string, protocols: string[]) {
    const doc = new yjs.Doc();
    const client = new provider(relay.url, name, doc, { disableBc: true, protocols });
    onTestFinished(() => client.destroy());
    return { doc, client, list: doc.getArray<string>('list') };
  }

  it('[Y1] syncs both ways with client 3 by token', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const old = connectOld(relay, room.id, ['th.1', room.hostToken]);
    const current = connect(relay, room.id, room.hostToken);
    old.list.push(['old']);
    await waitUntil('it arrives', () => current.items().length === 1);
    current.push('new');
    await waitUntil('and back', () => old.list.length === 2);
    current.provider.awareness.setLocalStateField('who', 'new');
    await waitUntil('awareness too', () =>
      [...old.client.awareness.getStates().values()].some((state) => state['who'] === 'new'),
    );
  });

  it('[Y23] uses an open relay without any token', async () => {
    const relay = await startRelay({ open: true });
    const [one, two] = [connectOld(relay, 'my room', []), connectOld(relay, 'my room', [])];
    one.list.push(['x']);
    await waitUntil('it arrives', () => two.list.length === 1);
    expect(two.list.toArray()).toEqual(['x']);
  });

  it('[Y17] [Y18] that retries after a refusal is held for a moment each time', async () => {
    const relay = await startRelay({ limits: { admissionGraceMs: 300 } });
    const room = await claimedRoom(relay);
    const old = connectOld(relay, room.id, ['th.1', newToken()]);
    let closes = 0;
    old.client.on('connection-close', () => (closes += 1));
    await waitUntil('some refusals', () => closes >= 3);
    const before = performance.now();
    const seen = closes;
    await waitUntil('two more', () => closes >= seen + 2);
    expect(performance.now() - before).toBeGreaterThan(500);
  });
});

describe('an open relay', () => {
  it('[Y23] admits everybody to every room, and warns', async () => {
    const warnings: string[] = [];
    const log: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
    const relay = await startRelay({ open: true, log });
    expect(warnings.join()).toContain('everybody may read and write every room');
    const clients = [
      connect(relay, 'any/room name'),
      connect(relay, 'any/room name', newToken()),
      connect(relay, 'any/room name', undefined, { protocols: ['of-their-own'] }),
    ];
    clients[0]?.push('hello');
    await waitUntil('all have it', () => clients.every((client) => client.items().length === 1));
    clients[2]?.push('back');
    await waitUntil('all have both', () => clients.every((client) => client.items().length === 2));
  });
});

describe('a relay that lost its disk', () => {
  it('[Y18] is filled again by the host, and readers go on by themselves', async () => {
    const parts = { store: createMemoryStore(), clock: systemClock, log: silentLogger };
    const first = await createRelay({ port: 0, ...parts });
    onTestFinished(() => first.close());
    const room = await claimedRoom(first);
    const token = newToken();
    const tokens = [room.hostEntry, await grant(token, { [room.id]: 'read' })];
    await putClaim(first, room, { rev: 2, tokens });
    const host = connect(first, room.id, room.hostToken);
    const reader = connect(first, room.id, token);
    host.push(...Array.from({ length: 200 }, (_, index) => `entry ${index}`));
    await waitUntil('the reader has all', () => reader.items().length === 200);
    await first.close();

    const store = createMemoryStore();
    const second = await createRelay({ ...parts, port: first.port, store });
    onTestFinished(() => second.close());
    host.push('written while it was away');
    expect((await putClaim(second, room, { rev: 3, tokens })).status).toBe(200);
    await waitUntil('the reader goes on', () => reader.items().length === 201);
    const late = connect(second, room.id, token);
    await waitUntil('a late joiner has all', () => late.items().length === 201);
    expect(late.items().at(-1)).toBe('written while it was away');
    expect([host.closeCodes, reader.closeCodes].flat().every((code) => code < 4000)).toBe(true);
  });
});
