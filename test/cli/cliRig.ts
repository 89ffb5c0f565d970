// A computer with the real CLI on the demo model, and the command line of this clone as processes.
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptOutputSchema, type ScriptOutput } from '../../src/protocol/local/script.ts';
import { claudeEnvironment, installClaude } from '../../tools/install/claudeCli.ts';
import { closeAll, type Closer } from '../../tools/run/closing.ts';
import { type DemoModel, startDemoModel } from '../../tools/demo/demoModel.ts';
import { type HostProcess, startHostProcess } from '../../tools/run/hostProcess.ts';
import {
  assertNoneLeft,
  endProcessesWith,
  exitOf,
  type ProcessGroup,
  spawnGroup,
} from '../../tools/run/processes.ts';
import { WAIT_MS } from '../../tools/run/waitBound.ts';
import { bundleProgram } from '../../tools/run/programBundle.ts';
import { writeSampleProject } from '../../tools/run/sampleProject.ts';

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type LineOf<T extends ScriptOutput['type']> = Extract<ScriptOutput, { type: T }>;

/** A running `join --json`. */
export interface Joined {
  readonly process: ProcessGroup;
  /** Every line so far. */
  readonly lines: readonly ScriptOutput[];
  /** Writes one line to its stdin. */
  say(line: object): void;
  /** First line, from the `from`-th on, of this type for which `test` holds. */
  find<T extends ScriptOutput['type']>(
    type: T,
    test?: (line: LineOf<T>) => boolean,
    from?: number,
  ): Promise<LineOf<T>>;
  /** Ends it by `quit`. */
  quit(): Promise<number>;
}

/** Everything of one test file. */
export interface CliRig {
  readonly folder: string;
  readonly project: string;
  readonly model: DemoModel;
  readonly env: Readonly<Record<string, string>>;
  startHost(): Promise<HostProcess>;
  /** Runs a command to its end; `home` names another person's home. */
  run(
    args: readonly string[],
    options?: { readonly home?: string; readonly stdin?: string },
  ): Promise<Ended>;
  /** The same, to be looked at while it runs. */
  start(
    args: readonly string[],
    options?: { readonly home?: string; readonly stdin?: string },
  ): { readonly stderr: () => string; readonly ended: Promise<Ended> };
  /** The last line of a command's stdout as JSON; throws if it failed. */
  json(args: readonly string[]): Promise<Record<string, unknown>>;
  /** Joins by a link as somebody with a home of their own, or by an id as the owner. */
  join(link: string, name: string): Promise<Joined>;
  /** Ends every `join` that still runs, so that one test's failure is not the next one's. */
  endJoined(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a rig; no host runs yet. One that cannot be made whole leaves nothing. */
export async function createCliRig(): Promise<CliRig> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'twinhelm-cli-')));
  const closers: Closer[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    return await makeCliRig(folder, closers);
  } catch (error) {
    await closeAll(closers.toReversed()).catch(() => undefined);
    throw error;
  }
}

/** What is to be closed goes into `closers`, and is closed from the last to the first. */
async function makeCliRig(folder: string, closers: Closer[]): Promise<CliRig> {
  const main = await bundleProgram(new URL('../../src/cli/main.ts', import.meta.url));
  const project = join(folder, 'project');
  await writeSampleProject(project);
  const model = await startDemoModel({ delayMs: 15 });
  closers.push(() => model.close());
  const agent = join(folder, 'agent');
  const claude = await claudeEnvironment({
    folder: agent,
    modelUrl: model.url,
    trusted: [project],
  });
  const home = join(folder, 'home-ada');
  const env = { ...claude.env, TWINHELM_HOME: home, TWINHELM_CLAUDE: await installClaude() };
  const groups: ProcessGroup[] = [];
  const endJoined = async (): Promise<void> => {
    await Promise.all(groups.splice(0).map((group) => group.end()));
  };
  const envOf = (person: string | undefined): Record<string, string> =>
    person === undefined ? env : { ...env, TWINHELM_HOME: join(folder, `home-${person}`) };

  const start: CliRig['start'] = (args, options = {}) => {
    const group = spawnGroup(process.execPath, [main, ...args], {
      env: envOf(options.home),
      cwd: project,
    });
    let stdout = '';
    let stderr = '';
    group.child.stdout?.on('data', (text: string) => (stdout += text));
    group.child.stderr?.on('data', (text: string) => (stderr += text));
    group.child.stdin?.end(options.stdin ?? '');
    const ended = once(group.child, 'close').then(async () => ({
      code: await exitOf(group),
      stdout,
      stderr,
    }));
    return { stderr: () => stderr, ended };
  };
  const run: CliRig['run'] = (args, options) => start(args, options).ended;

  closers.push(() => endProcessesWith('TWINHELM_HOME', home));
  closers.push(() => assertNoneLeft('TWINHELM_HOME', home));
  closers.push(() => run(['host', 'stop', '--force', '--now']));
  closers.push(endJoined);
  return {
    folder,
    project,
    model,
    env,
    start,
    run,
    async startHost() {
      const host = await startHostProcess({ env, file: main, cwd: folder });
      closers.push(() => host.close());
      return host;
    },
    async json(args) {
      const { code, stdout, stderr } = await run([...args, '--json']);
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
      const value: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
      if (typeof value !== 'object' || value === null) throw new Error(`no object: ${stdout}`);
      return { ...value };
    },
    async join(link, name) {
      const group = spawnGroup(process.execPath, [main, 'join', link, '--json', '--name', name], {
        env: envOf(link.includes('#') ? name : undefined),
        cwd: folder,
      });
      groups.push(group);
      return joinedBy(group);
    },
    endJoined,
    close: () => closeAll(closers.splice(0).toReversed()),
  };
}

/** Reads what a `join --json` prints. */
export function joinedBy(group: ProcessGroup): Joined {
  const lines: ScriptOutput[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  const wake = (): void => {
    for (const check of waiting) check();
  };
  group.child.stdout?.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    // Every line is checked against the documented schema.
    for (const part of parts) lines.push(scriptOutputSchema.parse(JSON.parse(part)));
    wake();
  });
  group.child.on('exit', wake);
  return {
    process: group,
    lines,
    say: (line) => group.write(`${JSON.stringify(line)}\n`),
    find(type, test = () => true, from = 0) {
      return new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(check);
        };
        const fail = (why: string): void => {
          end();
          const tail = lines.slice(-12).map((line) => JSON.stringify(line).slice(0, 300));
          reject(new Error(`${why}: no line "${type}" that fits; last:\n${tail.join('\n')}`));
        };
        const timer = setTimeout(() => fail('timed out'), WAIT_MS);
        const check = (): void => {
          const found = lines.slice(from).find((line) => isType(line, type) && test(line));
          if (found && isType(found, type)) {
            end();
            resolve(found);
          } else if (group.exitCode() !== undefined) fail('it ended');
        };
        waiting.add(check);
        check();
      });
    },
    async quit() {
      group.write('{"quit":true}\n');
      return exitOf(group);
    },
  };
}

function isType<T extends ScriptOutput['type']>(line: ScriptOutput, type: T): line is LineOf<T> {
  return line.type === type;
}
