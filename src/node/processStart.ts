// Start time of a process as the system tells it: with the pid it names a process for good.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** `ps` and PowerShell answer in well under this. */
const TIMEOUT_MS = 5000;

/**
 * Opaque text that differs when a pid is used again; undefined if there is no such process. On Linux
 * clock ticks since boot (field 22 of /proc/<pid>/stat), the same as Claude Code's `procStart`.
 */
export async function processStart(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  try {
    switch (platform) {
      case 'linux':
        return startOfStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
      case 'win32': {
        const script = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
        const { stdout } = await run(
          'powershell.exe',
          ['-NoProfile', '-NonInteractive', '-Command', script],
          { timeout: TIMEOUT_MS, windowsHide: true },
        );
        return stdout.trim() || undefined;
      }
      default: {
        const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], {
          timeout: TIMEOUT_MS,
          env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
        });
        return stdout.trim() || undefined;
      }
    }
  } catch {
    return undefined;
  }
}

/** Field 22 of a stat line; the name in field 2 may hold spaces and parentheses. A zombie is no process. */
export function startOfStat(stat: string): string | undefined {
  const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return rest[0] === 'Z' || rest[0] === 'X' ? undefined : rest[19];
}

/** Whether the process that had `pid` when it started at `start` still runs. */
export async function isSameProcess(pid: number, start: string | undefined): Promise<boolean> {
  const now = await processStart(pid);
  if (now === undefined) return false;
  return start === undefined || start === '' || now === start;
}
