// Which processes run: by pid, by group, and by a marker in their environment.
import { readdirSync, readFileSync } from 'node:fs';
import { hasErrorCode } from '../../src/node/files.ts';

/** A process that carries a marker in its environment. */
export interface MarkedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

interface Stat {
  /** A letter; Z is a zombie, X means that there is no such process. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
}

function allPids(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** A file of `/proc`; empty if its process is gone or another person's. */
function procFile(pid: string, name: string): string {
  try {
    // At once: a promise is five times the work, and tests look at every process again and again.
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function statOf(pid: string): Stat {
  // "pid (name) state parent group …"; the name may hold anything.
  const stat = procFile(pid, 'stat');
  const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: state || 'X', parent: Number(parent ?? 0), group: Number(group ?? 0) };
}

/**
 * Whether a process, or with a negative pid any process of a group, runs. Where it can be told, one
 * that has ended and waits for its parent to hear of it does not: some systems take seconds for that.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return hasErrorCode(error, 'EPERM');
  }
  if (process.platform !== 'linux') return true;
  const stats = (pid > 0 ? [`${pid}`] : allPids()).map(statOf);
  return stats.some(({ state, group }) => !'ZX'.includes(state) && (pid > 0 || group === -pid));
}

/**
 * Processes whose environment holds `NAME=value`: detached children keep it, so it finds what left
 * its group. Linux only; elsewhere the list is empty. Pids in `others` are not looked at.
 */
export function processesWith(
  name: string,
  value: string,
  others: ReadonlySet<string> = new Set(),
): MarkedProcess[] {
  if (process.platform !== 'linux') return [];
  const found: MarkedProcess[] = [];
  for (const pid of allPids()) {
    if (Number(pid) === process.pid || others.has(pid)) continue;
    if (!procFile(pid, 'environ').split('\0').includes(`${name}=${value}`)) continue;
    const command = procFile(pid, 'cmdline');
    // A zombie has no command line and holds nothing.
    if (command === '') continue;
    const { parent } = statOf(pid);
    found.push({ pid: Number(pid), parent, command: command.replaceAll('\0', ' ') });
  }
  return found;
}
