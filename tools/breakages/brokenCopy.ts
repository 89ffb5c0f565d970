// A copy of the clone that breakages are made in: the clone itself is never touched.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod/mini';
import { cacheFolder, REPO_ROOT } from '../install/cache.ts';
import { isAlive } from '../run/processTable.ts';
import {
  endProcessesWith,
  exitOf,
  type ProcessGroup,
  RUN_MARK,
  spawnGroup,
} from '../run/processes.ts';
import { ARTIFACTS } from '../vscode/workbench.ts';

/** Whatever comes, comes in this time: what a breakage keeps from coming is not waited for a minute. */
const COPY_WAIT = 'export const WAIT_MS = 20_000;';

/** Beginning of the name of a copy's folder; the pid of its run follows. */
const PREFIX = 'breakages-';

const reportSchema = z.looseObject({
  testResults: z.array(
    z.looseObject({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.looseObject({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** A test that failed; without a title its file could not be loaded. */
export interface FailedTest {
  readonly file: string;
  readonly title?: string | undefined;
}

/** How a run of tests ended. */
export type RunOutcome =
  | { readonly kind: 'green' }
  | { readonly kind: 'red'; readonly failed: FailedTest }
  | { readonly kind: 'timeout' };

/** Files of the clone, as git knows them or would: relative to it. */
export function filesOfClone(): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const names = execFileSync('git', args, { cwd: REPO_ROOT, encoding: 'utf8' }).split('\0');
  return names.filter((name) => name !== '' && existsSync(join(REPO_ROOT, name)));
}

/** The copy and what runs in it. */
export class BrokenCopy {
  readonly folder: string;
  private readonly mark: string;
  private group: ProcessGroup | undefined;
  private isClosed = false;

  constructor(files: readonly string[]) {
    this.folder = join(ARTIFACTS, `${PREFIX}${process.pid}`);
    removeLeftovers();
    this.mark = `breakages-${process.pid}-${Date.now()}`;
    for (const file of files) cpSync(join(REPO_ROOT, file), join(this.folder, file));
    linkAll(join(REPO_ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    const bound = 'tools/run/waitBound.ts';
    const text = readFileSync(join(this.folder, bound), 'utf8');
    const shorter = text.replace(/^export const WAIT_MS = .*$/m, COPY_WAIT);
    if (shorter === text) throw new Error(`${bound} does not say its bound as expected.`);
    writeFileSync(join(this.folder, bound), shorter);
  }

  /** A file's text. */
  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  /** Replaces it. */
  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Runs test files until one fails, or `title` of them alone; at most `timeoutMs`. */
  async run(files: readonly string[], timeoutMs: number, title?: string): Promise<RunOutcome> {
    const report = join(this.folder, 'artifacts-report.json');
    await rm(report, { force: true });
    const group = spawnGroup(
      process.execPath,
      [
        ...['node_modules/vitest/vitest.mjs', 'run', '--bail=1', '--reporter=json'],
        `--outputFile.json=${report}`,
        ...(title === undefined ? [] : [`--testNamePattern=^${escaped(title)}$`]),
        ...files,
      ],
      {
        cwd: this.folder,
        env: { ...process.env, TWINHELM_CACHE: cacheFolder(), [RUN_MARK]: this.mark },
      },
    );
    this.group = group;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    const isLate = new Promise<'timeout'>((resolve) =>
      late.signal.addEventListener('abort', () => resolve('timeout')),
    );
    const end = await Promise.race([exitOf(group), isLate]);
    clearTimeout(timer);
    await this.endRun();
    // Whoever closed it ends this process: nothing goes on meanwhile.
    if (this.isClosed) await new Promise(() => undefined);
    if (end === 'timeout') return { kind: 'timeout' };
    if (end === 0) return { kind: 'green' };
    return { kind: 'red', failed: this.firstFailed(report) ?? { file: files.join(' ') } };
  }

  /** Ends what runs in it. */
  private async endRun(): Promise<void> {
    await this.group?.end('SIGTERM', 3000);
    this.group = undefined;
    await endProcessesWith(RUN_MARK, this.mark);
  }

  /** Ends what runs in it, and takes it away; a run that waits never resolves. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.endRun();
    await rm(this.folder, { recursive: true, force: true });
  }

  private firstFailed(report: string): FailedTest | undefined {
    const text = existsSync(report) ? readFileSync(report, 'utf8') : '{}';
    const parsed = reportSchema.safeParse(JSON.parse(text));
    const failed = (parsed.success ? parsed.data.testResults : []).filter(
      ({ status }) => status === 'failed',
    );
    const tests = failed.map(({ name, assertionResults }) => ({
      file: relative(this.folder, name),
      title: assertionResults.find(({ status }) => status === 'failed')?.fullName,
    }));
    return tests.find(({ title }) => title !== undefined) ?? tests[0];
  }
}

/** A run that was killed leaves its copy behind. */
function removeLeftovers(): void {
  mkdirSync(ARTIFACTS, { recursive: true });
  for (const name of readdirSync(ARTIFACTS)) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : NaN;
    if (!Number.isInteger(pid) || (isAlive(pid) && pid !== process.pid)) continue;
    rmSync(join(ARTIFACTS, name), { recursive: true, force: true });
  }
}

/** The packages under another path without their bytes: bundles name what is in them by path. */
function linkAll(from: string, to: string): void {
  for (const file of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(to, relative(from, join(file.parentPath, file.name)));
    mkdirSync(dirname(path), { recursive: true });
    linkSync(join(file.parentPath, file.name), path);
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
