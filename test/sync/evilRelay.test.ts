// Random evil of a relay: every loss is said or healed.
import { expect, test } from 'vitest';
import { EVILS, runEvil, runEvils } from './evilFuzz.ts';

const FIRST = Number(process.env['TWINHELM_SEED'] ?? 1);
const RUNS = Number(process.env['TWINHELM_RUNS'] ?? 40);
const ACTS = 3;

test('[P4] [P5] whatever a relay does, no loss is called live for longer than the bounds, and all heals', async () => {
  const { violations, counts } = await runEvils(FIRST, RUNS, ACTS);
  console.log(`evil relay: ${RUNS} runs`, counts);
  expect(violations).toEqual([]);
  expect(Math.min(...EVILS.map((kind) => counts[kind] ?? 0))).toBeGreaterThan(0);
});

test('a seed goes the same way each time', async () => {
  const [first, second] = [await runEvil(7, 2), await runEvil(7, 2)];
  expect(second).toEqual(first);
});
