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

/** Prompts that wait behind the one that runs. */
const BEHIND = ['a', 'b'];
/** How often prompts that were called unknown were asked for. */
const unknown: number[] = [];
let offered = 0;

/** Lets run what waits after a crash: none of it may have run before. */
async function letRun(next: Guest): Promise<void> {
  for (const { promptId, text, held } of next.state.queue) {
    if (held !== true) continue;
    expect([text, timesAsked(text.split(' ')[0] ?? '')]).toEqual([text, 0]);
    offered += 1;
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await next.view.request('release-queued', { promptId });
  }
}

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
    for (const name of BEHIND) {
      ada.view.send('prompt', { text: `${marker}${name} [[text:behind]]` });
    }
    await pause(random() * 2500);
    await rig.crash();
    await ada.close();
    await rig.start();
    machine = await rig.machine();
    const next = await machine.joinSession(session);
    ada = next;
    await next.until('it is read up', () => next.state.session.problem === undefined, 90_000);
    await letRun(next);
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
    for (const name of ['', ...BEHIND]) {
      const one = `${marker}${name}`;
      expect([one, timesAsked(one) <= 1]).toEqual([one, true]);
      const isUnknown = next
        .ofKind('notice')
        .some(({ code, text }) => code === 'prompt-unknown' && text.includes(`“${one} `));
      if (isUnknown) unknown.push(timesAsked(one));
    }
    expect(
      next.ofKind('prompt').filter(({ text }) => text.includes(`${marker} `)).length,
    ).toBeLessThanOrEqual(1);
  }
  const notRun = unknown.filter((times) => times === 0).length;
  console.log(
    `${offered} offered again, ${unknown.length} called unknown, ${notRun} of them never ran`,
  );
  expect(await agents.stop()).toEqual({ most: 1, several: [] });
  const ids = ada.entries.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  await ada.view.request('prompt', { text: '[[text:still here]]' });
  await ada.until('it still works', () => ada.text.includes('still here'));
}, 3_600_000);
