// Runs test files with one Claude Code, each in a vitest of its own that has an end; nothing is left running.
import { availableParallelism } from 'node:os';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPO_ROOT } from '../../tools/install/cache.ts';
import { CLAUDE_VARIABLE } from '../../tools/install/claudeVersions.ts';
import {
  endProcessesWith,
  exitOf,
  type ProcessGroup,
  RUN_MARK,
  spawnGroup,
} from '../../tools/run/processes.ts';
import { ARTIFACTS } from '../../tools/vscode/workbench.ts';
import { type FileResult, fileResult, isBad } from './matrixTable.ts';

/** The longest that a file of every run, and one of the deep run, may take. */
const LIMIT_MS = 10 * 60_000;
const DEEP_LIMIT_MS = 45 * 60_000;

const groups = new Set<ProcessGroup>();
const marks = new Set<string>();

/** Ends what is under way. */
export async function endFiles(): Promise<void> {
  await Promise.all([...groups].map((group) => group.end().catch(() => undefined)));
  await Promise.all([...marks].map((mark) => endProcessesWith(RUN_MARK, mark)));
}

async function runFile(file: string, claude: string, reports: string): Promise<FileResult> {
  const name = file.replaceAll(/[^\w.-]/g, '_');
  const report = join(reports, `${name}.json`);
  const isDeep = file.includes('.deep.');
  const isLong = isDeep || file.startsWith('test/e2e/');
  const mark = `${process.pid}-${name}-${Date.now()}`;
  marks.add(mark);
  const group = spawnGroup(
    process.execPath,
    [
      ...['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json'],
      ...['--config', isLong ? 'vitest.e2e.config.ts' : 'vitest.config.ts'],
      ...[`--outputFile.json=${report}`, file],
    ],
    {
      cwd: REPO_ROOT,
      env: {
        ...process.env,
        [CLAUDE_VARIABLE]: claude,
        [RUN_MARK]: mark,
        ...(isDeep ? { TWINHELM_DEEP: '1' } : {}),
      },
    },
  );
  groups.add(group);
  const limitMs = isDeep ? DEEP_LIMIT_MS : LIMIT_MS;
  let isTooLong = false;
  const timer = setTimeout(() => {
    isTooLong = true;
    void group.end().catch(() => undefined);
  }, limitMs);
  const code = await exitOf(group);
  clearTimeout(timer);
  groups.delete(group);
  await endProcessesWith(RUN_MARK, mark);
  marks.delete(mark);
  await writeFile(join(reports, `${name}.log`), group.output());
  if (isTooLong) {
    const problem = `ended after ${limitMs / 60_000} minutes`;
    return { file, passed: 0, failed: [], notRun: 0, problem };
  }
  const text = await readFile(report, 'utf8').catch(() => '{}');
  return fileResult(file, JSON.parse(text), code);
}

/** A file with failures is run once more, so that what a busy computer did is told from what the version does. */
async function runTwice(file: string, claude: string, reports: string): Promise<FileResult> {
  const first = await runFile(file, claude, join(reports, 'first'));
  if (!isBad(first)) return first;
  const again = await runFile(file, claude, reports);
  const stays = new Set(again.failed.map(({ title }) => title));
  const unsteady = [
    ...first.failed.map(({ title }) => title).filter((title) => !stays.has(title)),
    ...(first.problem === undefined || isBad(again) ? [] : [first.problem]),
  ];
  return unsteady.length === 0 ? again : { ...again, unsteady };
}

/** Runs the files with what `claude` names, a few at once; logs are in `artifacts/claude/<name>`. */
export async function runFiles(
  files: readonly string[],
  { claude, name, say }: { claude: string; name: string; say: (line: string) => void },
): Promise<readonly FileResult[]> {
  const reports = join(ARTIFACTS, 'claude', name);
  await rm(reports, { recursive: true, force: true });
  await mkdir(join(reports, 'first'), { recursive: true });
  const open = [...files];
  const results: FileResult[] = [];
  const work = async (): Promise<void> => {
    for (let file = open.shift(); file !== undefined; file = open.shift()) {
      const begin = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one after the other, beside the other workers
      const result = await runTwice(file, claude, reports);
      const seconds = ((performance.now() - begin) / 1000).toFixed(0);
      results.push(result);
      say(`  ${isBad(result) ? '✗' : '✓'} ${file} (${seconds} s)`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results.toSorted((a, b) => (a.file < b.file ? -1 : 1));
}
