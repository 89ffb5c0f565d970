// Randomized runs of gate and control under faults; each planted defect must be found.
import { describe, expect, it } from 'vitest';
import type { ModelResult } from './controlChecks.ts';
import { runModel } from './controlModel.ts';
import type { Mutation } from './controlMutants.ts';

const RUNS = Number(process.env['TWINHELM_MODEL_RUNS'] ?? 25);
const STEPS = 1200;
/** Seeds that found something once. */
const PINNED: readonly number[] = [];
const FIRST = Number(process.env['TWINHELM_MODEL_SEED'] ?? 1);

async function runSeeds(mutation?: Mutation): Promise<Map<number, ModelResult>> {
  const results = new Map<number, ModelResult>();
  const seeds = [...PINNED, ...Array.from({ length: RUNS }, (_, i) => FIRST + i)];
  for (const seed of seeds) results.set(seed, await runModel(seed, STEPS, mutation));
  return results;
}

function found(results: Map<number, ModelResult>): string[] {
  return [...results].flatMap(([seed, { violations }]) =>
    violations.map((violation) => `seed ${seed}: ${violation}`),
  );
}

describe('[M1–M9] control under loss, doubling, reordering and crashes', () => {
  it('breaks no rule', async () => {
    const results = await runSeeds();
    expect(found(results).slice(0, 10)).toEqual([]);
    const sum = (pick: (result: ModelResult) => number): number =>
      [...results.values()].reduce((total, result) => total + pick(result), 0);
    const totals = {
      executed: sum((result) => result.executed),
      refused: sum((result) => result.refused),
      unknown: sum((result) => result.unknown),
      grants: sum((result) => result.grants),
      terms: sum((result) => result.terms),
    };
    console.log(`control model: ${results.size} runs`, totals);
    expect(Math.min(...Object.values(totals))).toBeGreaterThan(0);
  });

  it.each<[Mutation, RegExp]>([
    ['no-fence', /M1|M4/],
    ['no-dedupe', /M2/],
    ['no-journal', /M2/],
    ['ack-first', /M0|M7/],
    ['requeue', /M9/],
    ['local-clock', /M5/],
  ])('finds the planted defect %s', async (mutation, expected) => {
    const violations = found(await runSeeds(mutation));
    expect(violations.filter((violation) => expected.test(violation)).length).toBeGreaterThan(0);
  });
});
