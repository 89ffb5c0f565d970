// When a host was last seen, as its guests are told after their relay went.
import { afterEach, expect, test } from 'vitest';
import { PairRig } from './pairRig.ts';
import { textEntry } from './syncRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

test('[O12] a relay that goes in mid-stream leaves a host that was seen a moment ago', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const guest = await rig.join(await rig.invite(room, relay));
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  // The next beat is some time off.
  await rig.pass(5_000);
  room.append([textEntry('a', 'said between two beats')]);
  await rig.until('it has come', () => guest.entries.length > 0);
  const cameAt = rig.clock.monotonic();
  await rig.pass(1_000);
  await rig.run(relay.close());
  const truth = await rig.until('it is told', () =>
    guest.truth.kind === 'relay-offline' ? guest.truth : undefined,
  );
  expect(cameAt - (truth.lastBeatAt ?? 0)).toBeLessThan(1_000);
});
