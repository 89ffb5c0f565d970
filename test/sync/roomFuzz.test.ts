// Random rooms on a random network: whatever happens, everybody comes to one picture and no command runs twice.
import { expect, test } from 'vitest';
import { runFuzz, runSeeds } from './roomFuzz.ts';

const FIRST = Number(process.env['TWINHELM_SEED'] ?? 1);
const RUNS = 50;
const ACTIONS = 10;
/** What must have happened for all runs together to prove something. */
const KINDS = ['commands', 'done', 'cuts', 'silences', 'windows', 'hosts', 'relays', 'entries'];

test('[C2] [P1] everybody comes to the same picture and no command runs twice, whatever is cut, delayed or restarted', async () => {
  const { violations, counts } = await runSeeds(FIRST, RUNS, ACTIONS);
  expect(violations).toEqual([]);
  expect(Math.min(...KINDS.map((kind) => counts[kind] ?? 0))).toBeGreaterThan(0);
  console.log(`room fuzz: ${RUNS} runs`, counts);
});

// Seeds that found something once.
test.each([
  [25, 10],
  [51, 10],
  [112, 20],
])(
  '[X4] seed %i, %i actions: a host that serves anew is followed on a relay that lost its disk',
  async (seed, actions) => {
    expect((await runFuzz(seed, actions)).violations).toEqual([]);
  },
);

test('a seed goes the same way each time', async () => {
  const [first, second] = [await runFuzz(7, 20), await runFuzz(7, 20)];
  expect(second).toEqual(first);
  expect(first.ms).toBeGreaterThan(10_000);
});
