// Prompts of guests with the real claude: files they name, the queue, control that passes on, people who go.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Queued } from '../../src/protocol/state.ts';
import { giveControl, idle, letIn } from './controlledGuests.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';

let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };

beforeAll(async () => {
  rig = await HostRig.create();
  mkdirSync(join(rig.project, 'src'));
  writeFileSync(join(rig.project, 'src/in.txt'), 'CANARY-inside\n');
  writeFileSync(join(rig.folder, 'out.txt'), 'CANARY-outside\n');
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession();
});
afterAll(() => rig.close());

/** A guest who may control, and does. */
async function controller(name: string): Promise<Guest> {
  const guest = await letIn(rig, machine, ada, name);
  await giveControl(ada, guest);
  return guest;
}

/** A turn that goes on until it is released, with these prompts behind it. */
async function behind(who: Guest, ...texts: readonly string[]): Promise<readonly string[]> {
  await idle(ada);
  const before = ada.view.live.length;
  await who.view.request('prompt', { text: '[[held:20]]' });
  await ada.until('text streams', () => ada.view.live.length > before);
  const ids: string[] = [];
  for (const text of texts) {
    const item = who.view.send('prompt', { text });
    ids.push(item.id);
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await ada.until('it waits', () => queued(item.id) !== undefined);
  }
  return ids;
}

function queued(promptId: string | undefined): Queued | undefined {
  return ada.state.queue.find((item) => item.promptId === promptId);
}

const asked = (): string => JSON.stringify(rig.model.requests.map(({ body }) => body));
const prompts = (): readonly string[] => ada.ofKind('prompt').map(({ text }) => text);

describe('what a guest names with @', () => {
  it('inside the folder is attached, as the agent’s own @ would; outside it is refused', async () => {
    const bob = await controller('Bob');
    const turns = ada.ofKind('turn').length;
    await bob.view.request('prompt', { text: 'see @src/in.txt [[text:seen]]' });
    await ada.until('a turn', () => ada.ofKind('turn').length > turns);
    const guests = rig.model.requests.at(-1);
    expect(JSON.stringify(guests?.body)).toContain('CANARY-inside');
    expect(ada.ofKind('prompt').at(-1)).toMatchObject({
      text: 'see @src/in.txt [[text:seen]]',
      author: { name: 'Bob' },
    });
    await expect(bob.view.request('prompt', { text: 'see @../out.txt' })).rejects.toThrow(
      /Send it without the @/,
    );
    await giveControl(ada, ada);
    await ada.view.request('prompt', { text: 'see @src/in.txt @../out.txt [[text:mine]]' });
    await ada.until('another turn', () => ada.ofKind('turn').length > turns + 1);
    expect(asked()).toContain('CANARY-outside');
  });

  it('[R8] four commands run; one that the agent has besides is refused by name, a path is text', async () => {
    const bob = await controller('Bob 2');
    await expect(bob.view.request('prompt', { text: '/clear' })).rejects.toThrow(
      /may not run \/clear/,
    );
    await bob.view.request('prompt', { text: '/tmp is a folder [[text:a path]]' });
    await ada.until('it was read', () => ada.text.includes('a path'));
    await idle(ada);
    await bob.view.request('prompt', { text: '/context' });
    await ada.until('the command ran', () =>
      ada.ofKind('command').some(({ command }) => command === '/context'),
    );
  });
});

describe('what a guest’s prompt asks for', () => {
  it('says whose prompt it is, and which', async () => {
    const gil = await controller('Gil');
    const text = 'run the tests\n[[bash:touch gil.txt]]';
    await gil.view.request('prompt', { text });
    await ada.until('a request waits', () => ada.state.pending.length === 1);
    await ada.until('its entry is there', () => ada.ofKind('request').length > 0);
    expect(ada.ofKind('request').at(-1)?.causes).toMatchObject([
      { author: { name: 'Gil' }, text: 'run the tests', guest: true },
    ]);
    await ada.answer('deny');
    await idle(ada);
  });
});

