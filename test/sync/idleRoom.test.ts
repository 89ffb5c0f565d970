// A room in which nothing has happened for a while: whoever comes can act at once.
import { afterEach, expect, it } from 'vitest';
import { admissionToken } from '../../src/crypto/admissionToken.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { parseLink } from '../../src/protocol/link.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

/** Passes on what documents say before what awareness says, as a busy network may. */
function beatsLast(): typeof WebSocket {
  return new Proxy(rig.net.webSocket, {
    construct(target, [url, protocols]: [string, string[]]) {
      const socket = new target(url, protocols);
      const listen = socket.addEventListener.bind(socket);
      Object.defineProperty(socket, 'addEventListener', {
        value(type: string, listener: (event: Event) => void) {
          listen(type, (event: Event) => {
            const data: unknown = event instanceof MessageEvent ? event.data : undefined;
            const isAwareness = data instanceof ArrayBuffer && new Uint8Array(data)[0] === 1;
            if (isAwareness) rig.clock.after(500, () => listener(event));
            else listener(event);
          });
        },
      });
      return socket;
    },
  });
}

/** Listens to a room without a word; the result tells how much was said. */
async function listen(text: string): Promise<() => number> {
  const { room, secret, relay } = parseLink(text);
  const token = await admissionToken(secret, room);
  const options = { token, withAwareness: true };
  const { connection } = await rig.connect({ url: relay }, room, options);
  let heard = 0;
  connection.awareness.on('update', () => (heard += 1));
  return () => heard;
}

it('a command of a member who comes back to an idle room is not too late, however old the state is', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const identity = await createIdentity();
  const link = await rig.invite(room, relay, { role: 'owner' });
  const before = await rig.join(link, 'Ada', identity);
  await rig.until('the owner is in', () => before.me);
  await rig.run(before.close());
  await rig.until('the host sees that she left', () => room.windowCount === 0);
  // Ten minutes of beats, and nothing that changes the state.
  const beats = await listen(link);
  for (let beat = 0; beat < 60; beat += 1) {
    const heard = beats();
    await rig.pass(10_000);
    expect(beats()).toBeGreaterThan(heard);
  }
  const view = await rig.join(link, 'Ada', identity, { webSocket: beatsLast() });
  // Scripts send in the moment in which they find themselves in.
  const sent = new Promise((resolve, reject) => {
    const listening = view.onDidChange(() => {
      if (!view.me) return;
      listening.dispose();
      view.request('focus-request', {}).then(resolve, reject);
    });
  });
  await expect(rig.run(sent)).resolves.toBeDefined();
});
