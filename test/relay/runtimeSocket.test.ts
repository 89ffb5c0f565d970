// The runtime's own WebSocket over real sockets, and the pair in memory that stands for it in test/sync.
import { systemClock } from '../../src/base/clock.ts';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type WebSocket as RelaySocket, WebSocketServer } from 'ws';
import * as Y from 'yjs';
import { type ConnectionStatus, DocumentConnection } from '../../src/sync/documentConnection.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { takeOverTimers } from '../probes/globalTimers.ts';
import { PairRig } from '../sync/pairRig.ts';
import type { RelayEnd } from '../sync/socketPair.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

/** What both kinds of server sockets can do. */
type ServerEnd = Pick<RelaySocket, 'send' | 'close' | 'terminate' | 'on' | 'ping'> | RelayEnd;
type Play = (server: ServerEnd) => void;

async function realServer(play: Play): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  endings.push(() => server.close());
  server.on('connection', play);
  const address = server.address();
  return `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

/** A port of this computer where nobody listens. */
async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

/** Everything that a client is told, in order; it answers the message `bye` by a close. */
function record(socket: WebSocket): string[] {
  const told: string[] = [];
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => {
    told.push('open');
    socket.send(new Uint8Array([7]));
  });
  socket.addEventListener('message', (event) => {
    const data: unknown = event.data;
    if (data instanceof ArrayBuffer) told.push(`bytes ${new Uint8Array(data).join()}`);
    else told.push(`text ${String(data)}`);
    if (data === 'bye') socket.close(4001, 'bye');
  });
  socket.addEventListener('error', () => told.push('error'));
  socket.addEventListener('close', ({ code, reason, wasClean }) => {
    told.push(`close ${code} ${reason} ${wasClean ? 'clean' : 'broken'}`);
  });
  return told;
}

const isOver = (told: readonly string[]): boolean => told.some((line) => line.startsWith('close'));

const plays: readonly [string, (heard: string[]) => Play][] = [
  [
    'messages and a close with a code',
    () => (server) => {
      server.send('hello');
      server.send(new Uint8Array([1, 2, 3]));
      server.close(4403, 'not admitted');
      server.send('too late');
    },
  ],
  [
    'a message, a close of the client',
    (heard) => (server) => {
      server.on('close', (code: number) => void heard.push(`close ${code}`));
      server.on('message', (data: Buffer) => void heard.push(`bytes ${data.join()}`));
      server.send('bye');
    },
  ],
  [
    'a ping, and an end without a close',
    (heard) => (server) => {
      server.on('pong', () => {
        heard.push('pong');
        server.terminate();
      });
      server.on('close', (code: number) => void heard.push(`close ${code}`));
      server.ping();
    },
  ],
];

test.each(plays)(
  'the pair of test/sync tells the same as real sockets: %s',
  async (_name, make) => {
    const [realHeard, pairHeard]: [string[], string[]] = [[], []];
    const real = record(new WebSocket(await realServer(make(realHeard))));
    await waitUntil('the real one is over', () => isOver(real));
    const rig = new PairRig();
    endings.push(() => rig.close());
    const pair = record(new rig.net.webSocket(rig.net.serve(make(pairHeard))));
    await rig.until('the pair is over', () => isOver(pair));
    await rig.pass(100);
    expect(pair).toEqual(real);
    await waitUntil('the real server has heard the same', () => {
      return JSON.stringify(realHeard.toSorted()) === JSON.stringify(pairHeard.toSorted());
    });
    expect(pair.length).toBeGreaterThan(1);
  },
);

test('the pair of test/sync tells the same as real sockets: nobody listens', async () => {
  const real = record(new WebSocket(await deadAddress()));
  await waitUntil('the real one is over', () => isOver(real));
  const rig = new PairRig();
  endings.push(() => rig.close());
  const pair = record(new rig.net.webSocket(rig.net.freeAddress()));
  await rig.until('the pair is over', () => isOver(pair));
  expect(pair).toEqual(real);
});

test('a port where nobody listens is told as the reason, and tried again', async () => {
  let tries = 0;
  const connection = new DocumentConnection({
    doc: new Y.Doc(),
    name: 'room',
    url: await deadAddress(),
    clock: systemClock,
    webSocket: new Proxy(WebSocket, {
      construct(target, [url, protocols]: [string, string[]]) {
        tries += 1;
        return new target(url, protocols);
      },
    }),
    random: Math.random,
  });
  endings.push(() => connection.dispose());
  await waitUntil('it is offline', () => connection.status.kind === 'offline');
  expect(connection.status).toMatchObject({ kind: 'offline' });
  await waitUntil('it is tried again', () => tries > 1);
});

test('a timer that was begun before the clock took over can be cleared meanwhile', async () => {
  let hasRung = false;
  const timer = setTimeout(() => (hasRung = true), 20);
  const isLater = new Promise((resolve) => setTimeout(resolve, 21));
  const taken = takeOverTimers(createFakeClock());
  clearTimeout(timer);
  taken.dispose();
  await isLater;
  expect(hasRung).toBe(false);
});

test('[P7] a handshake that nobody answers is given up after 12 s, and tried again', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const clock = createFakeClock();
  const connection = new DocumentConnection({
    doc: new Y.Doc(),
    name: 'room',
    url: `ws://127.0.0.1:${port}`,
    clock,
    webSocket: WebSocket,
    random: () => 0.5,
  });
  endings.push(() => connection.dispose());
  const said: ConnectionStatus[] = [];
  connection.onDidChange((status) => said.push(status));
  await waitUntil('somebody knocks', () => sockets.length > 0);
  const before = sockets.length;
  clock.advance(11_900);
  expect(said).toEqual([]);
  clock.advance(100);
  expect(said).toEqual([{ kind: 'offline', reason: 'no answer' }]);
  await waitUntil('another one knocks', () => sockets.length > before);
});
