// A link that does not work any more, also behind an address at which many others have failed.
import { afterEach, expect, test } from 'vitest';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

test('[Y17] a dead link is told within 3 s, also where the address had failures', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const link = await rig.invite(room, relay);
  await rig.run(room.stopSharing());
  const told = async (): Promise<number> => {
    const at = rig.clock.monotonic();
    const guest = await rig.join(link);
    await rig.until('it is over', () => guest.truth.kind === 'over');
    expect(guest.truth).toMatchObject({ error: { code: 'link-revoked' } });
    return rig.clock.monotonic() - at;
  };
  const times: number[] = [];
  for (let n = 0; n < 12; n += 1) times.push(await told());
  expect(Math.max(...times)).toBeLessThanOrEqual(3_000);
});
