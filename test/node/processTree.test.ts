// What ends when a process is killed with all that it has started, and what does not.
import { afterEach, expect, test } from 'vitest';
import { killTree, type ProcessRow } from '../../src/node/processTree.ts';
import { type ProcessGroup, spawnGroup } from '../../tools/run/processes.ts';
import { isAlive } from '../../tools/run/processTable.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';

const running: ProcessGroup[] = [];
const left: number[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((group) => group.end('SIGKILL')));
  for (const pid of left.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

/** A program that starts a command in a group of its own, which starts another one; the pids of both. */
async function parentOf(): Promise<{ pid: number; command: number; below: number }> {
  const script = `
    const { spawn } = require('node:child_process');
    const line = 'sleep 60 & echo $!; wait';
    const child = spawn('sh', ['-c', line], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.on('data', (text) => console.log(JSON.stringify([child.pid, Number(text)])));
    process.on('SIGTERM', () => undefined);`;
  const group = spawnGroup(process.execPath, ['-e', script]);
  running.push(group);
  const line = await group.line((text) => (text.startsWith('[') ? text : undefined));
  const [command = 0, below = 0]: number[] = JSON.parse(line);
  left.push(command, below);
  return { pid: group.pid, command, below };
}

test('a command in a group of its own ends with the program that runs it', async () => {
  const { pid, command, below } = await parentOf();
  killTree(pid);
  await waitUntil('all have ended', () => ![pid, command, below].some(isAlive));
});

test('what has left the tree, and the rest of the computer, go on', async () => {
  const other = await parentOf();
  const leaving = spawnGroup('sh', ['-c', 'sleep 60 >/dev/null 2>&1 & echo $!']);
  running.push(leaving);
  const gone = Number(await leaving.line((text) => text));
  left.push(gone);
  const { pid } = await parentOf();
  killTree(pid);
  await waitUntil('it has ended', () => !isAlive(pid));
  expect([other.pid, other.command, other.below, gone].map(isAlive)).toEqual([
    ...[true, true, true, true],
  ]);
});

/** What is signalled for pid 10 where the system lists these. */
function signalled(list: () => readonly ProcessRow[]): readonly string[] {
  const sent: string[] = [];
  killTree(10, {
    list,
    kill: (target, signal) => {
      sent.push(`${signal} ${target}`);
      if (target === -10) throw new Error('ESRCH');
    },
  });
  return sent;
}

test('it is stopped before it is looked at; of a group that others lead only the process itself is killed', () => {
  const rows = [
    { pid: 13, parent: 12, group: 12 },
    { pid: 12, parent: 10, group: 12 },
    { pid: 11, parent: 10, group: 1 },
    { pid: 20, parent: 1, group: 20 },
    { pid: 10, parent: 1, group: 10 },
  ];
  expect(signalled(() => rows)).toEqual([
    ...['SIGSTOP -10', 'SIGSTOP 10'],
    ...['SIGKILL -12', 'SIGKILL 11', 'SIGKILL -10', 'SIGKILL -10', 'SIGKILL 10'],
  ]);
});

test('where nothing can be listed it is killed all the same', () => {
  const fails = (): never => {
    throw new Error('ENOENT ps');
  };
  expect(signalled(fails)).toEqual([...['SIGSTOP -10', 'SIGSTOP 10', 'SIGKILL -10', 'SIGKILL 10']]);
});