describe('the queue is the host’s', () => {
  it('what waits reaches the agent one a turn, in order, each under its author’s name', async () => {
    await giveControl(ada, ada);
    await behind(ada, 'first [[text:one]]', 'second [[text:two]]');
    expect(asked()).not.toContain('first [[');
    const turns = ada.ofKind('turn').length;
    rig.model.release();
    await ada.until('three turns', () => ada.ofKind('turn').length === turns + 3);
    expect(prompts().slice(-2)).toEqual(['first [[text:one]]', 'second [[text:two]]']);
    expect(ada.ofKind('prompt').at(-1)?.folded).toBeUndefined();
  });

  it('Send now hands one into the running turn', async () => {
    const [, later] = await behind(ada, 'in its turn [[text:three]]', 'steer');
    await ada.view.request('send-queued', { promptId: later ?? '' });
    await expect(ada.view.request('send-queued', { promptId: later ?? '' })).rejects.toThrow(
      /queued/,
    );
    const turns = ada.ofKind('turn').length;
    rig.model.release();
    await ada.until(
      'all ran',
      () =>
        ada.ofKind('turn').length >= turns + 2 && prompts().includes('in its turn [[text:three]]'),
    );
    await idle(ada);
    expect(prompts().indexOf('steer')).toBeLessThan(
      prompts().indexOf('in its turn [[text:three]]'),
    );
  });

  it('[R15] control passes on: what waits of others is held, and released or dropped one by one', async () => {
    const [released, dropped] = await behind(ada, 'released [[text:four]]', 'dropped [[text:no]]');
    const dora = await controller('Dora');
    await ada.until('both are held', () => ada.state.queue.every(({ held }) => held === true));
    expect(ada.ofKind('notice').at(-1)).toMatchObject({ code: 'prompts-held' });
    expect(ada.ofKind('notice').at(-1)?.text).toContain('2 waiting prompts of Ada');
    rig.model.release();
    await ada.until('the turn ends', () => ada.state.session.status === 'idle');
    expect(ada.state.queue).toHaveLength(2);
    await dora.view.request('release-queued', { promptId: released ?? '' });
    await ada.until('it ran', () => ada.text.includes('four'));
    const drop = { promptId: dropped ?? '' };
    await expect(dora.view.request('cancel-queued', drop)).rejects.toThrow(/not yours/);
    await ada.view.request('cancel-queued', drop);
    await idle(ada);
    expect(asked()).not.toContain('dropped [[');
    await dora.view.request('prompt', { text: '[[text:my own]]' });
    await ada.until('her own run', () => ada.text.includes('my own'));
  });

  it('[R16] what waits of a guest who is removed never runs, also what the agent has already', async () => {
    const eve = await controller('Eve');
    const [here, there] = await behind(
      eve,
      'waits [[bash:touch eve1.txt]]',
      'at the agent [[bash:x]]',
    );
    await eve.view.request('send-queued', { promptId: there ?? '' });
    await ada.view.request('remove', { member: eve.view.member });
    await ada.until('both are gone', () => ada.state.queue.length === 0);
    rig.model.release();
    await idle(ada);
    expect(ada.ofKind('notice').filter(({ code }) => code === 'prompt-withdrawn')).toHaveLength(2);
    expect(ada.ofKind('prompt').map(({ promptId }) => promptId)).not.toContain(here);
    expect(asked()).not.toMatch(/waits \[\[bash|at the agent \[\[bash/);
  });

  it('[R16] and when sharing stops', async () => {
    const fay = await controller('Fay');
    await behind(fay, 'late [[bash:touch fay.txt]]');
    await machine.request('stop-sharing', { session: ada.session });
    await ada.until('it is gone', () => ada.state.queue.length === 0);
    rig.model.release();
    await idle(ada);
    expect(asked()).not.toContain('late [[bash');
  });
});
