// [G2] [G3] Hosts and sessions with background work that are stopped and replaced, many times: none of it ends unasked.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wantVersion } from '../../src/host/find/restartWish.ts';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { CLAUDE_VERSIONS, DEFAULT_VERSION } from '../../tools/install/claudeVersions.ts';
import { exitOf, spawnGroup } from '../../tools/run/processes.ts';
import { isAlive } from '../../tools/run/processTable.ts';
import { bundleProgram } from '../../tools/run/programBundle.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { idle } from './controlledGuests.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';

const WAYS = [
  'host stop',
  'host stop at once',
  'end session',
  'stop all',
  'newer version',
  'SIGTERM',
] as const;
const PROGRAM = await bundleProgram(new URL('../../src/cli/main.ts', import.meta.url));

/** Each round ends with another of the ways: four times each with the newest version, once with the others. */
const roundsOf = (version: string): number =>
  Number(process.env['TWINHELM_ROUNDS'] ?? WAYS.length * (version === DEFAULT_VERSION ? 4 : 1));

type Way = (typeof WAYS)[number];
type Owner = Guest & { readonly session: string };

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  const rounds = roundsOf(version);
  let rig: HostRig;
  let machine: MachineView;
  let ada: Owner;
  let refused = 0;
  let unasked = 0;
  const ended: Way[] = [];

  beforeAll(async () => {
    rig = await HostRig.create({ claudePath: await installClaude(version) });
  });
  afterAll(() => rig.close());

  const place = (name: string): string => join(rig.project, name);

  async function cli(...args: readonly string[]): Promise<{ code: number; said: string }> {
    const group = spawnGroup(process.execPath, [PROGRAM, ...args], {
      env: rig.env,
      cwd: rig.project,
    });
    let said = '';
    group.child.stderr?.on('data', (text: string) => (said += text));
    return { code: await exitOf(group), said };
  }

  /** A command in the background that runs until its file `go` is there; its process. */
  async function begin(title: string): Promise<number> {
    const [pid, go, done] = ['pid', 'go', 'done'].map((name) => `${title}.${name}`);
    const command = `echo $$ > ${pid}; while [ ! -e ${go} ]; do sleep 0.2; done; echo done > ${done}`;
    const input = { command, run_in_background: true, description: title };
    const text = `[[tool:Bash:${JSON.stringify(input)}]][[text:started]]`;
    await ada.view.request('prompt', { text });
    await ada.answer('allow');
    await ada.until('the turn has ended', () => ada.ofKind('turn').length > 0);
    await idle(ada);
    const tasks = () => ada.state.session.tasks?.map((task) => task.title);
    await ada.until('it is shown', () => tasks()?.includes(title) === true);
    const file = place(`${title}.pid`);
    return waitUntil('it runs', () =>
      existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined,
    );
  }

  /** What would end it, without a word that it is meant. */
  const tries = (title: string): Readonly<Record<string, () => Promise<void>>> => ({
    'host stop': async () => {
      const { code, said } = await cli('host', 'stop');
      expect([code === 0, said.includes(title)]).toEqual([false, true]);
    },
    'end session': async () => {
      const { code, said } = await cli('end', ada.session);
      expect([code === 0, said.includes(title)]).toEqual([false, true]);
    },
    'stop all': async () => {
      await expect(machine.request('stop-host', {})).rejects.toThrow(title);
    },
    'newer version': async () => {
      wantVersion(rig.paths.home, '9.9.9');
      await rig.passIdleTime();
    },
    'nobody is there': async () => {
      await ada.close();
      await machine.view.close();
      await rig.passIdleTime();
      machine = await rig.machine();
      ada = await machine.joinSession(ada.session);
    },
  });

  /** The same by somebody who says so; or the work ends by itself, and the newer version has its turn. */
  const ways = (title: string): Readonly<Record<Way, () => Promise<void>>> => ({
    'host stop': async () => {
      expect((await cli('host', 'stop', '--force')).code).toBe(0);
    },
    'host stop at once': async () => {
      expect((await cli('host', 'stop', '--force', '--now')).code).toBe(0);
    },
    'end session': async () => {
      expect((await cli('end', ada.session, '--force')).code).toBe(0);
    },
    'stop all': async () => {
      await machine.request('stop-host', { force: true });
      await waitUntil('the host has ended', () => rig.hostExit() !== undefined);
    },
    'newer version': async () => {
      writeFileSync(place(`${title}.go`), '');
      const isOver = () =>
        ada.state.session.tasks === undefined && ada.state.session.status === 'idle';
      await ada.until('it has ended by itself', isOver);
      const gave = async (): Promise<boolean> => {
        if (rig.hostExit() === undefined) await rig.passIdleTime().catch(() => undefined);
        return rig.hostExit() !== undefined;
      };
      await waitUntil('the host gives way', gave);
      expect(rig.log).toContain('reason=replaced');
    },
    SIGTERM: async () => {
      expect(await rig.stop()).toBe(0);
    },
  });

  async function round(n: number): Promise<void> {
    if (rig.hostExit() !== undefined || n === 0) await rig.start();
    machine = await rig.machine();
    ada = await machine.startSession();
    const title = `Work${n}`;
    const pid = await begin(title);
    for (const [name, attempt] of Object.entries(tries(title))) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await attempt();
      const isThere = isAlive(pid) && rig.hostExit() === undefined;
      if (!isThere) unasked += 1;
      expect([n, name, isThere]).toEqual([n, name, true]);
      refused += 1;
    }
    const way = WAYS[n % WAYS.length] ?? 'SIGTERM';
    await ways(title)[way]();
    ended.push(way);
    if (way !== 'end session') {
      await waitUntil('the end of the host is known', () => rig.hostExit() !== undefined);
    }
    await waitUntil(`its process has ended by ${way}`, () => !isAlive(pid));
    const { session } = ada;
    await Promise.all([ada.close(), machine.view.close()]);
    if (rig.hostExit() !== undefined) await rig.start();
    machine = await rig.machine();
    ada = await machine.joinSession(session);
    const task = () => ada.ofKind('task').findLast((one) => one.title === title);
    const isItself = way === 'newer version';
    await ada.until('its entry says how it ended', () =>
      isItself ? task()?.status === 'completed' : task()?.status === 'stopped',
    );
    expect(existsSync(place(`${title}.done`))).toBe(isItself);
    const told = ada
      .ofKind('notice')
      .filter(({ code, text }) => code === 'background-work-ended' && text.includes(title));
    expect([way, told.length]).toEqual([way, isItself ? 0 : 1]);
    expect(ada.state.session.tasks).toBeUndefined();
    await Promise.all([ada.close(), machine.view.close()]);
  }

  it(`[G2] [G3] ${rounds} ends and replacements: what was not asked for ends nothing`, async () => {
    for (let n = 0; n < rounds; n += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await round(n);
    }
    console.log(
      `${version}: ${ended.length} ends, ${refused} tries that nobody meant, ${unasked} killed unasked`,
    );
    expect([ended.length, refused, unasked]).toEqual([rounds, rounds * 5, 0]);
  }, 3_600_000);
});
