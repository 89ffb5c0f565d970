// As evilRelay.test.ts, a thousand schedules and with other seeds each time; a failure prints its seed.
import { expect, test } from 'vitest';
import { runEvils } from './evilFuzz.ts';

const FIRST = Number(process.env['TWINHELM_SEED'] ?? Math.floor(Math.random() * 1e9));
const RUNS = Number(process.env['TWINHELM_RUNS'] ?? 1_000);

test('[P4] [P5] of a thousand schedules of an evil relay none ends in a loss that nobody is told of', async () => {
  const { violations, counts } = await runEvils(FIRST, RUNS, 3);
  console.log(`evil relay from seed ${FIRST}: ${RUNS} runs`, counts);
  expect(violations).toEqual([]);
  expect(counts['done']).toBeGreaterThan(0);
});
