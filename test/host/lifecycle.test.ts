// How a host ends: by command, by force, for idleness, for a newer build.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wantVersion } from '../../src/host/find/restartWish.ts';
import { assertNoneLeft, waitUntil } from '../../tools/run/processes.ts';
import { HostRig } from './hostRig.ts';

let rig: HostRig;
beforeEach(async () => {
  rig = await HostRig.create({ env: { TEST_IDLE_MS: '3000' } });
  await rig.start();
}, 60_000);
afterEach(() => rig.close(), 60_000);

const MARKER = 'TWINHELM_TEST_RIG';

describe('the end of a host', () => {
  it('stop-host ends agents cleanly, and its sender gets an answer', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    await ada.view.request('prompt', { text: '[[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    await machine.request('stop-host', {});
    await assertNoneLeft(MARKER, rig.folder, 20_000);
    await waitUntil(() => rig.hostExit() !== undefined, 'the exit of the host is known');
    expect(rig.hostExit()).toBe(0);
  }, 60_000);

  it('stop-host with force does not wait for a running turn', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    await ada.view.request('prompt', { text: '[[held:20]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    await machine.request('stop-host', { force: true });
    await assertNoneLeft(MARKER, rig.folder, 10_000);
    await waitUntil(() => rig.hostExit() !== undefined, 'the exit of the host is known');
    expect(rig.hostExit()).toBe(0);
  }, 60_000);

  it('idle means: no window, nothing running, nothing pending', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    await ada.view.request('prompt', { text: '[[slow:150:40]]' });
    await ada.until('text streams', () => ada.view.live.length > 0);
    await ada.close();
    await machine.view.close();
    await waitUntil(() => rig.hostExit() !== undefined, 'the host ends', 60_000);
    expect(rig.log).toContain('reason=idle');
    await rig.start();
    const again = await (await rig.machine()).joinSession(ada.session);
    // The turn was not cut short for idleness.
    expect(again.ofKind('turn').at(-1)).toMatchObject({ outcome: 'completed' });
  }, 90_000);

  it('a newer build takes its place as soon as nothing runs, windows or not', async () => {
    const machine = await rig.machine();
    const ada = await machine.startSession();
    wantVersion(rig.paths.home, '9.9.9');
    await waitUntil(() => rig.hostExit() !== undefined, 'the host ends', 30_000);
    expect(rig.log).toContain('reason=replaced');
    await rig.start();
    const again = await (await rig.machine()).joinSession(ada.session);
    expect(again.state.session.status).toBe('idle');
  }, 60_000);
});
