// A room that no relay knows: said after a while, not waited for without end.
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import { waitUntil } from '../probes/waitUntil.ts';
import { SyncRig } from './syncRig.ts';

const rig = new SyncRig();
afterEach(() => rig.close());

it('a room that the relay does not know for a while is not there', async () => {
  const relay = await rig.relay();
  let laterMs = 0;
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
    clock: { ...systemClock, monotonic: () => systemClock.monotonic() + laterMs },
    log: silentLogger,
  });
  rig.own(() => view.dispose());
  const truths = new Set<string>();
  view.onDidChange(() => truths.add(view.truth.kind));
  // Time passes five times as fast as the relay answers.
  const passing = setInterval(() => (laterMs += 80), 20);
  rig.own(() => clearInterval(passing));
  await waitUntil('it is over', () => view.truth.kind === 'over', 20_000);
  expect(view.truth).toMatchObject({ error: { code: 'room-not-found' } });
  // The relay is there: nothing says that it is not.
  expect([...truths]).toEqual(['over']);
}, 30_000);
