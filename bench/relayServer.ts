// A server under measurement, in a process of its own: bare ws fan-out, the stock server, or the relay with a store.
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { createMemoryStore } from '../src/relay/stores/memoryStore.ts';
import { createRelay } from '../src/relay/server.ts';
import { openSqliteStore } from '../src/relay/stores/sqliteStore.ts';
import { installHost } from '../tools/install/cache.ts';

/** What can be measured. The last one admits by tokens, as in use; the other relays are open. */
export type ServerKind =
  'bare ws' | 'stock server' | 'relay, memory' | 'relay, SQLite' | 'relay, tokens';

/** What a server says once it listens. */
export interface ServerReady {
  readonly port: number;
}

const kind = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'relay-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

process.on('message', (question) => {
  if (question === 'end') process.exit(0);
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage().rss });
});
process.once('disconnect', () => process.exit(0));
const ready: ServerReady = { port: await start() };
process.send?.(ready);

function start(): Promise<number> {
  switch (kind) {
    case 'bare ws':
      return startBare();
    case 'stock server':
      return startStock();
    default:
      return startRelay();
  }
}

function startBare(): Promise<number> {
  return listen((socket, _request, server) => {
    socket.on('message', (data) => {
      for (const other of server.clients) if (other !== socket) other.send(data);
    });
  });
}

/** y-websocket 2 has the newest server that relays when it is installed clean; on the ws that the others have. */
async function startStock(): Promise<number> {
  const load = createRequire(join(await installHost('y-websocket-2'), 'package.json'));
  // The package has no types for it.
  const { setupWSConnection } = load('./node_modules/y-websocket/bin/utils.cjs') as {
    setupWSConnection: (socket: WebSocket, request: IncomingMessage) => void;
  };
  return listen(setupWSConnection);
}

async function listen(
  take: (socket: WebSocket, request: IncomingMessage, server: WebSocketServer) => void,
): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket, request) => {
    socket.on('error', () => undefined);
    take(socket, request, server);
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function startRelay(): Promise<number> {
  const parts = { clock: systemClock, log: silentLogger };
  const store =
    kind === 'relay, memory'
      ? createMemoryStore()
      : await openSqliteStore({ file: join(folder, 'relay.db'), ...parts });
  const unlimited = { perSecond: Infinity, burst: Infinity };
  const limits = { hostMessages: unlimited, hostBytes: unlimited };
  const open = kind !== 'relay, tokens';
  return (await createRelay({ port: 0, store, open, limits, ...parts })).port;
}
