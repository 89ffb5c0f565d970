// Random rooms on a random network: whatever happens, everybody comes to one picture and no command runs twice.
import { expect, test } from 'vitest';
import { runSeeds } from './roomFuzz.ts';

const FIRST = Number(process.env['TWINHELM_SEED'] ?? 1);
const RUNS = 50;
const ACTIONS = 10;
/** What must have happened for all runs together to prove something. */
const KINDS = ['commands', 'done', 'cuts', 'silences', 'windows', 'hosts', 'relays', 'entries'];

test('[C1] [P1] everybody comes to the same picture and no command runs twice, whatever is cut, delayed or restarted', async () => {
  const { violations, counts } = await runSeeds(FIRST, RUNS, ACTIONS);
  expect(violations).toEqual([]);
  expect(Math.min(...KINDS.map((kind) => counts[kind] ?? 0))).toBeGreaterThan(0);
  console.log(`room fuzz: ${RUNS} runs`, counts);
});
