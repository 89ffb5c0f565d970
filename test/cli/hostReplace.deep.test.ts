// [G7] A newer version that waits, on the command line: said in the list, refused while work would end, and let in.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wantVersion } from '../../src/host/find/restartWish.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { type CliRig, createCliRig } from './cliRig.ts';

const WORK =
  '[[tool:Bash:{"command":"sleep 600","run_in_background":true,"description":"Watch long"}]][[text:started]]';

let rig: CliRig;
beforeAll(async () => {
  rig = await createCliRig();
});
afterAll(() => rig.close());

it('[G7] host replace says what would end, ends it with --force, and whose turn it is', async () => {
  await rig.startHost();
  const nothing = await rig.run(['host', 'replace']);
  expect(nothing).toMatchObject({ code: 4, stdout: '' });
  expect(nothing.stderr).toContain('No newer version wants the place');

  const { sessionId } = await rig.json(['start', '--cwd', rig.project, '--prompt', WORK]);
  const own = await rig.join(String(sessionId), 'own');
  await own.find('entry', ({ entry }) => entry.kind === 'turn');
  await own.quit();
  const replacement = async (): Promise<unknown> => (await rig.json(['sessions']))['replacement'];
  expect(await replacement()).toBeUndefined();
  await waitUntil('it works in the background', async () =>
    (await rig.run(['sessions'])).stdout.includes('1 in the background'),
  );
  wantVersion(rig.env['TWINHELM_HOME'] ?? '', '9.9.9');
  await waitUntil('the newer version is known', replacement);
  expect(await replacement()).toMatchObject({
    version: '9.9.9',
    since: expect.any(Number),
    tasks: [{ title: 'Watch long' }],
  });
  const { stdout } = await rig.run(['sessions']);
  expect(stdout).toContain('Version 9.9.9 waits to take over');
  expect(stdout).toContain('in the background “Watch long”. “twinhelm host replace” lets it');

  const refused = await rig.run(['host', 'replace']);
  expect(refused).toMatchObject({ code: 4, stdout: '' });
  expect(refused.stderr).toContain('would end what runs in the background: “Watch long”');
  expect(refused.stderr).toContain('--force');
  expect(await rig.json(['host', 'replace', '--wait'])).toEqual({
    ...{ replaced: false, version: '9.9.9' },
  });
  const done = await rig.run(['host', 'replace', '--force']);
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toContain('Version 9.9.9 starts with the next window or command of it.');
  expect(await rig.json(['host', 'status'])).toEqual({ running: false });
  expect(await rig.json(['host', 'replace'])).toEqual({ replaced: false });
});
