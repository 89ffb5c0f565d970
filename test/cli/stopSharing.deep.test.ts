// Stop Sharing while a terminal stands still, and with a host that dies in the middle of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { OwnerScene } from './ownerScene.ts';

let scene: OwnerScene;

beforeAll(async () => {
  scene = await OwnerScene.start();
});

afterEach(() => scene.rig.endJoined());
afterAll(() => scene.rig.close());

const hostFileSchema = z.looseObject({ pid: z.number() });
const hostPid = (): number =>
  hostFileSchema.parse(
    JSON.parse(readFileSync(join(String(scene.rig.env['TWINHELM_HOME']), 'host.json'), 'utf8')),
  ).pid;

it('[P6] a terminal that stood still while sharing was stopped goes on when it wakes', async () => {
  const own = await scene.ownTerminal();
  const other = await scene.ownTerminal();
  process.kill(own.process.pid, 'SIGSTOP');
  await scene.stopSharing();
  await scene.stopSharing();
  await scene.answered(other, [other]);
  process.kill(own.process.pid, 'SIGCONT');
  await scene.answered(own, [own, other]);
  expect(own.lines.some((line) => line.type === 'truth' && line.truth === 'host-offline')).toBe(
    false,
  );
});

it('[P6] terminals follow through a host that is killed in the middle of Stop Sharing', async () => {
  const own = await scene.ownTerminal();
  const ben = await scene.guest('ben');
  const stopping = scene.rig.run(['stop-sharing', scene.session]);
  await ben.find('end');
  process.kill(hostPid(), 'SIGKILL');
  await stopping;
  // Any command starts the next host.
  await scene.rig.json(['sessions']);
  await scene.rig.json(['send', scene.session, '[[text:taken up]]']);
  await own.find('entry', ({ entry }) => entry.kind === 'text' && entry.text === 'taken up');
  await scene.answered(own, [own]);
  expect([own.process.exitCode(), JSON.stringify(ben.lines).includes('taken up')]).toEqual([
    undefined,
    false,
  ]);
});
