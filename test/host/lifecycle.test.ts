// How a host ends: by command, by force, for idleness, for a newer build.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wantedVersion, wantVersion } from '../../src/host/find/restartWish.ts';
import { assertNoneLeft } from '../../tools/run/processes.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { HostRig } from './hostRig.ts';

let rig: HostRig;
beforeEach(async () => {
  rig = await HostRig.create();
  await rig.start();
});
afterEach(() => rig.close());

const MARKER = 'TWINHELM_TEST_RIG';

describe('the end of a host', () => {
  it('stop-host ends agents cleanly, and its sender gets an answer', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    await ada.view.request('prompt', { text: '[[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    wantVersion(rig.paths.home, '9.9.9');
    await machine.request('stop-host', { force: true });
    await assertNoneLeft(MARKER, rig.folder);
    await waitUntil('the exit of the host is known', () => rig.hostExit() !== undefined);
    expect(rig.hostExit()).toBe(0);
    // Nobody made room: who wanted it is not called for.
    expect(wantedVersion(rig.paths.home)).toBeUndefined();
    await rig.start();
    const again = await (await rig.machine()).joinSession(ada.session);
    await again.until('its turn is told', () => again.ofKind('turn').length === 1);
    expect(again.ofKind('turn')).toMatchObject([{ outcome: 'interrupted' }]);
    const told = again.ofKind('notice').find(({ code }) => code === 'turn-ended-with-host');
    expect(told).toMatchObject({ author: { name: 'Ada' } });
  });

  it('stop-host with `now` does not wait for a running turn', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    await ada.view.request('prompt', { text: '[[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    await machine.request('stop-host', { now: true });
    await assertNoneLeft(MARKER, rig.folder);
    await waitUntil('the exit of the host is known', () => rig.hostExit() !== undefined);
    expect(rig.hostExit()).toBe(0);
    await rig.start();
    const again = await (await rig.machine()).joinSession(ada.session);
    await again.until('it is idle', () => again.state.session.status === 'idle');
    // Nobody asked the agent to end its turn, and it could not say that it had.
    expect(again.ofKind('turn')).toEqual([]);
  });

  it('idle means: no window, nothing running, nothing pending', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    await ada.view.request('prompt', { text: '[[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    await ada.close();
    await rig.passIdleTime();
    await machine.view.close();
    await rig.passIdleTime();
    rig.model.release();
    const isOver = async (): Promise<boolean> => {
      if (rig.hostExit() === undefined) await rig.passIdleTime().catch(() => undefined);
      return rig.hostExit() !== undefined;
    };
    await waitUntil('the host ends', isOver);
    expect(rig.log).toContain('reason=idle');
    await rig.start();
    const again = await (await rig.machine()).joinSession(ada.session);
    // The turn was not cut short for idleness.
    expect(again.ofKind('turn').at(-1)).toMatchObject({ outcome: 'completed' });
  });

  it('a newer build takes its place as soon as nothing runs, windows or not', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    await ada.view.request('prompt', { text: '[[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    wantVersion(rig.paths.home, '9.9.9');
    await waitUntil('[G6] it is told what it waits for', () => machine.state.replacement);
    expect(machine.state.replacement).toMatchObject({ version: '9.9.9', turns: 1 });
    await rig.passIdleTime();
    rig.model.release();
    await ada.until('the turn ends', () => ada.ofKind('turn').length === 1);
    expect(rig.hostExit()).toBeUndefined();
    await rig.passIdleTime();
    await waitUntil('the host ends', () => rig.hostExit() !== undefined);
    expect(rig.log).toContain('reason=replaced');
    // [G9] Who looks for it knows for whom it has made room.
    expect(wantedVersion(rig.paths.home)).toBe('9.9.9');
    await rig.start();
    const again = await (await rig.machine()).joinSession(ada.session);
    expect(again.state.session.status).toBe('idle');
    expect(again.ofKind('turn')).toMatchObject([{ outcome: 'completed' }]);
  });

  it('[G7] Replace now ends a turn, says who did it, and leaves the place; nobody newer, nothing ends', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    await ada.view.request('prompt', { text: '[[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    const refused = machine.request('replace-host', {});
    await expect(refused).rejects.toThrow(/No newer version wants the place/);
    // Left a moment before, and not looked at yet.
    wantVersion(rig.paths.home, '9.9.9');
    await machine.request('replace-host', { wait: true });
    expect(machine.state.replacement).toMatchObject({ version: '9.9.9', turns: 1 });
    expect(rig.hostExit()).toBeUndefined();
    await machine.request('replace-host', {});
    await waitUntil('the host ends', () => rig.hostExit() !== undefined);
    expect(rig.log).toContain('reason=replaced');
    expect(wantedVersion(rig.paths.home)).toBe('9.9.9');
    await rig.start();
    const again = await (await rig.machine()).joinSession(ada.session);
    const told = () => again.ofKind('notice').find(({ code }) => code === 'turn-ended-with-host');
    await again.until('it is told', () => told() !== undefined);
    expect(told()?.text).toContain('Ada let version 9.9.9 take the place');
  });
});
