// As joinCost.test.ts, a hundred joins.
import { afterEach, expect, test } from 'vitest';
import { joinCosts } from './joinCosts.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

test.each([4, 90, 400])(
  '[Y27] the hundredth join of a quiet session of %i entries costs at most 1.2 of its compacted size',
  async (entries) => {
    const { all, compactedBytes } = await joinCosts(rig, entries, 100);
    console.log(`${entries} entries`, { first: all[0], last: all.at(-1), compactedBytes });
    for (const bytes of all.slice(1)) expect(bytes).toBeLessThanOrEqual(1.2 * compactedBytes);
  },
);
