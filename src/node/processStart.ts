// Start time of a process as the system tells it: with the pid it names a process for good.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { hasErrorCode } from './files.ts';

const run = promisify(execFile);
/** `ps` and PowerShell answer in well under this. */
const TIMEOUT_MS = 5000;

/** Runs a program of the system and gives what it prints; rejects when it fails. */
export type AskProgram = (
  program: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
) => Promise<string>;

/** Which system is asked, and how; default: this one. */
export interface ProcessStartOptions {
  readonly platform?: NodeJS.Platform;
  readonly ask?: AskProgram;
}

const askProgram: AskProgram = async (program, args, env) => {
  const { stdout } = await run(program, [...args], {
    timeout: TIMEOUT_MS,
    windowsHide: true,
    ...(env && { env }),
  });
  return stdout;
};

/**
 * Opaque text that differs when a pid is used again; undefined if there is no such process. On Linux
 * clock ticks since boot (field 22 of /proc/<pid>/stat), the same as Claude Code's `procStart`.
 */
export async function processStart(
  pid: number,
  options: ProcessStartOptions = {},
): Promise<string | undefined> {
  const { platform = process.platform, ask = askProgram } = options;
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  try {
    switch (platform) {
      case 'linux':
        return startOfStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
      case 'win32': {
        const script = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
        const args = ['-NoProfile', '-NonInteractive', '-Command', script];
        return (await ask('powershell.exe', args)).trim() || undefined;
      }
      default: {
        const env = { LC_ALL: 'C', PATH: '/bin:/usr/bin' };
        return (await ask('ps', ['-o', 'lstart=', '-p', String(pid)], env)).trim() || undefined;
      }
    }
  } catch {
    return undefined;
  }
}

/** Whether a pid is that of a process, or of one that has ended and is not yet waited for. Costs a microsecond. */
export function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return hasErrorCode(error, 'EPERM');
  }
}

/**
 * Whether the process that had `pid` when it started at `start` still runs, told at once: on Linux from
 * /proc, which is memory and never waits for a disk; elsewhere only whether there is such a process.
 */
export function isStillRunning(pid: number, start: string): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return startOfStat(readFileSync(`/proc/${pid}/stat`, 'utf8')) === start;
  } catch (error) {
    // With too many open files nobody has ended.
    return !hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'ESRCH');
  }
}

/** Field 22 of a stat line; the name in field 2 may hold spaces and parentheses. A zombie is no process. */
export function startOfStat(stat: string): string | undefined {
  const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return rest[0] === 'Z' || rest[0] === 'X' ? undefined : rest[19];
}

/** Whether the process that had `pid` when it started at `start` still runs. */
export async function isSameProcess(
  pid: number,
  start: string | undefined,
  options: ProcessStartOptions = {},
): Promise<boolean> {
  const now = await processStart(pid, options);
  if (now === undefined) return false;
  return start === undefined || start === '' || now === start;
}
