// A process group ends whole, and what left it is found by its environment.
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { closeAll } from '../../tools/run/closing.ts';
import { setup } from '../../tools/run/runMark.ts';
import {
  assertNoneLeft,
  endProcessesWith,
  exitOf,
  RUN_MARK,
  spawnGroup,
} from '../../tools/run/processes.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { isAlive, type MarkedProcess, processesWith } from '../../tools/run/processTable.ts';

const parent = `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: DETACHED, stdio: 'ignore' });
console.log(JSON.stringify({ pid: child.pid }));
setInterval(() => {}, 1000);`;

function start(isDetached: boolean, marker: string): ReturnType<typeof spawnGroup> {
  return spawnGroup(process.execPath, ['-e', parent.replace('DETACHED', String(isDetached))], {
    env: { ...process.env, TWINHELM_TEST_MARK: marker },
  });
}

const pidOf = (line: string): number | undefined => Number(/"pid":(\d+)/.exec(line)?.[1]);

test('ending a group ends its grandchildren', async () => {
  const group = start(false, 'inside');
  const pid = await group.line(pidOf);
  expect(isAlive(pid)).toBe(true);
  await group.end();
  expect(isAlive(pid)).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'a child that left the group is found and ended',
  async () => {
    const marker = `left-${process.pid}`;
    const group = start(true, marker);
    const pid = await group.line(pidOf);
    await group.end();
    expect(isAlive(pid)).toBe(true);
    await expect(assertNoneLeft('TWINHELM_TEST_MARK', marker, 50)).rejects.toThrow(/left running/);
    await endProcessesWith('TWINHELM_TEST_MARK', marker);
    expect(processesWith('TWINHELM_TEST_MARK', marker)).toEqual([]);
  },
);

test('a program that is not there ends with an error, not a hang', async () => {
  const group = spawnGroup('/no/such/program', []);
  await expect(group.line((line) => line)).rejects.toThrow(/ENOENT/);
});

test('waiting for a line ends when the program does', async () => {
  const group = spawnGroup(process.execPath, ['-e', 'process.exit(3)']);
  await expect(group.line(() => undefined)).rejects.toThrow(/ended with 3/);
  expect(await exitOf(group)).toBe(3);
});

test.runIf(process.platform === 'linux')(
  'a child with an environment of its own still carries the mark of the run',
  async () => {
    const before = process.env[RUN_MARK];
    process.env[RUN_MARK] = `marked-${process.pid}`;
    const group = spawnGroup(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env: {} });
    try {
      const isFound = (): boolean =>
        processesWith(RUN_MARK, `marked-${process.pid}`).some(({ pid }) => pid === group.pid);
      await waitUntil('the marked child', isFound);
      expect(isFound()).toBe(true);
    } finally {
      await group.end();
      if (before === undefined) delete process.env[RUN_MARK];
      else process.env[RUN_MARK] = before;
    }
  },
);

test.runIf(process.platform === 'linux')(
  'a process of the run is told with its parent, and kept if it is in use',
  async () => {
    const mark = `kept-${process.pid}`;
    const group = spawnGroup(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      env: { KEPT_MARK: mark },
    });
    try {
      const find = (): MarkedProcess[] => processesWith('KEPT_MARK', mark);
      await waitUntil('the child', () => find().length === 1);
      expect(find().map(({ pid, parent }) => [pid, parent])).toEqual([[group.pid, process.pid]]);
      const isOurs = ({ parent }: MarkedProcess): boolean => parent === process.pid;
      expect(await endProcessesWith('KEPT_MARK', mark, isOurs)).toEqual([]);
      expect(group.exitCode()).toBeUndefined();
    } finally {
      await group.end();
    }
  },
);

test('closing goes on behind what fails, and says what failed first', async () => {
  const closed: string[] = [];
  const fail = (what: string) => (): never => {
    closed.push(what);
    throw new Error(what);
  };
  await expect(closeAll([fail('one'), () => closed.push('two')])).rejects.toThrow(/^one$/);
  await expect(closeAll([fail('three'), fail('four')])).rejects.toThrow('three\nError: four');
  await closeAll([() => Promise.resolve(closed.push('five'))]);
  expect(closed).toEqual(['one', 'two', 'three', 'four', 'five']);
});

test.runIf(process.platform === 'linux')(
  'a run of vitest marks what it starts, and ends what a test left',
  async () => {
    const before = process.env[RUN_MARK];
    delete process.env[RUN_MARK];
    try {
      const endRun = setup();
      expect(setup()).toBeUndefined();
      const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
        detached: true,
        stdio: 'ignore',
      });
      // Before it runs its program, a child has the environment of its parent.
      const run = process.env[RUN_MARK] ?? '';
      const find = (): MarkedProcess[] => processesWith(RUN_MARK, run);
      await waitUntil('the marked child', () => find().length > 0);
      await endRun?.();
      expect(isAlive(left.pid ?? 0)).toBe(false);
    } finally {
      if (before === undefined) delete process.env[RUN_MARK];
      else process.env[RUN_MARK] = before;
    }
  },
);
