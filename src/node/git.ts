// The state of a working tree, as git tells it: bounded in time and size, without anything of the repository being run that need not be.
import { execFile } from 'node:child_process';

/** What is asked for. */
export interface GitTree {
  /** Absent: no branch is checked out. */
  readonly branch?: string;
  readonly dirty: number;
  readonly ahead?: number;
  readonly behind?: number;
}

const MAX_MS = 5_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** No monitor, no hook, nothing of submodules: their settings are others' work. */
const ARGUMENTS = [
  '--no-optional-locks',
  ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'],
  ...['status', '--porcelain=v2', '--branch', '--untracked-files=normal'],
  '--ignore-submodules=all',
];

/** The tree that a folder is in; undefined if it is in none, git is not there, does not trust it, or takes too long. Never rejects. */
export function gitTree(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<GitTree | undefined> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !/^GIT_/i.test(name)));
  return new Promise((resolve) => {
    execFile(
      'git',
      ['-C', folder, ...ARGUMENTS],
      {
        signal,
        timeout: MAX_MS,
        killSignal: 'SIGKILL',
        maxBuffer: MAX_BYTES,
        windowsHide: true,
        env: {
          ...own,
          GIT_OPTIONAL_LOCKS: '0',
          GIT_TERMINAL_PROMPT: '0',
          GIT_NO_LAZY_FETCH: '1',
          LC_ALL: 'C',
        },
      },
      (error, stdout) => resolve(error ? undefined : readStatus(stdout)),
    );
  });
}

/** Reads what `git status --porcelain=v2 --branch` prints. */
export function readStatus(text: string): GitTree {
  const lines = text.split('\n');
  const headOf = (name: string): string | undefined => {
    const start = `# branch.${name} `;
    return lines.find((line) => line.startsWith(start))?.slice(start.length);
  };
  const branch = headOf('head');
  const [, ahead, behind] = /^\+(\d+) -(\d+)$/.exec(headOf('ab') ?? '') ?? [];
  return {
    dirty: lines.filter((line) => /^[12u?] /.test(line)).length,
    ...(branch !== undefined && branch !== '(detached)' && { branch }),
    ...(ahead !== undefined && { ahead: Number(ahead) }),
    ...(behind !== undefined && { behind: Number(behind) }),
  };
}
