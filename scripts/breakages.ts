// Tests that bite: makes known mistakes one at a time and sees whether a test finds them. `npm run breakages -- host src/relay/door --from main`.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import {
  type Breakage,
  broken,
  chosenBreakages,
  readBreakages,
  roomOf,
} from '../tools/breakages/breakageData.ts';
import { BrokenCopy, filesOfClone } from '../tools/breakages/brokenCopy.ts';
import { TestGraph } from '../tools/breakages/testGraph.ts';
import { REPO_ROOT } from '../tools/install/cache.ts';

/** So many of the likely tests run first, and so many of those that start programs at a time. */
const FIRST_TESTS = 3;
const SLOW_TESTS = 6;

type Verdict =
  | { readonly kind: 'found'; readonly by: string }
  | { readonly kind: 'not found' | 'timeout' | 'does not apply' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string' },
    seconds: { type: 'string', default: '90' },
    list: { type: 'boolean', default: false },
  },
});
const limitMs = Number(values.seconds) * 1000;
if (!(limitMs > 0)) {
  console.error('--seconds is how long the tests of one breakage may take.');
  process.exit(2);
}

const files = filesOfClone();
const graph = new TestGraph(REPO_ROOT, files);
const all = readBreakages();
for (const word of positionals) {
  if (chosenBreakages(all, [word]).length > 0) continue;
  console.error(`“${word}” is no room, id, file or folder with breakages.`);
  process.exit(2);
}
const changed = values.from === undefined ? undefined : changedSince(values.from);
const chosen = chosenBreakages(all, positionals).filter(
  ({ file }) => changed === undefined || changed.has(file),
);

function changedSince(ref: string): ReadonlySet<string> {
  const args = ['diff', '--name-only', ref, '--', 'src', 'webview-ui'];
  return new Set(execFileSync('git', args, { cwd: REPO_ROOT, encoding: 'utf8' }).split('\n'));
}

/** The tests in the order of their running: a few likely ones, those that are fast, those that start programs. */
function batchesOf(file: string): readonly (readonly string[])[] {
  const tests = graph.testsOf(file);
  const rest = tests.slice(FIRST_TESTS);
  const batches = [tests.slice(0, FIRST_TESTS), rest.filter(({ isSlow }) => !isSlow)];
  const slow = rest.filter(({ isSlow }) => isSlow);
  while (slow.length > 0) batches.push(slow.splice(0, SLOW_TESTS));
  return batches.map((batch) => batch.map((test) => test.file)).filter(({ length }) => length > 0);
}

/** Test files that were red without any breakage too. */
const redAnyway = new Set<string>();

async function verdictOf(breakage: Breakage, copy: BrokenCopy): Promise<Verdict> {
  const text = copy.read(breakage.file);
  const mistaken = broken(text, breakage);
  if (mistaken === undefined) return { kind: 'does not apply' };
  const until = performance.now() + limitMs;
  copy.write(breakage.file, mistaken);
  try {
    for (const batch of batchesOf(breakage.file)) {
      for (;;) {
        const tests = batch.filter((file) => !redAnyway.has(file));
        if (tests.length === 0) break;
        const outcome = await copy.run(tests, until - performance.now());
        if (outcome.kind === 'timeout') return { kind: 'timeout' };
        if (outcome.kind === 'green') break;
        const { file, title } = outcome.failed;
        // A test that is red by itself has found nothing.
        copy.write(breakage.file, text);
        const without = await copy.run([file], limitMs, title);
        if (without.kind === 'green') {
          return { kind: 'found', by: title === undefined ? file : `${file} › ${title}` };
        }
        redAnyway.add(file);
        copy.write(breakage.file, mistaken);
      }
    }
    return { kind: 'not found' };
  } finally {
    copy.write(breakage.file, text);
  }
}

function say(breakage: Breakage, verdict: Verdict, seconds: number): void {
  const { id, file, why } = breakage;
  const time = `${seconds.toFixed(0).padStart(3)} s`;
  if (verdict.kind === 'found') {
    console.log(`found      ${time}  ${id}  ${file}\n           ${verdict.by}`);
    return;
  }
  const said = {
    'not found': 'NOT FOUND',
    timeout: 'TIMEOUT  ',
    'does not apply': 'NO PLACE ',
  }[verdict.kind];
  console.log(`${said}  ${time}  ${id}  ${file}\n           ${why}`);
}

if (values.list) {
  for (const { id, file } of chosen) {
    console.log(`${id}  ${file}`);
    for (const batch of batchesOf(file)) console.log(`  ${batch.join(' ')}`);
  }
  process.exit(0);
}

// Before there is a copy: making it takes seconds on a busy computer.
const made: BrokenCopy[] = [];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    void Promise.all(made.map((one) => one.close())).finally(() => process.exit(130));
  });
}
const copy = new BrokenCopy(files);
made.push(copy);
const found = new Map<string, { found: number; of: number }>();
try {
  for (const breakage of chosen) {
    const begin = performance.now();
    const verdict = await verdictOf(breakage, copy);
    say(breakage, verdict, (performance.now() - begin) / 1000);
    const tally = found.get(roomOf(breakage.file)) ?? { found: 0, of: 0 };
    found.set(roomOf(breakage.file), {
      found: tally.found + (verdict.kind === 'found' ? 1 : 0),
      of: tally.of + 1,
    });
  }
} finally {
  await copy.close();
}
const total = [...found.values()].reduce((sum, one) => sum + one.found, 0);
for (const [room, one] of found) console.log(`${room.padEnd(12)} ${one.found} of ${one.of}`);
for (const file of redAnyway) console.log(`red without a breakage, not counted: ${file}`);
console.log(`\n${total} of ${chosen.length} breakages found`);
process.exitCode = total === chosen.length ? 0 : 1;
