// Fifty times: three people's prompts under the right name, and removals with prompts waiting.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { giveControl, idle, letIn } from './controlledGuests.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';

const RUNS = 50;
let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession();
});
afterAll(() => rig.close());

const controller = (name: string): Promise<Guest> => letIn(rig, machine, ada, name);

/** A turn that goes on until it is released. */
async function hold(): Promise<void> {
  await idle(ada);
  await giveControl(ada, ada);
  const before = ada.ofKind('prompt').length;
  await ada.view.request('prompt', { text: '[[held:20]]' });
  await ada.until('it began', () => ada.ofKind('prompt').length > before);
  await ada.until('text streams', () => ada.view.live.length > 0);
}

it(`three prompts by three people, ${RUNS} times: each under its author's name, with its own words`, async () => {
  const people = [ada, await controller('Bo'), await controller('Cy')];
  const names = ['Ada', 'Bo', 'Cy'];
  let right = 0;
  for (let run = 0; run < RUNS; run += 1) {
    await hold();
    const sent: (readonly [string, string, string])[] = [];
    for (const [i, person] of people.entries()) {
      await giveControl(ada, person);
      const text = `run ${run} of ${names[i]} [[text:answer ${run}-${i}]]`;
      const item = person.view.send('prompt', { text });
      await ada.until('it waits', () =>
        ada.state.queue.some(({ promptId }) => promptId === item.id),
      );
      sent.push([item.id, names[i] ?? '', text]);
    }
    await giveControl(ada, ada);
    await ada.until('all are held', () =>
      ada.state.queue.every(({ held, author }) => held === true || author.name === 'Ada'),
    );
    for (const { promptId, held } of ada.state.queue) {
      if (held === true) await ada.view.request('release-queued', { promptId });
    }
    rig.model.release();
    await ada.until(
      'all ran',
      () =>
        ada.text.includes(`answer ${run}-0`) &&
        ada.text.includes(`answer ${run}-1`) &&
        ada.text.includes(`answer ${run}-2`),
    );
    for (const [id, name, text] of sent) {
      const entries = ada.ofKind('prompt').filter(({ promptId }) => promptId === id);
      if (entries.length === 1 && entries[0]?.author?.name === name && entries[0].text === text)
        right += 1;
    }
  }
  console.log(`${right} of ${RUNS * 3} under the right name`);
  expect(right).toBe(RUNS * 3);
});

it(`${RUNS} removals with prompts waiting: none of them runs`, async () => {
  const waited: string[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const eve = await controller(`Eve ${run}`);
    await hold();
    await giveControl(ada, eve);
    const item = eve.view.send('prompt', { text: `never ${run} [[bash:touch never${run}.txt]]` });
    await ada.until('it waits', () => ada.state.queue.some(({ promptId }) => promptId === item.id));
    if (run % 2 === 1) await eve.view.request('send-queued', { promptId: item.id });
    await ada.view.request('remove', { member: eve.view.member });
    await ada.until('it is gone', () => ada.state.queue.length === 0);
    rig.model.release();
    await idle(ada);
    waited.push(item.id);
  }
  const ran = ada.ofKind('prompt').filter(({ promptId }) => waited.includes(promptId ?? ''));
  console.log(`${waited.length} removals, run: ${ran.length}`);
  expect(ran).toEqual([]);
  expect(JSON.stringify(rig.model.requests.map(({ body }) => body))).not.toMatch(
    /never \d+ \[\[bash/,
  );
});
