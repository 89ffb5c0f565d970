// kill -9 of the host at random points, many times.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { promptState } from '../../tools/demo/demoRequest.ts';
import { createRandom } from '../probes/seededRandom.ts';
import { watchAgents } from './agentWatch.ts';
import { type Guest, HostRig } from './hostRig.ts';

const ROUNDS = Number(process.env['TWINHELM_ROUNDS'] ?? 50);
const SEED = Number(process.env['TWINHELM_SEED'] ?? Date.now() % 1_000_000);

let rig: HostRig;
beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
});
afterAll(() => rig.close());

function timesAsked(marker: string): number {
  const states = rig.model.requests.map(({ body }) => promptState(body));
  return states.filter(({ prompt, step }) => prompt.includes(`${marker} `) && step === 0).length;
}

it(`kill -9 of the host at ${ROUNDS} random points: no second writer, no prompt run twice (seed ${SEED})`, async () => {
  console.log(`seed ${SEED}`);
  const random = createRandom(SEED);
  const kinds = [
    '[[text:quick]]',
    '[[slow:30:20]]',
    '[[bash:sleep 1]]',
    '[[bash:touch file.txt]]',
    '[[ask]]',
  ];
  let machine = await rig.machine();
  let ada: Guest & { readonly session: string } = await machine.startSession();
  const { session } = ada;
  const agents = watchAgents(rig.folder);
  for (let round = 0; round < ROUNDS; round += 1) {
    const marker = `marker-${round}`;
    const kind = kinds[Math.floor(random() * kinds.length)] ?? '';
    ada.view.send('prompt', { text: `${marker} ${kind}` });
    await pause(random() * 2500);
    await rig.crash();
    await ada.close();
    await rig.start();
    machine = await rig.machine();
    const next = await machine.joinSession(session);
    ada = next;
    await next
      .until(
        'it settles',
        () =>
          next.state.session.status === 'idle' &&
          next.state.pending.length === 0 &&
          next.state.queue.length === 0,
        90_000,
      )
      .catch(async (error: unknown) => {
        // A prompt that was taken on again may ask: that is a session at work.
        if (next.state.pending.length === 0) throw error;
        await next.view.request('interrupt', {});
      });
    expect([marker, timesAsked(marker) <= 1]).toEqual([marker, true]);
    expect(
      next.ofKind('prompt').filter(({ text }) => text.includes(`${marker} `)).length,
    ).toBeLessThanOrEqual(1);
  }
  expect(await agents.stop()).toEqual({ most: 1, several: [] });
  const ids = ada.entries.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  await ada.view.request('prompt', { text: '[[text:still here]]' });
  await ada.until('it still works', () => ada.text.includes('still here'));
}, 3_600_000);
