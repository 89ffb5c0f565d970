// Stop Sharing with everything that an owner may have open, again and again: who follows, who is cut off, and how fast.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { ComputerLink } from '../../src/client/rooms/computerLink.ts';
import { joinAs } from '../../src/client/rooms/joinTarget.ts';
import { RoomPool } from '../../src/client/rooms/roomPool.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import { createHostFinder } from '../../src/host/find/lookForHost.ts';
import { TWINHELM } from '../../tools/run/hostProcess.ts';
import { spawnGroup } from '../../tools/run/processes.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import type { World } from '../../tools/run/world.ts';
import { type Joined, joinedBy } from '../cli/cliRig.ts';
import { setStage } from './harness.ts';
import { PanelDriver } from './panelDriver.ts';

/** From the command to stop until what was said after it is read in every window of the owner; asserted. */
const WITHIN_MS = 10_000;
const GUESTS = ['bo', 'cy', 'di', 'ed'];

/** A window of the owner: what the editor is made of, without the editor. */
async function ownerWindow(world: World, session: string) {
  const identity = await createIdentity();
  const join = joinAs({
    identity: () => Promise.resolve(identity),
    name: () => 'Ada',
    device: 'window',
    memory: { load: () => undefined, save: () => undefined },
    clock: systemClock,
    log: silentLogger,
  });
  const host = createHostFinder({
    home: world.home,
    hostScript: TWINHELM,
    execPath: process.execPath,
    env: world.env,
    userHome: homedir(),
    clock: systemClock,
  });
  const parts = { join, clock: systemClock, random: Math.random, log: silentLogger };
  const computer = new ComputerLink({ host, claudePath: () => '', ...parts });
  await computer.ensure();
  const pool = new RoomPool({ links: computer, ...parts });
  const { room } = pool.acquire({ kind: 'own', session });
  const truths = new Set<string>();
  room.onDidChange(() => truths.add(room.view?.truth.kind ?? 'none'));
  return {
    truths,
    says: (text: string) =>
      waitUntil(text, () =>
        room.view?.entries.some(({ entry }) => entry.kind === 'text' && entry.text === text),
      ),
    close: async () => {
      await pool.close();
      await computer.close();
    },
  };
}

function terminal(world: World, target: string, home: string): Joined {
  const args = [TWINHELM, 'join', target, '--json'];
  const env = { ...world.env, TWINHELM_HOME: home };
  return joinedBy(spawnGroup(process.execPath, args, { env, cwd: world.folder }));
}

const isLive = (joined: Joined): Promise<unknown> =>
  joined.find('truth', ({ truth }) => truth === 'live');

/** Times of one round, ms: the command itself, and until all was right. */
export interface StopTimes {
  readonly command: number;
  readonly all: number;
}

/** Plays so many rounds; the times of each. */
export async function stopSharingAgain(rounds: number): Promise<readonly StopTimes[]> {
  const stage = await setStage();
  const endings: (() => Promise<unknown>)[] = [];
  try {
    const { world } = stage;
    const host = world.host();
    const session = await host.start({ cwd: world.project, title: 'Stopped' });
    const editor = await stage.ownerWindow();
    endings.push(() => editor.close());
    await editor.showView('Twinhelm');
    await editor.treeItem('Stopped').dblclick();
    const panel = new PanelDriver(editor);
    await panel.shows(/Live/);
    const windows = [await ownerWindow(world, session), await ownerWindow(world, session)];
    endings.push(...windows.map((window) => () => window.close()));
    const terminals = [1, 2].map(() => terminal(world, session, world.home));
    endings.push(...terminals.map((one) => () => one.process.end()));
    for (const one of terminals) await isLive(one);
    const times: StopTimes[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const link = await host.share(session, { role: 'viewer' });
      const guests = GUESTS.map((name) =>
        terminal(world, link, join(world.folder, `home-${name}`)),
      );
      endings.push(...guests.map((one) => () => one.process.end()));
      for (const guest of guests) await isLive(guest);
      const text = `said after stop ${round}`;
      const start = performance.now();
      await host.cli('stop-sharing', session);
      const command = performance.now() - start;
      const by = terminals[round % 2];
      by?.say({ ref: round, prompt: `[[text:${text}]]` });
      await Promise.all([
        panel.says(text),
        ...windows.map((window) => window.says(text)),
        ...terminals.map((one) =>
          one.find('entry', ({ entry }) => entry.kind === 'text' && entry.text === text),
        ),
        ...guests.map((guest) =>
          guest.find(
            'end',
            ({ reason, error }) => reason === 'over' && error?.code === 'link-revoked',
          ),
        ),
      ]);
      const ms = performance.now() - start;
      times.push({ command, all: ms });
      for (const guest of guests) {
        expect(JSON.stringify(guest.lines)).not.toContain(text);
        await guest.process.end();
      }
      expect(ms, `round ${round}`).toBeLessThan(WITHIN_MS);
    }
    const said = terminals.flatMap(({ lines }) =>
      lines.flatMap((line) => (line.type === 'truth' ? [line.truth] : [])),
    );
    for (const truths of [said, ...windows.map((window) => [...window.truths])]) {
      expect(truths).not.toContain('host-offline');
    }
    return times;
  } finally {
    for (const end of endings.toReversed()) await end().catch(() => undefined);
    await stage.close();
  }
}
