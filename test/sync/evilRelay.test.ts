// Random evil of a relay: every loss is said or healed.
import { expect, test } from 'vitest';
import { runEvil, runEvils } from './evilFuzz.ts';
import { EVILS } from './evilRun.ts';

const FIRST = Number(process.env['TWINHELM_SEED'] ?? 1);
const RUNS = Number(process.env['TWINHELM_RUNS'] ?? 12);
const ACTS = 3;

test('[P4] [P5] whatever a relay does, no loss is called live for longer than the bounds, and all heals', async () => {
  const { violations, counts } = await runEvils(FIRST, RUNS, ACTS);
  console.log(`evil relay: ${RUNS} runs`, counts);
  expect(violations).toEqual([]);
  expect(EVILS.filter((kind) => counts[kind] !== undefined).length).toBeGreaterThan(8);
});

// A seed that found something once.
test('[P7] seed 5077: a member whose presence was altered on the way is heard again', async () => {
  expect((await runEvil(5077, ACTS)).violations).toEqual([]);
});

test('a seed goes the same way each time', async () => {
  const [first, second] = [await runEvil(7, 2), await runEvil(7, 2)];
  expect(second).toEqual(first);
});
