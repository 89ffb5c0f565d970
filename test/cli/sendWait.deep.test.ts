// `send --wait` in a session whose folder is not there any more: it takes a restart of the host.
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CliRig, createCliRig } from './cliRig.ts';

let rig: CliRig;

beforeAll(async () => {
  rig = await createCliRig();
});
afterAll(() => rig.close());

it('a moved folder is said, and ends it with 7 and the problem', async () => {
  const [here, there] = [join(rig.folder, 'here'), join(rig.folder, 'there')];
  await mkdir(here);
  const started = await rig.json(['start', '--title', 'Moved', '--cwd', here]);
  const id = String(started['sessionId']);
  await rig.run(['host', 'stop']);
  await rename(here, there);
  const moved = await rig.run(['send', id, '--wait', '--exit-when-blocked', '--json', 'hello']);
  expect([moved.code, moved.stderr]).toEqual([7, expect.stringContaining(here)]);
  expect(JSON.parse(moved.stdout)).toMatchObject({
    outcome: 'problem',
    problem: { code: expect.any(String), happened: expect.stringContaining(here) },
  });
  // Put back, the next one finds no trace of it.
  await rename(there, here);
  const again = await rig.run(['send', id, '--wait', '--exit-when-blocked', '[[text:back]]']);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('back') });
});
