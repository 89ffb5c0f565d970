// A room that no relay knows: said after a while, not waited for without end.
import { afterEach, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

/** Sockets that count how often a relay said that it does not know the room. */
function countRefusals() {
  let count = 0;
  const webSocket = new Proxy(rig.net.webSocket, {
    construct(target, [url, protocols]: [string, string[]]) {
      const socket = new target(url, protocols);
      socket.addEventListener('close', ({ code }) => {
        if (code === CLOSE.noRoom) count += 1;
      });
      return socket;
    },
  });
  return { webSocket, count: () => count };
}

/** A relay that has just started would wait for the claims of before. */
const limits = { restartGraceMs: 0, admissionGraceMs: 0 };

it('a room that the relay does not know for a while is not there', async () => {
  const relay = await rig.relay({ limits });
  const { webSocket, count } = countRefusals();
  const { id: room } = await rig.roomKeys();
  const link = { room, secret: new Uint8Array(32), relay: relay.url, role: 'viewer' } as const;
  const view = await rig.join(formatLink(link), 'Ada', undefined, { webSocket });
  const truths = new Set<string>();
  view.onDidChange(() => truths.add(view.truth.kind));
  await rig.until('it is not known, and asked for again', () => count() > 1);
  expect(view.truth.kind).not.toBe('over');
  rig.clock.advance(8_000);
  await rig.until('it is over', () => view.truth.kind === 'over');
  expect(view.truth).toMatchObject({ error: { code: 'room-not-found' } });
  // The relay is there: nothing says that it is not.
  expect([...truths]).toEqual(['over']);
});

it('a room that was seen does not end with a relay that has lost it, and goes on when it is claimed again', async () => {
  const before = await rig.relay({ limits });
  const room = await rig.roomKeys();
  const journal = rig.journal(room);
  const host = await rig.host(before, { room, journal });
  const { webSocket, count } = countRefusals();
  const view = await rig.join(await rig.invite(host, before), 'Ada', undefined, { webSocket });
  await rig.until('it is seen', () => view.state);
  host.dispose();
  await rig.run(before.close());
  const after = await rig.relay({ limits, port: before.port });
  await rig.until('the relay does not know it', () => count() > 0);
  await rig.pass(8_000);
  const known = count();
  await rig.until('it is asked for again', () => count() > known);
  expect(view.truth.kind).toBe('relay-offline');
  await rig.host(after, { room, journal, term: 2 });
  await rig.until('it is confirmed', () => view.truth.kind === 'live');
});
