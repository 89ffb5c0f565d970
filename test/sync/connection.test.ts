// A connection against servers that misbehave: nothing throws, nothing hangs, the reason is told.
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import * as Y from 'yjs';
import { DocumentConnection } from '../../src/sync/documentConnection.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

function connect(url: string): DocumentConnection {
  const doc = new Y.Doc();
  const connection = new DocumentConnection({ doc, name: 'room', url, webSocket: WebSocket });
  endings.push(() => connection.dispose());
  return connection;
}

/** A WebSocket server that sends each client what it is told to. */
async function talker(messages: readonly (string | Uint8Array)[]): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  endings.push(() => server.close());
  server.on('connection', (socket) => {
    for (const message of messages) socket.send(message);
  });
  const address = server.address();
  return `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test.each([
  ['text', 'hello'],
  ['an empty message', new Uint8Array()],
  ['a length that is not there', new Uint8Array([0, 1, 255, 255, 255, 255, 15])],
  ['random bytes', new Uint8Array([0, 2, 40, 1, 2, 3, 4, 5, 6])],
])('%s from a relay harms nothing', async (_name, message) => {
  const doc = new Y.Doc();
  const received: unknown[] = [];
  const Spy = new Proxy(WebSocket, {
    construct(target, [url, protocols]: [string, string[]]) {
      const socket = new target(url, protocols);
      socket.addEventListener('message', ({ data }) => received.push(data));
      return socket;
    },
  });
  const connection = new DocumentConnection({
    doc,
    name: 'room',
    url: await talker([message, message]),
    webSocket: Spy,
  });
  endings.push(() => connection.dispose());
  // What a listener throws ends the test run: nothing may get that far.
  await waitUntil('the message has arrived', () => received.length > 0);
  expect(doc.share.size).toBe(0);
  expect(Y.encodeStateAsUpdate(doc)).toEqual(new Uint8Array([0, 0]));
});

test('a port where nobody listens is told as the reason, and tried again', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await new Promise((resolve) => server.close(resolve));
  const connection = connect(`ws://127.0.0.1:${port}`);
  await waitUntil('it is offline', () => connection.status.kind === 'offline');
  expect(connection.status).toMatchObject({ kind: 'offline' });
});
