// A room that no relay knows: said after a while, not waited for without end.
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { createRelay } from '../../src/relay/server.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import { createMovableClock } from '../probes/movableClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { SyncRig } from './syncRig.ts';

const rig = new SyncRig();
afterEach(() => rig.close());

/** Sockets that count how often a relay said that it does not know the room. */
function countRefusals() {
  let count = 0;
  class Counted extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      this.addEventListener('close', ({ code }) => {
        if (code === CLOSE.noRoom) count += 1;
      });
    }
  }
  return { webSocket: Counted, count: () => count };
}

it('a room that the relay does not know for a while is not there', async () => {
  // One that has just started waits for the claims of before.
  const relay = await rig.relay({ limits: { restartGraceMs: 0, admissionGraceMs: 0 } });
  const clock = createMovableClock();
  const refusals = countRefusals();
  const view = await Attachment.join({
    link: formatLink({
      room: (await rig.roomKeys()).id,
      secret: new Uint8Array(32),
      relay: relay.url,
      role: 'viewer',
    }),
    identity: await createIdentity(),
    name: 'Ada',
    device: 'test',
    clock,
    log: silentLogger,
    webSocket: refusals.webSocket,
  });
  rig.own(() => view.dispose());
  const truths = new Set<string>();
  view.onDidChange(() => truths.add(view.truth.kind));
  await waitUntil('it is not known, and asked for again', () => refusals.count() > 1);
  expect(view.truth.kind).not.toBe('over');
  clock.advance(8_000);
  await waitUntil('it is over', () => view.truth.kind === 'over');
  expect(view.truth).toMatchObject({ error: { code: 'room-not-found' } });
  // The relay is there: nothing says that it is not.
  expect([...truths]).toEqual(['over']);
});

it('a room that was seen does not end with a relay that has lost it, and goes on when it is claimed again', async () => {
  const limits = { restartGraceMs: 0, admissionGraceMs: 0 };
  const before = await rig.relay({ limits });
  const room = await rig.roomKeys();
  const journal = rig.journal(room);
  const host = await rig.host(before, { room, journal });
  const clock = createMovableClock();
  const refusals = countRefusals();
  const view = await Attachment.join({
    link: await rig.invite(host, before),
    identity: await createIdentity(),
    name: 'Ada',
    device: 'test',
    clock,
    log: silentLogger,
    webSocket: refusals.webSocket,
  });
  rig.own(() => view.dispose());
  await waitUntil('it is seen', () => view.state);
  host.dispose();
  await before.close();
  const port = Number(new URL(before.url).port);
  const common = { port, store: createMemoryStore(), clock: systemClock, log: silentLogger };
  const after = await createRelay({ ...common, limits });
  rig.own(() => after.close());
  await waitUntil('the relay does not know it', () => refusals.count() > 0);
  clock.advance(8_000);
  const known = refusals.count();
  await waitUntil('it is asked for again', () => refusals.count() > known);
  expect(view.truth.kind).toBe('relay-offline');
  await rig.host(after, { room, journal, term: 2 });
  await waitUntil('it is confirmed', () => view.truth.kind === 'live');
});
