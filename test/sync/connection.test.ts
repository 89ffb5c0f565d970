// A connection against servers that misbehave: nothing throws, nothing hangs, the reason is told.
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { DocumentConnection } from '../../src/sync/documentConnection.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

function connect(url: string, doc: Y.Doc, webSocket: typeof WebSocket): DocumentConnection {
  const random = (): number => 0.5;
  const { clock } = rig;
  const connection = new DocumentConnection({ doc, name: 'room', url, webSocket, random, clock });
  rig.own(() => connection.dispose());
  return connection;
}

test.each([
  ['text', 'hello'],
  ['an empty message', new Uint8Array()],
  ['a length that is not there', new Uint8Array([0, 1, 255, 255, 255, 255, 15])],
  ['random bytes', new Uint8Array([0, 2, 40, 1, 2, 3, 4, 5, 6])],
])('%s from a relay harms nothing', async (_name, message) => {
  const doc = new Y.Doc();
  const received: unknown[] = [];
  const Spy = new Proxy(rig.net.webSocket, {
    construct(target, [url, protocols]: [string, string[]]) {
      const socket = new target(url, protocols);
      socket.addEventListener('message', ({ data }) => received.push(data));
      return socket;
    },
  });
  const url = rig.net.serve((socket) => {
    for (let n = 0; n < 2; n += 1) socket.send(message);
  });
  connect(url, doc, Spy);
  // What a listener throws ends the test run: nothing may get that far.
  await rig.until('the message has arrived', () => received.length > 0);
  await rig.pass(100);
  expect(doc.share.size).toBe(0);
  expect(Y.encodeStateAsUpdate(doc)).toEqual(new Uint8Array([0, 0]));
});

test('a connection that is refused is told, and tried again until somebody is there', async () => {
  const address = rig.net.freeAddress();
  const connection = connect(address, new Y.Doc(), rig.net.webSocket);
  await rig.until('it is offline', () => connection.status.kind === 'offline');
  expect(connection.status).toMatchObject({ kind: 'offline', code: 1006 });
  await rig.pass(10_000);
  let taken = 0;
  rig.net.serve(() => (taken += 1), address);
  await rig.until('it is tried again', () => taken === 1);
});

test('an update that says to be of the document’s own client harms nothing, and what was said is said again', async () => {
  const relay = await rig.relay({ open: true });
  const heard = await rig.connect(relay, 'room', { withAwareness: true });
  const { doc, connection } = await rig.connect(relay, 'room', { withAwareness: true });
  connection.awareness.setLocalState({ said: 'here' });
  const other = new Y.Doc();
  other.clientID = doc.clientID;
  other.getMap('a').set('b', 'c');
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  expect(doc.clientID).not.toBe(other.clientID);
  connection.reconnect();
  const client = doc.clientID;
  await rig.until(
    'it is heard',
    () => heard.connection.awareness.getStates().get(client)?.['said'],
  );
  connection.dispose();
  await rig.until('it is gone', () => !heard.connection.awareness.getStates().has(client));
});
