// Runs test files again and again beside busy processes: `node scripts/repeat.ts [--rounds 20] [--busy 4] [file …]`.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { REPO_ROOT } from '../tools/install/cache.ts';
import { exitOf, type ProcessGroup, spawnGroup } from '../tools/run/processes.ts';
import { ARTIFACTS } from '../tools/vscode/workbench.ts';
import { WAITING_TESTS } from './waitingTests.ts';

/** Keeps one processor busy, for as long as this process lives. */
const BUSY = `const parent = process.ppid;
while (process.ppid === parent) for (let i = 0; i < 1e7; i += 1);`;

const reportSchema = z.looseObject({
  testResults: z.array(
    z.looseObject({
      name: z.string(),
      startTime: z.number(),
      endTime: z.number(),
      status: z.string(),
      assertionResults: z.array(z.looseObject({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

interface Tally {
  passed: number;
  failed: number;
  /** Of the slowest round. */
  seconds: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '20' },
    busy: { type: 'string', default: '4' },
  },
});
const rounds = Number(values.rounds);
const busyCount = Number(values.busy);
if (!(rounds >= 1 && rounds <= 1000 && busyCount >= 0 && busyCount <= 64)) {
  console.error('--rounds is a number from 1 to 1000, --busy one from 0 to 64.');
  process.exit(2);
}
const files = positionals.length > 0 ? positionals : WAITING_TESTS;
const tallies = new Map<string, Tally>();
const groups = new Set<ProcessGroup>();

function start(args: readonly string[]): ProcessGroup {
  const group = spawnGroup(process.execPath, args, { cwd: REPO_ROOT });
  groups.add(group);
  return group;
}

async function endAll(): Promise<void> {
  await Promise.all([...groups].map((group) => group.end()));
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void endAll().finally(() => process.exit(130)));
}

/** Runs all files once; the titles of what failed. What vitest said is kept beside its report. */
async function runRound(round: number): Promise<string[]> {
  const report = join(ARTIFACTS, `repeat-${round}.json`);
  await rm(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const group = start(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...files]);
  const code = await exitOf(group);
  groups.delete(group);
  await writeFile(join(ARTIFACTS, `repeat-${round}.log`), group.output());
  const text = await readFile(report, 'utf8').catch(() => '{}');
  const parsed = reportSchema.safeParse(JSON.parse(text));
  const failed: string[] = [];
  for (const one of parsed.success ? parsed.data.testResults : []) {
    const file = one.name.slice(REPO_ROOT.length + 1);
    const tally = tallies.get(file) ?? { passed: 0, failed: 0, seconds: 0 };
    tallies.set(file, tally);
    tally.seconds = Math.max(tally.seconds, (one.endTime - one.startTime) / 1000);
    if (one.status === 'passed') {
      tally.passed += 1;
      continue;
    }
    tally.failed += 1;
    const titles = one.assertionResults.filter(({ status }) => status === 'failed');
    failed.push(file, ...titles.map(({ fullName }) => `  ${fullName}`));
  }
  if (code !== 0 && failed.length === 0) failed.push(`vitest ended with ${code}`);
  return failed;
}

await mkdir(ARTIFACTS, { recursive: true });
for (let n = 0; n < busyCount; n += 1) start(['-e', BUSY]);
let badRounds = 0;
for (let round = 1; round <= rounds; round += 1) {
  const begin = performance.now();
  const failed = await runRound(round);
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  badRounds += failed.length > 0 ? 1 : 0;
  console.log(`round ${round}: ${failed.length > 0 ? 'FAILED' : 'passed'} (${seconds} s)`);
  for (const line of failed) console.log(`  ${line}`);
}
await endAll();

console.log(`\npassed failed slowest  (${rounds} rounds beside ${busyCount} busy processes)`);
for (const [file, { passed, failed, seconds }] of [...tallies].toSorted(([a], [b]) =>
  a < b ? -1 : 1,
)) {
  const columns = [
    `${passed}`.padStart(6),
    `${failed}`.padStart(6),
    seconds.toFixed(1).padStart(6),
  ];
  console.log(`${columns.join(' ')} s ${file}`);
}
console.log(`\n${rounds - badRounds} rounds passed, ${badRounds} failed`);
process.exitCode = badRounds === 0 ? 0 : 1;
