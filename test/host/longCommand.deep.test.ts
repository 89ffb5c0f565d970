// [G1] [G2] A command in the background that takes long: nothing ends it, though nobody is there and a newer version waits.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { wantVersion } from '../../src/host/find/restartWish.ts';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { isAlive } from '../../tools/run/processTable.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { idle } from './controlledGuests.ts';
import { HostRig } from './hostRig.ts';

/** Real minutes: more than the ten after which Claude Code is said to end what a `-p` run has in the background. */
const MINUTES = Number(process.env['TWINHELM_HOLD_MINUTES'] ?? 12);
const TITLE = 'Take long';
const LOOK_MS = 30_000;

const rigs: HostRig[] = [];
afterAll(() => Promise.all(rigs.map((rig) => rig.close())));

async function holds(version: (typeof CLAUDE_VERSIONS)[number]): Promise<void> {
  const rig = await HostRig.create({ claudePath: await installClaude(version) });
  rigs.push(rig);
  await rig.start();
  const host = rig.hostPid;
  const ada = await (await rig.machine()).startSession();
  const { session } = ada;
  const command = `echo $$ > pid.txt; sleep ${MINUTES * 60}; echo done > done.txt`;
  const input = JSON.stringify({ command, run_in_background: true, description: TITLE });
  await ada.view.request('prompt', { text: `[[tool:Bash:${input}]][[text:started]]` });
  await ada.answer('allow');
  await ada.until('its turn has ended', () => ada.ofKind('turn').length > 0);
  await idle(ada);
  const began = Date.now();
  const path = join(rig.project, 'pid.txt');
  const pid = await waitUntil('it runs', () =>
    existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined,
  );
  await ada.close();
  wantVersion(rig.paths.home, '9.9.9');

  let looks = 0;
  while (Date.now() - began < MINUTES * 60_000 - LOOK_MS) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    const machine = await rig.machine();
    // oxlint-disable-next-line no-await-in-loop -- as above
    const row = await machine.rowWhen('its row', (one) => one.session.id === session);
    const seen = (row.session.tasks ?? []).map(({ title }) => title);
    const minute = Math.round((Date.now() - began) / 60_000);
    expect([minute, seen, isAlive(pid), isAlive(host)]).toEqual([minute, [TITLE], true, true]);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await machine.view.close();
    // Nobody is there, a newer version waits, and the half hour of idleness passes at every look.
    // oxlint-disable-next-line no-await-in-loop -- as above
    await rig.passIdleTime();
    looks += 1;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await pause(LOOK_MS);
  }
  const isDone = (): boolean => existsSync(join(rig.project, 'done.txt'));
  await waitUntil('it has ended by itself', isDone, 4 * LOOK_MS);
  console.log(
    `${version}: ${((Date.now() - began) / 60_000).toFixed(1)} minutes, ${looks} looks, host ${host}`,
  );
  const again = await (await rig.machine()).joinSession(session);
  const entry = () => again.ofKind('task').findLast(({ title }) => title === TITLE);
  await again.until('its entry says so', () => entry()?.status === 'completed');
  await again.until('nothing runs', () => (again.state.session.tasks ?? []).length === 0);
  expect(rig.hostPid).toBe(host);
}

it(`[G1] a command of ${MINUTES} minutes ends by itself, shown at every look, and [G2] keeps its host`, async () => {
  await Promise.all(CLAUDE_VERSIONS.map(holds));
}, 3_600_000);
