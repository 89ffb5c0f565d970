// An agent process that outlived its host: waited for, ended, and never taken for another.
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { processStart } from '../../src/node/processStart.ts';
import { awaitOldChild } from '../../src/host/drive/oldChild.ts';
import { type ProcessGroup, spawnGroup } from '../../tools/run/processes.ts';

const running: ProcessGroup[] = [];
afterEach(() => Promise.all(running.splice(0).map((group) => group.end('SIGKILL'))));

function sleeper(): ProcessGroup {
  const group = spawnGroup('sleep', ['60']);
  running.push(group);
  return group;
}

const options = { clock: systemClock, log: silentLogger, endNow: new AbortController().signal };

describe('an old agent process', () => {
  it('that does not end in its time is ended', async () => {
    const { pid } = sleeper();
    const start = (await processStart(pid)) ?? '';
    await awaitOldChild({ pid, processStart: start }, { ...options, finishMs: 200 });
    expect(await processStart(pid)).toBeUndefined();
  });

  it('whose pid belongs to another by now is not waited for, and the other is left alone', async () => {
    const { pid } = sleeper();
    await awaitOldChild({ pid, processStart: 'another start' }, options);
    expect(await processStart(pid)).toBeDefined();
  });

  it('whose start time was never known is waited for where that can happen, and never signalled', async () => {
    const { pid } = sleeper();
    await awaitOldChild({ pid, processStart: '' }, { ...options, platform: 'linux' });
    const endNow = new AbortController();
    let isOver = false;
    const waiting = awaitOldChild(
      { pid, processStart: '' },
      { ...options, endNow: endNow.signal, platform: 'win32' },
    ).then(() => (isOver = true));
    await processStart(pid);
    expect(isOver).toBe(false);
    endNow.abort();
    await waiting;
    expect(await processStart(pid)).toBeDefined();
  });

  it('that was only meant to be started is not waited for', async () => {
    await awaitOldChild({ pid: 0, processStart: '' }, { ...options, platform: 'win32' });
  });
});
