// Stop Sharing seen by the owner's own terminals and scripts: they go on, and guests are told.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Joined } from './cliRig.ts';
import { OwnerScene } from './ownerScene.ts';

let scene: OwnerScene;

beforeAll(async () => {
  scene = await OwnerScene.start();
});

afterEach(() => scene.rig.endJoined());
afterAll(() => scene.rig.close());

const truths = (of: Joined): string[] =>
  of.lines.flatMap((line) => (line.type === 'truth' ? [line.truth] : []));

it('[P6] terminals go on after Stop Sharing, twice in a row, and the guests are told at once', async () => {
  const own = [await scene.ownTerminal(), await scene.ownTerminal()];
  const [first] = own;
  if (!first) throw new Error('no terminal');
  const ben = await scene.guest('ben');
  await scene.answered(first, [...own, ben]);
  await scene.stopSharing();
  await ben.find('end', ({ reason, error }) => reason === 'over' && error?.code === 'link-revoked');
  await scene.answered(first, own);
  const eve = await scene.guest('eve');
  await Promise.all([scene.stopSharing(), scene.stopSharing()]);
  await eve.find('end');
  await scene.answered(first, own);
  for (const one of own) expect(truths(one)).not.toContain('host-offline');
  expect(JSON.stringify(eve.lines)).not.toContain(scene.lastAnswer);
});

it('[P6] send --wait brings its answer though sharing is stopped while it waits', async () => {
  const own = await scene.ownTerminal();
  await scene.rig.json(['share', scene.session, '--role', 'viewer']);
  const from = own.lines.length;
  const waiting = scene.rig.run(['send', scene.session, '--wait', '[[held:20]]']);
  await own.find('delta', ({ kind }) => kind === 'text', from);
  await scene.stopSharing();
  scene.rig.model.release();
  const { code, stdout } = await waiting;
  expect([code, stdout.includes('w19')]).toEqual([0, true]);
});
