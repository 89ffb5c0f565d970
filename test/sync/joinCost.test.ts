// Joining does not cost more with time.
import { afterEach, expect, test } from 'vitest';
import { joinCosts } from './joinCosts.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

test.each([
  ['of a few entries', 4],
  ['of many', 60],
])(
  '[Y27] joining a quiet session %s costs at most 1.2 of its compacted size',
  async (_, entries) => {
    const { all, compactedBytes } = await joinCosts(rig, entries, 16);
    for (const bytes of all.slice(1)) expect(bytes).toBeLessThanOrEqual(1.2 * compactedBytes);
  },
);
