// The oldest claude that is supported.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { OLDEST_VERSION } from '../../tools/install/claudeVersions.ts';
import { HostRig } from './hostRig.ts';

let rig: HostRig;
beforeAll(async () => {
  rig = await HostRig.create({ claudePath: await installClaude(OLDEST_VERSION) });
  await rig.start();
});
afterAll(() => rig.close());

it(`claude ${OLDEST_VERSION} runs prompts, asks, and is taken over after kill -9 of the host`, async () => {
  const ada = await (await rig.machine()).startSession();
  await ada.view.request('prompt', { text: '[[bash:touch older.txt]]' });
  await ada.answer('allow');
  await ada.until('the turn ends', () => ada.ofKind('turn').length === 1);
  expect(ada.ofKind('decision').at(-1)).toMatchObject({ outcome: 'allowed' });
  await ada.view.request('prompt', { text: '[[held:50]]' });
  await ada.until('text streams', () => ada.view.live.length > 0);
  await rig.crash();
  await rig.start();
  rig.model.release();
  const again = await (await rig.machine()).joinSession(ada.session);
  await again.until('the text is taken over', () => again.text.includes('w49'));
  await again.until('it is idle', () => again.state.session.status === 'idle');
  await again.view.request('prompt', { text: '[[text:and on]]' });
  await again.until('the next turn ends', () => again.text.includes('and on'));
  expect(again.ofKind('prompt')).toHaveLength(3);
});
