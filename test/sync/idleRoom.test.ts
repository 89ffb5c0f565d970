// A room in which nothing has happened for a while: whoever comes can act at once.
import { afterEach, expect, it } from 'vitest';
import * as Y from 'yjs';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { admissionToken } from '../../src/crypto/admissionToken.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { parseLink } from '../../src/protocol/link.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import { DocumentConnection } from '../../src/sync/documentConnection.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { SyncRig } from './syncRig.ts';

/** Passes on what documents say before what awareness says, as a busy network may. */
const BeatsLast = new Proxy(WebSocket, {
  construct(target, [url, protocols]: [string, string[]]) {
    const socket = new target(url, protocols);
    const listen = socket.addEventListener.bind(socket);
    Object.defineProperty(socket, 'addEventListener', {
      value(type: string, listener: (event: Event) => void) {
        listen(type, (event: Event) => {
          const data: unknown = event instanceof MessageEvent ? event.data : undefined;
          const isAwareness = data instanceof ArrayBuffer && new Uint8Array(data)[0] === 1;
          if (isAwareness) setTimeout(() => listener(event), 500);
          else listener(event);
        });
      },
    });
    return socket;
  },
});

let rig: SyncRig;
afterEach(() => rig.close());

/** Listens to a room without a word; the result tells how much was said. */
async function listen(text: string): Promise<() => number> {
  const { room, secret, relay } = parseLink(text);
  const token = await admissionToken(secret, room);
  const doc = new Y.Doc();
  const options = { doc, name: room, url: relay, token, webSocket: WebSocket };
  const connection = new DocumentConnection({ ...options, withAwareness: true });
  rig.own(() => connection.dispose());
  let heard = 0;
  connection.awareness.on('update', () => (heard += 1));
  await waitUntil('it listens', () => connection.status.kind === 'synced' && heard > 0);
  return () => heard;
}

it('a command of a member who comes back to an idle room is not too late, however old the state is', async () => {
  rig = new SyncRig();
  const relay = await rig.relay();
  const clock = createFakeClock(systemClock.now());
  const room = await rig.host(relay, { clock });
  const ticking = setInterval(() => clock.advance(5), 5);
  rig.own(() => clearInterval(ticking));
  const identity = await createIdentity();
  const link = await rig.invite(room, relay, { role: 'owner' });
  const before = await rig.join(link, 'Ada', identity);
  await waitUntil('the owner is in', () => before.me);
  await before.close();
  await waitUntil('the host sees that she left', () => room.windowCount === 0);
  // Ten minutes of beats, and nothing that changes the state.
  const beats = await listen(link);
  for (let beat = 0; beat < 60; beat += 1) {
    const heard = beats();
    clock.advance(10_000);
    await waitUntil('the beat is at the relay', () => beats() > heard);
  }
  const view = await Attachment.join({
    link,
    identity,
    name: 'Ada',
    device: 'test',
    clock: systemClock,
    log: silentLogger,
    webSocket: BeatsLast,
  });
  rig.own(() => view.dispose());
  // Scripts send in the moment in which they find themselves in.
  const sent = new Promise((resolve, reject) => {
    const listening = view.onDidChange(() => {
      if (!view.me) return;
      listening.dispose();
      view.request('focus-request', {}).then(resolve, reject);
    });
  });
  await expect(sent).resolves.toBeDefined();
});
