// How a host ends: by command, by force, for idleness, for a newer build.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wantVersion } from '../../src/host/find/restartWish.ts';
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
    await machine.request('stop-host', {});
    await assertNoneLeft(MARKER, rig.folder);
    await waitUntil('the exit of the host is known', () => rig.hostExit() !== undefined);
    expect(rig.hostExit()).toBe(0);
  });

  it('stop-host with force does not wait for a running turn', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    await ada.view.request('prompt', { text: '[[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    await machine.request('stop-host', { force: true });
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
    await rig.passIdleTime();
    rig.model.release();
    await ada.until('the turn ends', () => ada.ofKind('turn').length === 1);
    expect(rig.hostExit()).toBeUndefined();
    await rig.passIdleTime();
    await waitUntil('the host ends', () => rig.hostExit() !== undefined);
    expect(rig.log).toContain('reason=replaced');
    await rig.start();
    const again = await (await rig.machine()).joinSession(ada.session);
    expect(again.state.session.status).toBe('idle');
    expect(again.ofKind('turn')).toMatchObject([{ outcome: 'completed' }]);
  });
});
