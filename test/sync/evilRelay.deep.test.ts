// As evilRelay.test.ts, a thousand schedules and with other seeds each time; a failure prints its seed.
import { expect, test } from 'vitest';
import { createRandom } from '../probes/seededRandom.ts';
import { runEvils } from './evilFuzz.ts';
import { EvilRun } from './evilRun.ts';
import { realWorld } from './evilSockets.ts';

const FIRST = Number(process.env['TWINHELM_SEED'] ?? Math.floor(Math.random() * 1e9));
const RUNS = Number(process.env['TWINHELM_RUNS'] ?? 1_000);

test('[P4] [P5] of a thousand schedules of an evil relay none ends in a loss that nobody is told of', async () => {
  const { violations, counts } = await runEvils(FIRST, RUNS, 3);
  console.log(`evil relay from seed ${FIRST}: ${RUNS} runs`, counts);
  expect(violations).toEqual([]);
  expect(counts['done']).toBeGreaterThan(0);
});

test('[P4] of ten thousand flipped bits none is shown, and each is healed or said', async () => {
  const FLIPS = 10_000;
  let flips = 0;
  const violations: string[] = [];
  for (let first = FIRST; flips < FLIPS; first += 10) {
    const result = await runEvils(first, 10, 6, ['flip', 'flip-up']);
    flips += result.counts['flipped bits'] ?? 0;
    violations.push(...result.violations);
  }
  console.log(`${flips} flipped bits from seed ${FIRST}`);
  expect(violations).toEqual([]);
});

test('[P4] [P5] twenty schedules over real sockets end in no loss that nobody is told of', async () => {
  const SCHEDULES = 20;
  const play = async (seed: number): Promise<EvilRun> => {
    const world = realWorld();
    const run = new EvilRun(world, createRandom(seed));
    await run.play(2).catch((error: unknown) => run.violations.push(String(error)));
    await world.rig.close();
    return run;
  };
  const { error } = console;
  console.error = () => undefined;
  const runs = await Promise.all([...Array(SCHEDULES).keys()].map((n) => play(FIRST + n)));
  console.error = error;
  console.log(
    `real sockets from seed ${FIRST}`,
    runs.map(({ counts }) => counts),
  );
  expect(runs.flatMap(({ violations }) => violations)).toEqual([]);
});
