// A real relay with somebody before it who does with messages what he likes, over real sockets and in real time.
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket as ServerSocket, WebSocket as ClientSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../src/base/clock.ts';
import { formatLink, parseLink } from '../../src/protocol/link.ts';
import type { Evil, Passing } from './evilRelay.ts';
import type { EvilWorld } from './evilRun.ts';
import type { Direction } from './socketPair.ts';
import { SyncRig } from './syncRig.ts';

/** A world of real sockets; close its rig. */
export function realWorld(): EvilWorld & { readonly rig: SyncRig } {
  const rig = new SyncRig();
  return {
    rig,
    clock: systemClock,
    pass: (ms) => sleep(ms),
    async stand(link, evil) {
      const parsed = parseLink(link);
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: first });
      rig.own(() => {
        for (const client of server.clients) client.terminate();
        server.close();
      });
      await new Promise((resolve) => server.once('listening', resolve));
      server.on('connection', (near, { url = '/', headers }) => {
        const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((s) => s.trim());
        const { relay, room } = parsed;
        carryBetween(near, { relay, room, path: url, protocols, evil });
      });
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      return formatLink({ ...parsed, relay: `ws://127.0.0.1:${port}` });
    },
  };
}

function first(offered: Set<string>): string | false {
  return [...offered][0] ?? false;
}

interface Way {
  readonly relay: string;
  readonly room: string;
  readonly path: string;
  readonly protocols: readonly string[];
  readonly evil: Evil;
}

/** Passes what one end says to the other, as the evil one wants it. */
function carryBetween(near: ServerSocket, { relay, room, path, protocols, evil }: Way): void {
  const far = new ClientSocket(`${relay}${path}`, [...protocols]);
  const name = path.slice(1).split('?')[0] ?? '';
  const document: Passing['document'] =
    name === room ? 'main' : name.endsWith('.k') ? 'knocks' : 'channel';
  const pass = (to: ServerSocket, direction: Direction, data: Buffer): void => {
    const passing = { document, direction, isDocument: data[0] === 0, data };
    for (const carried of evil(passing) ?? [{ data, laterMs: 0 }]) {
      const send = (): void => {
        if (to.readyState === to.OPEN) to.send(carried.data);
      };
      if (carried.laterMs === 0) send();
      else setTimeout(send, carried.laterMs).unref();
    }
  };
  const waiting: Buffer[] = [];
  near.on('message', (data: Buffer) => {
    if (far.readyState === far.CONNECTING) waiting.push(data);
    else pass(far, 'toRelay', data);
  });
  far.on('open', () => {
    for (const data of waiting.splice(0)) pass(far, 'toRelay', data);
  });
  far.on('message', (data: Buffer) => pass(near, 'toClient', data));
  far.on('error', () => near.terminate());
  near.on('error', () => far.terminate());
  near.on('close', () => far.close());
  far.on('close', (code, reason) => {
    if (code >= 4000) near.close(code, reason);
    else near.terminate();
  });
}
