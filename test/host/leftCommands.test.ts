// [G5] What is ended of an agent that was killed, and what is not: by the mark of its session, on Linux.
import { afterEach, describe, expect, it } from 'vitest';
import { AGENT_MARKER } from '../../src/host/drive/agentMarker.ts';
import { endLeftCommands } from '../../src/host/drive/leftCommands.ts';
import { isAlive } from '../../tools/run/processTable.ts';
import { type ProcessGroup, spawnGroup } from '../../tools/run/processes.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';

const SESSION = 'left-commands';
const rules = { isCommandProcess: (line: readonly string[]) => line.includes('own-command') };

const running: ProcessGroup[] = [];
afterEach(() => Promise.all(running.splice(0).map((group) => group.end('SIGKILL'))));

/** A shell with this script and name, and the pid that it prints. */
async function shell(script: string, name: string, session = SESSION): Promise<[number, number]> {
  const env = { PATH: process.env['PATH'], [AGENT_MARKER]: session };
  const group = spawnGroup('sh', ['-c', script, name], { env });
  running.push(group);
  return [group.pid, Number(await group.line((line) => line))];
}

const WAITS = 'sleep 60 & echo $!; wait';

describe.runIf(process.platform === 'linux')('commands of an agent that is gone', () => {
  it('[G5] end with all that they run', async () => {
    const left = await shell(WAITS, 'own-command');
    await endLeftCommands(SESSION, rules);
    await waitUntil('it has ended', () => !left.some(isAlive));
  });

  it('[G5] what else has the mark, another session’s, and those of an agent that a command has started go on', async () => {
    const free = await shell(WAITS, 'server');
    const theirs = await shell(WAITS, 'own-command', 'another-session');
    const nested = await shell(`sh -c '${WAITS}' own-command; :`, 'another-agent');
    const left = await shell(WAITS, 'own-command');
    await endLeftCommands(SESSION, rules);
    await waitUntil('it has ended', () => !left.some(isAlive));
    expect([...free, ...theirs, ...nested].map(isAlive)).toEqual(Array(6).fill(true));
  });

  it('[G5] elsewhere nothing is guessed', async () => {
    const left = await shell(WAITS, 'own-command');
    await endLeftCommands(SESSION, rules, 'darwin');
    expect(left.map(isAlive)).toEqual([true, true]);
  });
});
