// Others on a conversation with the real claude, where their choice meets background work, and a host that is away.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Others } from '../../src/protocol/state.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';
import { openScript, openTui } from './otherClaude.ts';

let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };

beforeEach(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession({ prompt: '[[text:ours one]]' });
  await ada.until('our turn ends', () => ada.ofKind('turn').length === 1);
});
afterEach(() => rig.close());

function others(): Others | undefined {
  return ada.state.session.others;
}

function conversation(): string {
  return ada.state.session.agentSessionId ?? '';
}

function prompt(text: string): Promise<unknown> {
  return ada.view.request('prompt', { text });
}

async function restart(between: () => Promise<unknown>): Promise<void> {
  await rig.stop();
  await between();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.joinSession(ada.session);
}

it('[Z6] take-in waits for background work and says so; forced it ends it, and goes on', async () => {
  const input = { command: 'sleep 600', run_in_background: true, description: 'Wait long' };
  await prompt(`[[tool:Bash:${JSON.stringify(input)}]][[text:started]]`);
  await ada.until(
    'it runs behind us',
    () => ada.state.session.tasks?.length === 1 && ada.state.session.status === 'idle',
  );
  await openScript(rig, ['--resume', conversation(), '[[text:theirs by script]]']);
  await ada.until('it is seen', () => (others()?.messages ?? 0) > 0);
  await prompt('[[text:it waits]]');
  await ada.view.request('settle-writers', { choice: 'take-in' });
  await ada.until('it is chosen', () => others()?.choice === 'take-in');
  expect(ada.state.session.tasks).toHaveLength(1);
  await ada.view.request('settle-writers', { choice: 'take-in', force: true });
  await ada.until('the queue goes on', () => ada.text.includes('it waits'));
  expect(ada.text).toContain('theirs by script');
  expect(ada.state.session.tasks).toBeUndefined();
  const ended = ada.ofKind('notice').filter(({ code }) => code.startsWith('background-work'));
  expect(ended.map(({ text }) => text)).toEqual([
    'Background work ended because Ada decided about others on this conversation: “Wait long”.',
  ]);
});

it('[Z5] what a script wrote while no host ran is theirs, and is not in the log before the owner has chosen', async () => {
  await restart(() => openScript(rig, ['--resume', conversation(), '[[text:in between]]']));
  await ada.until('it is seen', () => others()?.holds === true);
  expect(others()).toMatchObject({ messages: 2, writers: [{ where: 'script', left: true }] });
  await prompt('[[text:it waits]]');
  await ada.until('it waits', () => ada.state.queue.length === 1);
  expect(ada.text).not.toContain('in between');
  await restart(() => Promise.resolve());
  await ada.until('it is still known', () => others()?.messages === 2);
  await ada.view.request('settle-writers', { choice: 'fork' });
  await ada.until('the queue goes on', () => ada.text.includes('it waits'));
  expect(ada.text).not.toContain('in between');
  const asked = rig.model.requests.map(({ body }) => JSON.stringify(body.messages));
  expect(asked.findLast((one) => one.includes('it waits'))).not.toContain('in between');
});

it('[Z3] that the owner waits until a terminal leaves outlives the host', async () => {
  const tui = await openTui(rig, ['--resume', conversation()]);
  await tui.type('[[text:theirs in the terminal]]');
  await ada.until('its lines are seen', () => (others()?.messages ?? 0) >= 2);
  await prompt('[[text:it waits]]');
  await ada.view.request('settle-writers', { choice: 'wait' });
  await restart(() => Promise.resolve());
  await ada.until('it is known again', () => others()?.choice === 'wait');
  expect(others()?.writers).toMatchObject([{ pid: tui.record().pid }]);
  expect(ada.text).not.toContain('theirs in the terminal');
  await tui.close();
  await ada.until('the queue goes on', () => ada.text.includes('it waits'));
  expect(ada.text).toContain('theirs in the terminal');
});
