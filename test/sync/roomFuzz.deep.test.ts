// As roomFuzz.test.ts, longer and with other seeds each time; a failure prints its seed.
import { expect, test } from 'vitest';
import { runSeeds } from './roomFuzz.ts';

const FIRST = Number(process.env['TWINHELM_SEED'] ?? Math.floor(Math.random() * 1e9));
const RUNS = Number(process.env['TWINHELM_RUNS'] ?? 500);
const ACTIONS = Number(process.env['TWINHELM_ACTIONS'] ?? 40);

test('everybody comes to the same picture and no command runs twice, in long runs too', async () => {
  const { violations, counts } = await runSeeds(FIRST, RUNS, ACTIONS);
  expect(violations).toEqual([]);
  expect(counts['done']).toBeGreaterThan(0);
  console.log(`room fuzz from seed ${FIRST}: ${RUNS} runs`, counts);
});
