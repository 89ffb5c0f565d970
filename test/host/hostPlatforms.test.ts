// The session host on Windows and macOS: its private folder, its address, and agents of a host that died.
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { randomBytes } from '../../src/crypto/keys.ts';
import { AGENT_MARKER, agentProcesses, leftAgents } from '../../src/host/drive/agentMarker.ts';
import { awaitOldChild } from '../../src/host/drive/oldChild.ts';
import { readHostFile, writeHostFile } from '../../src/host/find/hostFile.ts';
import { isNetworkFolder, prepareHome } from '../../src/host/find/paths.ts';
import { processStart } from '../../src/node/processStart.ts';
import { formatLink } from '../../src/protocol/link.ts';
import { PROTOCOL_VERSIONS } from '../../src/protocol/version.ts';
import { type ProcessGroup, spawnGroup } from '../../tools/run/processes.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { temporaryFolder } from './folders.ts';

const running: ProcessGroup[] = [];
afterEach(() => Promise.all(running.splice(0).map((group) => group.end('SIGKILL'))));

describe('the home folder', () => {
  const modeAfter = (platform: NodeJS.Platform): number => {
    const home = join(temporaryFolder(), 'home');
    mkdirSync(home);
    chmodSync(home, 0o755);
    prepareHome(home, { platform, typeOf: () => 0xef53 });
    return statSync(home).mode & 0o777;
  };

  it('is made its owner’s alone, but on Windows, where the profile’s rights hold', () => {
    expect([modeAfter('linux'), modeAfter('darwin')]).toEqual([0o700, 0o700]);
    expect(modeAfter('win32')).toBe(0o755);
  });

  it('is refused on a network: by its path on Windows, by its file system on Linux', () => {
    const typeOf = (): number => 0x6969;
    const isOnNetwork = (folder: string, platform: NodeJS.Platform): boolean =>
      isNetworkFolder(folder, { platform, typeOf });
    expect(isOnNetwork(String.raw`\\server\home\ada`, 'win32')).toBe(true);
    expect(isOnNetwork(String.raw`C:\Users\ada`, 'win32')).toBe(false);
    expect(isOnNetwork('/home/ada', 'linux')).toBe(true);
    expect(isOnNetwork('/Users/ada', 'darwin')).toBe(false);
    const home = join(temporaryFolder(), 'home');
    expect(() => prepareHome(home, { platform: 'linux', typeOf })).toThrow(/network/);
  });
});

describe('host.json', () => {
  it('that others may read is ignored, but on Windows, where no mode says so', async () => {
    const path = join(temporaryFolder(), 'host.json');
    const relayUrl = 'ws://127.0.0.1:4242';
    writeHostFile(path, {
      pid: process.pid,
      processStart: (await processStart(process.pid)) ?? '',
      version: '0.0.1',
      protocol: PROTOCOL_VERSIONS[0] ?? 0,
      startedAt: 1,
      relayUrl,
      link: formatLink({
        room: 'r'.repeat(26),
        secret: randomBytes(32),
        relay: relayUrl,
        role: 'owner',
      }),
    });
    chmodSync(path, 0o644);
    for (const platform of ['linux', 'darwin'] as const) {
      expect(await readHostFile(path, { platform })).toMatchObject({ kind: 'invalid' });
    }
    expect(await readHostFile(path, { platform: 'win32' })).toMatchObject({ kind: 'running' });
  });
});

describe('agents of a host that died', () => {
  /** A leader with a tool of its own, each a process; their pids. */
  async function agentWithTool(env: Record<string, string> = {}) {
    const group = spawnGroup('sh', ['-c', 'sleep 60 & echo $!; wait'], {
      env: { PATH: process.env['PATH'], ...env },
    });
    running.push(group);
    const tool = Number(await group.line((line) => line));
    return { pid: group.pid, tool };
  }

  it.each(['linux', 'darwin'] as const)(
    'on %s end with their tools: they lead a group',
    async (platform) => {
      const { pid, tool } = await agentWithTool();
      await endOld(pid, platform);
      await waitUntil('the tool has ended', async () => (await processStart(tool)) === undefined);
      expect(await processStart(pid)).toBeUndefined();
    },
  );

  it('on Windows are ended by their own pid: there are no groups', async () => {
    const { pid, tool } = await agentWithTool();
    await endOld(pid, 'win32');
    expect(await processStart(pid)).toBeUndefined();
    expect(await processStart(tool)).toBeDefined();
  });

  async function endOld(pid: number, platform: NodeJS.Platform): Promise<void> {
    const start = (await processStart(pid)) ?? '';
    const endNow = new AbortController().signal;
    const options = { clock: systemClock, log: silentLogger, endNow, finishMs: 0, platform };
    await awaitOldChild({ pid, processStart: start }, options);
  }

  it.runIf(process.platform === 'linux')(
    'that were not written down are found by their mark on Linux, and nowhere else',
    async () => {
      const { pid, tool } = await agentWithTool({ [AGENT_MARKER]: 'session-7' });
      // The tool has the mark too: its command line tells it from the agent.
      const rules = { isAgentProcess: (line: readonly string[]) => line.includes('-c') };
      const found = async (session: string, platform: NodeJS.Platform) =>
        (await agentProcesses(session, rules, { platform })).map((one) => one.pid);
      // What was forked has its parent's command line until it runs its own program.
      await waitUntil('the tool runs its program', async () => {
        return !(await found('session-7', 'linux')).includes(tool);
      });
      expect(await found('session-7', 'linux')).toEqual([pid]);
      expect(await found('session-8', 'linux')).toEqual([]);
      expect(await found('session-7', 'darwin')).toEqual([]);
      expect(await found('session-7', 'win32')).toEqual([]);
      expect(tool).not.toBe(pid);
    },
  );
});

it('an agent that was being forked when its host was killed is found when it runs its own program', async () => {
  const rules = { isAgentProcess: () => true };
  const found = { pid: 7, processStart: '1' };
  let looks = 0;
  const look = async (): Promise<readonly (typeof found)[]> => {
    looks += 1;
    return looks < 3 ? [] : [found];
  };
  expect(await leftAgents('s', { pid: 0, processStart: '' }, rules, look)).toEqual([found]);
  // Where its name had been written down, or none was left, nobody waits for long.
  looks = -10;
  expect(await leftAgents('s', { pid: 5, processStart: '1' }, rules, look)).toEqual([]);
  expect(looks).toBe(-9);
  expect(await leftAgents('s', { pid: 0, processStart: '' }, rules, look)).toEqual([]);
  expect(looks).toBe(-5);
});
