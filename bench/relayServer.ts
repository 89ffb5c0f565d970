// A server under measurement, in a process of its own: bare ws fan-out, or the relay with a store.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { createMemoryStore } from '../src/relay/stores/memoryStore.ts';
import { createRelay } from '../src/relay/server.ts';
import { openSqliteStore } from '../src/relay/stores/sqliteStore.ts';

/** What can be measured. */
export type ServerKind = 'bare ws' | 'relay, memory' | 'relay, SQLite';

const kind = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'relay-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

process.on('message', (question) => {
  if (question === 'end') process.exit(0);
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage().rss });
});
process.once('disconnect', () => process.exit(0));
process.send?.({ port: kind === 'bare ws' ? await startBare() : await startRelay() });

async function startBare(): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      for (const other of server.clients) if (other !== socket) other.send(data);
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function startRelay(): Promise<number> {
  const parts = { clock: systemClock, log: silentLogger };
  const store =
    kind === 'relay, SQLite'
      ? await openSqliteStore({ file: join(folder, 'relay.db'), ...parts })
      : createMemoryStore();
  const unlimited = { perSecond: Infinity, burst: Infinity };
  const limits = { hostMessages: unlimited, hostBytes: unlimited };
  return (await createRelay({ port: 0, store, open: true, limits, ...parts })).port;
}
