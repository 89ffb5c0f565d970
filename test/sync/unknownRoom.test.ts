// A room that no relay knows: said after a while, not waited for without end.
import { afterEach, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import { createMovableClock } from '../probes/movableClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { SyncRig } from './syncRig.ts';

const rig = new SyncRig();
afterEach(() => rig.close());

it('a room that the relay does not know for a while is not there', async () => {
  // One that has just started waits for the claims of before.
  const relay = await rig.relay({ limits: { restartGraceMs: 0, admissionGraceMs: 0 } });
  const clock = createMovableClock();
  let refusals = 0;
  /** Counts how often the relay said that it does not know the room. */
  class Counted extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      this.addEventListener('close', ({ code }) => {
        if (code === CLOSE.noRoom) refusals += 1;
      });
    }
  }
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
    webSocket: Counted,
  });
  rig.own(() => view.dispose());
  const truths = new Set<string>();
  view.onDidChange(() => truths.add(view.truth.kind));
  await waitUntil('it is not known, and asked for again', () => refusals > 1);
  expect(view.truth.kind).not.toBe('over');
  clock.advance(8_000);
  await waitUntil('it is over', () => view.truth.kind === 'over');
  expect(view.truth).toMatchObject({ error: { code: 'room-not-found' } });
  // The relay is there: nothing says that it is not.
  expect([...truths]).toEqual(['over']);
});
