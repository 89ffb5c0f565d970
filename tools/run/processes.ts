// Child processes of tests and scripts: each leads its own group, is ended by group, and is seen to be gone.
import { waitUntil } from './waitUntil.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { WAIT_MS } from './waitBound.ts';
import { isAlive, type MarkedProcess, processesWith } from './processTable.ts';

/** What to start. */
export interface SpawnGroupOptions {
  readonly cwd?: string;
  /** All variables of the child; default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Everything the child writes to stderr is appended here too. */
  readonly logFile?: string;
}

/** A running child that leads a process group. */
export interface ProcessGroup {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Exit code; undefined while it runs, -1 if a signal ended it. */
  exitCode(): number | undefined;
  /** The last 200,000 characters of stdout and stderr. */
  output(): string;
  /** First stdout line for which `pick` gives a value. Rejects when the child ends or time is up. */
  line<T>(pick: (line: string) => T | undefined, timeoutMs?: number): Promise<T>;
  /** Writes to the child's stdin. */
  write(text: string): void;
  /** Ends the whole group: `signal`, then SIGKILL after `graceMs`; resolves when no member is left. */
  end(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
}

/** Variable that names a test run: whatever is started in it carries it, however clean its environment. */
export const RUN_MARK = 'TWINHELM_TEST_RUN';

const KEPT_OUTPUT = 200_000;
/** Above it Node warns of a leak: more groups than any run has at once. */
const MAX_GROUPS = 100;

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', `${child.pid}`, '/t', '/f']);
    else process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}

function groupIsAlive(child: ChildProcess): boolean {
  if (child.pid === undefined) return false;
  return isAlive(process.platform === 'win32' ? child.pid : -child.pid);
}

function runMark(): Record<string, string> {
  const run = process.env[RUN_MARK];
  return run === undefined ? {} : { [RUN_MARK]: run };
}

/** Starts `program` as the leader of a new process group. */
export function spawnGroup(
  program: string,
  args: readonly string[],
  options: SpawnGroupOptions = {},
): ProcessGroup {
  const log = options.logFile === undefined ? 'pipe' : openSync(options.logFile, 'a', 0o600);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env), ...runMark() },
    stdio: ['pipe', 'pipe', log],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  if (typeof log === 'number') closeSync(log);
  let output = '';
  let exitCode: number | undefined;
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  const wake = (): void => {
    for (const watcher of watchers) watcher();
  };
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-KEPT_OUTPUT);
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    wake();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-KEPT_OUTPUT);
  });
  child.stdin?.on('error', () => undefined);
  // A run that ends early takes its groups along: nobody else knows of them.
  const endWithUs = (): void => signalGroup(child, 'SIGKILL');
  process.setMaxListeners(Math.max(process.getMaxListeners(), MAX_GROUPS));
  process.once('exit', endWithUs);
  const exited = new Promise<void>((resolve) => {
    const finish = (code: number): void => {
      process.off('exit', endWithUs);
      exitCode ??= code;
      resolve();
      wake();
    };
    child.on('error', (error) => {
      output += `\n${error.message}`;
      finish(-1);
    });
    child.on('exit', (code) => finish(code ?? -1));
  });

  return {
    pid: child.pid ?? -1,
    child,
    exitCode: () => exitCode,
    output: () => output,
    line(pick, timeoutMs = WAIT_MS) {
      let next = 0;
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          clearTimeout(timer);
          watchers.delete(look);
        };
        const fail = (why: string): void => {
          stop();
          reject(new Error(`${program} ${why}:\n${output.slice(-3000)}`));
        };
        const timer = setTimeout(() => fail(`said nothing usable for ${timeoutMs} ms`), timeoutMs);
        const look = (): void => {
          for (; next < lines.length; next += 1) {
            const found = pick(lines[next] ?? '');
            if (found === undefined) continue;
            stop();
            resolve(found);
            return;
          }
          if (exitCode !== undefined) fail(`ended with ${exitCode}`);
        };
        watchers.add(look);
        look();
      });
    },
    write(text) {
      child.stdin?.write(text);
    },
    async end(signal = 'SIGTERM', graceMs = 8000) {
      signalGroup(child, signal);
      const gone = waitUntil(`group ${child.pid} gone`, () => !groupIsAlive(child), graceMs);
      await gone.catch(async () => {
        signalGroup(child, 'SIGKILL');
        await waitUntil(`group ${child.pid} gone after SIGKILL`, () => !groupIsAlive(child));
      });
      if (exitCode === undefined) await exited;
    },
  };
}

/** Resolves with the exit code of a group's leader. */
export async function exitOf(group: ProcessGroup): Promise<number> {
  if (group.exitCode() === undefined) await once(group.child, 'exit');
  return group.exitCode() ?? -1;
}

/** Ends every process that carries the marker, but those of `isKept`: SIGTERM, then SIGKILL. Returns what it ended. */
export async function endProcessesWith(
  name: string,
  value: string,
  isKept: (process: MarkedProcess) => boolean = () => false,
): Promise<MarkedProcess[]> {
  const marked = (): MarkedProcess[] => processesWith(name, value).filter((one) => !isKept(one));
  const found = marked();
  const send = (signal: NodeJS.Signals, list: readonly MarkedProcess[]): void => {
    for (const { pid } of list) {
      try {
        process.kill(pid, signal);
      } catch {
        // Ended in the meantime.
      }
    }
  };
  send('SIGTERM', found);
  const isEmpty = (): boolean => marked().length === 0;
  await waitUntil('marked processes gone', isEmpty, 5000).catch(async () => {
    send('SIGKILL', marked());
    await waitUntil('marked processes gone after SIGKILL', isEmpty);
  });
  return found;
}

/** Rejects with a list if a process with the marker is left after `timeoutMs`. */
export async function assertNoneLeft(
  name: string,
  value: string,
  timeoutMs = WAIT_MS,
): Promise<void> {
  const isEmpty = (): boolean => processesWith(name, value).length === 0;
  await waitUntil('no process left', isEmpty, timeoutMs).catch(() => {
    const left = processesWith(name, value);
    throw new Error(`left running: ${left.map((p) => `${p.pid} ${p.command}`).join('; ')}`);
  });
}
