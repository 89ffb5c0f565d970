// Ends a process with all that it has started, whatever groups they made for themselves.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** `ps` answers in well under this. */
const TIMEOUT_MS = 2000;

/** A process, who started it, and the group that it is in. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** How processes are listed and signalled; default: as this system does. */
export interface KillTreeOptions {
  readonly list?: () => readonly ProcessRow[];
  readonly kill?: (target: number, signal: NodeJS.Signals) => void;
}

/**
 * Kills a process, its group, and everything below it: a signal to its group alone misses commands that
 * run in groups of their own, as those of Claude Code do. What has left the tree
 * (`nohup … &` of a shell that is gone) goes on. Does nothing if there is no such process. Not for Windows.
 */
export function killTree(pid: number, options: KillTreeOptions = {}): void {
  const { list = listProcesses, kill = (target, signal) => void process.kill(target, signal) } =
    options;
  const send = (target: number, signal: NodeJS.Signals): void => {
    try {
      kill(target, signal);
    } catch {
      // It has no group of its own, or is gone.
    }
  };
  // Nothing new begins while it is looked at.
  send(-pid, 'SIGSTOP');
  send(pid, 'SIGSTOP');
  for (const target of targetsBelow(pid, tryList(list))) send(target, 'SIGKILL');
  send(-pid, 'SIGKILL');
  send(pid, 'SIGKILL');
}

/** What is signalled to reach all that is below a process: groups that it or something below it leads, else single processes. */
function targetsBelow(pid: number, rows: readonly ProcessRow[]): ReadonlySet<number> {
  const below = new Set([pid]);
  // A child can stand before its parent: until nothing is added.
  for (let size = 0; size < below.size;) {
    size = below.size;
    for (const row of rows) if (below.has(row.parent)) below.add(row.pid);
  }
  const inTree = rows.filter((row) => below.has(row.pid));
  return new Set(inTree.map((row) => (below.has(row.group) ? -row.group : row.pid)));
}

/** Who started a process, or has taken it over; undefined if it is gone. Linux only. */
export function parentOf(pid: number): number | undefined {
  return rowOf(`${pid}`)[0]?.parent;
}

function tryList(list: () => readonly ProcessRow[]): readonly ProcessRow[] {
  try {
    return list();
  } catch {
    return [];
  }
}

function listProcesses(): readonly ProcessRow[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? rowOf(name) : []));
  }
  const args = ['-A', '-o', 'pid=,ppid=,pgid='];
  const env = { LC_ALL: 'C', PATH: '/bin:/usr/bin' };
  const text = execFileSync('ps', args, { encoding: 'utf8', timeout: TIMEOUT_MS, env });
  return text.split('\n').map((line) => {
    const [pid = 0, parent = 0, group = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, parent, group };
  });
}

/** Fields 4 and 5 of a stat line; the name in field 2 may hold spaces and parentheses. */
function rowOf(pid: string): ProcessRow[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
  } catch {
    return [];
  }
}
