// Seeded runs with an evil relay, on sockets in memory and a clock that stands still.
import { inspect } from 'node:util';
import { PlainCrypto } from '../probes/plainCrypto.ts';
import { createRandom, seedRuntime } from '../probes/seededRandom.ts';
import { standBetween } from './evilRelay.ts';
import { type EvilKind, EvilRun } from './evilRun.ts';
import { PairRig } from './pairRig.ts';

/** What came of a run. */
export interface EvilResult {
  readonly violations: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Plays one seed: so many acts of the relay, each for some seconds. */
export async function runEvil(
  seed: number,
  acts: number,
  kinds?: readonly EvilKind[],
): Promise<EvilResult> {
  const random = createRandom(seed);
  const seeded = seedRuntime(random);
  const rig = new PairRig(random, () => new PlainCrypto());
  await rig.still();
  const run = new EvilRun(
    {
      rig,
      clock: rig.clock,
      pass: (ms) => rig.pass(ms),
      stand: async (link, evil) => {
        standBetween(rig, link).evil = evil;
        return link;
      },
    },
    random,
    kinds,
  );
  // Yjs and its client write what was altered to the console.
  const { error } = console;
  console.error = () => undefined;
  try {
    await run.play(acts);
  } catch (error) {
    run.violations.push(String(error));
  }
  await rig.close().catch((error: unknown) => run.violations.push(`closing: ${inspect(error)}`));
  console.error = error;
  seeded.dispose();
  return { violations: run.violations.map((text) => `seed ${seed}: ${text}`), counts: run.counts };
}

/** Plays seeds from `first` on. */
export async function runEvils(
  first: number,
  runs: number,
  acts: number,
  kinds?: readonly EvilKind[],
): Promise<EvilResult> {
  const violations: string[] = [];
  const counts: Record<string, number> = {};
  for (let seed = first; seed < first + runs; seed += 1) {
    const result = await runEvil(seed, acts, kinds);
    violations.push(...result.violations);
    for (const [what, count] of Object.entries(result.counts)) {
      counts[what] = (counts[what] ?? 0) + count;
    }
  }
  return { violations, counts };
}
