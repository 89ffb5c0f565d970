// `npm run check`: types per runtime, lint with walls, format, dead code, house rules; all at once, in seconds.
import { join } from 'node:path';
import { REPO_ROOT } from '../tools/install/cache.ts';
import { exitOf, spawnGroup } from '../tools/run/processes.ts';
import { refuseUnknown } from './refuseUnknown.ts';

const bin = (name: string): string => join(REPO_ROOT, 'node_modules/.bin', name);
const LINTED = [
  'src',
  'webview-ui',
  'test',
  'tools',
  'scripts',
  'bench',
  'esbuild.mjs',
  'oxlint.config.ts',
];

const CHECKS: readonly (readonly [string, string, readonly string[]])[] = [
  ['types', bin('tsc'), ['-b', '--pretty', 'false']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings', '--format=unix', ...LINTED]],
  ['format', bin('prettier'), ['--check', '--cache', '--log-level', 'warn', '.']],
  ['dead code', bin('knip'), ['--no-progress']],
  ['house', process.execPath, ['scripts/checkHouse.ts']],
];

const only = process.argv.slice(2);
refuseUnknown(
  only,
  CHECKS.map(([name]) => name),
);
const wanted = CHECKS.filter(([name]) => only.length === 0 || only.includes(name));
const results = await Promise.all(
  wanted.map(async ([name, program, args]) => {
    const start = performance.now();
    const group = spawnGroup(program, args, { cwd: REPO_ROOT });
    const code = await exitOf(group);
    return { name, code, seconds: (performance.now() - start) / 1000, output: group.output() };
  }),
);
for (const { name, code, seconds, output } of results) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
  if (output.trim() !== '') console.log(output.trimEnd());
}
const failed = results.filter(({ code }) => code !== 0).map(({ name }) => name);
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
