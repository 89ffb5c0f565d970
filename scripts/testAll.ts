// `npm test` after the install: everything, one step after the other; the last line says how many passed and failed.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { findBrowser } from '../tools/install/browser.ts';
import { REPO_ROOT } from '../tools/install/cache.ts';
import { installClaude } from '../tools/install/claudeCli.ts';
import { CLAUDE_VERSIONS } from '../tools/install/claudeVersions.ts';
import { installCodeServer } from '../tools/vscode/codeServer.ts';
import {
  endProcessesWith,
  exitOf,
  type ProcessGroup,
  RUN_MARK,
  spawnGroup,
} from '../tools/run/processes.ts';
import { type MarkedProcess } from '../tools/run/processTable.ts';
import { runVscodeSuite, type SuiteHost } from '../tools/vscode/vscodeSuite.ts';
import { ARTIFACTS } from '../tools/vscode/workbench.ts';
import { buildAndPackage, VSIX } from './start/buildIfChanged.ts';
import { dearestFiles, type TestFileTime, timesOfReport } from './dearestFiles.ts';
import { refuseUnknown } from './refuseUnknown.ts';

const isDeep = process.argv.includes('--deep');
const only = process.argv.slice(2).filter((name) => !name.startsWith('--'));

interface Count {
  passed: number;
  failed: number;
}

/** What vitest's JSON report says in total. */
const reportSchema = z.looseObject({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numTotalTests: z.number(),
  success: z.boolean(),
});

const fileTimes: TestFileTime[] = [];
let current: ProcessGroup | undefined;

/** In the environment of all that this run starts, so that what left its group is found too. */
process.env[RUN_MARK] = `${process.pid}-${Date.now()}`;

/** Our own children are in use over all steps, the bundler's service among them; what a step left has lost its parent. */
async function endWhatIsLeft(): Promise<void> {
  const isOurs = ({ parent }: MarkedProcess): boolean => parent === process.pid;
  const left = await endProcessesWith(RUN_MARK, process.env[RUN_MARK] ?? '', isOurs);
  for (const { pid, command } of left) console.error(`left running, ended: ${pid} ${command}`);
}

let stopping: Promise<void> | undefined;

/** Ctrl+C, or the end of npm: ends the step under way with all of its processes, and this run. */
function stop(): void {
  const end = async (): Promise<void> => {
    await current?.end().catch(() => undefined);
    await endProcessesWith(RUN_MARK, process.env[RUN_MARK] ?? '').catch(() => undefined);
    process.exit(130);
  };
  stopping ??= end();
}
// Again and again, as somebody does who presses Ctrl+C twice: the end goes its way.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const group = spawnGroup(process.execPath, args, {
    cwd: REPO_ROOT,
    env: { ...process.env, ...env },
  });
  current = group;
  group.child.stdout?.pipe(process.stdout, { end: false });
  group.child.stderr?.pipe(process.stderr, { end: false });
  const code = await exitOf(group);
  current = undefined;
  return code;
}

async function script(...args: string[]): Promise<Count> {
  return (await run(args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs vitest; a run without tests, or one that fails outside of a test, counts as a failure. */
async function vitest(config: string, name: string, env: NodeJS.ProcessEnv = {}): Promise<Count> {
  const report = join(ARTIFACTS, `${name}.json`);
  await rm(report, { force: true });
  const args = ['--config', config, '--reporter=default', '--reporter=json'];
  const code = await run(
    ['node_modules/vitest/vitest.mjs', 'run', ...args, `--outputFile.json=${report}`],
    env,
  );
  const text = await readFile(report, 'utf8').catch(() => '{}');
  const value: unknown = JSON.parse(text);
  fileTimes.push(...timesOfReport(value, REPO_ROOT));
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) return { passed: 0, failed: 1 };
  const { numPassedTests: passed, numFailedTests: failed } = parsed.data;
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

async function suite(host: SuiteHost): Promise<Count> {
  const { passed, failed } = await runVscodeSuite(host, VSIX);
  for (const title of passed) console.log(`  ✓ [${host}] ${title}`);
  for (const { title, why } of failed) console.error(`  ✗ [${host}] ${title}\n${why}`);
  return { passed: passed.length, failed: failed.length };
}

/** Everything that is installed on first use, so that no test's time limit has to cover it. */
async function prepare(): Promise<Count> {
  console.log(`browser: ${findBrowser()}`);
  for (const version of CLAUDE_VERSIONS) await installClaude(version);
  console.log(`code-server: ${await installCodeServer()}`);
  return { passed: 0, failed: 0 };
}

const STEPS: readonly (readonly [string, () => Promise<Count>])[] = [
  ['prepare', prepare],
  ['check', () => script('scripts/check.ts')],
  ['package', () => buildAndPackage().then(() => ({ passed: 1, failed: 0 }))],
  ['unit', () => vitest('vitest.config.ts', 'unit')],
  ['vscode-node', () => suite('node')],
  ['vscode-web', () => suite('web')],
  ['e2e', () => vitest('vitest.e2e.config.ts', 'e2e')],
  ...(isDeep
    ? ([
        ['vscode-floor', () => suite('floor')],
        ['deep', () => vitest('vitest.e2e.config.ts', 'deep', { TWINHELM_DEEP: '1' })],
      ] as const)
    : []),
];

refuseUnknown(process.argv.slice(2), [...STEPS.map(([name]) => name), '--deep']);
await mkdir(ARTIFACTS, { recursive: true });
const total: Count = { passed: 0, failed: 0 };
const lines: string[] = [];
for (const [name, step] of STEPS) {
  if (only.length > 0 && !only.includes(name)) continue;
  console.log(`\n== ${name}`);
  const start = performance.now();
  const count = await step().catch((error: unknown): Count => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    return { passed: 0, failed: 1 };
  });
  // Stopped: what is cut off says nothing about the tests.
  await stopping;
  await endWhatIsLeft();
  total.passed += count.passed;
  total.failed += count.failed;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  lines.push(`${name.padEnd(14)} ${count.passed} passed, ${count.failed} failed (${seconds} s)`);
}
const dearest = dearestFiles(fileTimes);
if (dearest.length > 0) console.log(`\ndearest files:\n${dearest.join('\n')}`);
console.log(`\n${lines.join('\n')}\n`);
// The sum is the last line, whatever else still writes.
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
console.log(`${total.passed} passed, ${total.failed} failed`);
