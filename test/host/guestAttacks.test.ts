// What a guest with control tries against the rules, with the real claude: what waits, which mode, which command.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import type { CommandArgs } from '../../src/protocol/commandTable.ts';
import type { Queued } from '../../src/protocol/state.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { ASKING } from '../../tools/install/claudeCli.ts';
import { giveControl, idle, letIn } from './controlledGuests.ts';
import { type Guest, HostRig, type MachineView } from './hostRig.ts';
import { joined, SessionsRig } from './sessionsRig.ts';

const SOON = 8000;
let rig: HostRig;
let machine: MachineView;
let ada: Guest & { readonly session: string };

function queued(promptId: string | undefined): Queued | undefined {
  return ada.state.queue.find((item) => item.promptId === promptId);
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

async function setUp(): Promise<void> {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  ada = await machine.startSession();
}

describe('what waits', () => {
  beforeAll(setUp);
  afterAll(() => rig.close());

  it('[R15] what was held is held after a crash of the host, and nobody is told that it may have run', async () => {
    const bo = await letIn(rig, machine, ada, 'Bo');
    await giveControl(ada, bo);
    const [held = ''] = await behind(bo, 'held [[text:held ran]]');
    await giveControl(ada, ada);
    await ada.until('it is held', () => queued(held)?.held === true);
    await rig.crash();
    rig.model.release();
    await rig.start();
    machine = await rig.machine();
    ada = await machine.joinSession(ada.session);
    await ada.until('it goes on', () => ada.state.session.status === 'idle');
    const unknown = ada.ofKind('notice').filter(({ code }) => code === 'prompt-unknown');
    expect(unknown.filter(({ text }) => text.includes('held ran'))).toEqual([]);
    expect(queued(held)?.held).toBe(true);
    await ada.view.request('cancel-queued', { promptId: held });
  });

  it('[R15] control that passes on after a crash holds what waited before', async () => {
    const cy = await letIn(rig, machine, ada, 'Cy');
    await giveControl(ada, cy);
    const [waits = ''] = await behind(cy, 'waits [[text:waited ran]]');
    await rig.crash();
    await rig.start();
    machine = await rig.machine();
    ada = await machine.joinSession(ada.session);
    await ada.until('it waits still', () => queued(waits) !== undefined);
    await giveControl(ada, ada);
    await ada.until('control is Ada’s', () => ada.state.focus.holder?.member === ada.view.member);
    expect(queued(waits)?.held).toBe(true);
    rig.model.release();
    await ada.until('it goes on', () => ada.state.session.status === 'idle');
    expect(ada.text).not.toContain('waited ran');
  });
});

describe('[R17] a mode that skips questions', () => {
  let scripted: SessionsRig;
  let session: OpenSession;
  let bob: Attachment;
  beforeEach(async () => {
    scripted = await SessionsRig.create();
    session = await scripted.start();
    const { link } = await session.room.createInvite({
      ...{ role: 'controller', allowControl: true, lifetimeMs: 60_000 },
      relay: scripted.relay.address.url,
    });
    bob = await joined(link, 'Bob');
  });
  afterEach(async () => {
    await bob.close();
    await scripted.close();
  });

  it('runs nothing of a guest that waited when it began', async () => {
    const [child] = scripted.agent.alive;
    const ada = await joined(session.row().link ?? '', 'Ada');
    child?.emit({ kind: 'status', status: 'working' });
    await bob.request('prompt', { text: 'rm -rf all' });
    child?.emit({ kind: 'facts', facts: { mode: 'auto' } });
    await ada.request('prompt', { text: 'mine' });
    for (const { promptId, held } of session.recorder.prompts.queue()) {
      if (held === true) await ada.request('cancel-queued', { promptId });
    }
    child?.emit({ kind: 'status', status: 'idle' });
    await waitUntil('the owner’s runs', () => child?.prompts.includes('mine'));
    await ada.close();
    expect(child?.prompts).toEqual(['mine']);
  });

  it('nor when nobody has taken control since', async () => {
    const [child] = scripted.agent.alive;
    child?.emit({ kind: 'status', status: 'working' });
    await bob.request('prompt', { text: 'rm -rf all' });
    child?.emit({ kind: 'facts', facts: { mode: 'auto' } });
    await waitUntil(
      'control is free',
      () => bob.state?.kind === 'session' && bob.state.focus.holder === undefined,
    );
    child?.emit({ kind: 'status', status: 'idle' });
    await waitUntil(
      'it is decided',
      () =>
        (child?.prompts.length ?? 0) > 0 ||
        session.recorder.prompts.queue().every(({ held }) => held === true),
    );
    expect(child?.prompts).toEqual([]);
  });

  it('[R15] what is held while the agent starts is not run by it', async () => {
    const ada = await joined(session.row().link ?? '', 'Ada');
    scripted.agent.alive[0]?.exit(true);
    scripted.agent.hold();
    await bob.request('prompt', { text: 'held' });
    await ada.request('focus-take', {});
    await waitUntil('it is held', () => session.recorder.prompts.queue()[0]?.held);
    await ada.request('prompt', { text: 'mine' });
    scripted.agent.release();
    await waitUntil('the owner’s runs', () => scripted.agent.alive[0]?.prompts.includes('mine'));
    await ada.close();
    expect(scripted.agent.alive[0]?.prompts).toEqual(['mine']);
  });

  it('runs no prompt of a guest for which the agent comes up in it', async () => {
    scripted.agent.alive[0]?.exit(true);
    scripted.agent.onStart = (child) => child.emit({ kind: 'facts', facts: { mode: 'auto' } });
    await bob.request('prompt', { text: 'rm -rf all' });
    await waitUntil('it came up', () => session.recorder.stored.mode === 'auto');
    await session.driver?.close();
    expect(scripted.agent.children.flatMap(({ prompts }) => prompts)).toEqual([]);
  });
});

describe('what the real claude makes of it', () => {
  let bo: Guest;
  beforeAll(async () => {
    await setUp();
    bo = await letIn(rig, machine, ada, 'Bo');
  });
  afterAll(() => rig.close());

  it('[R17] an agent that comes up in auto by the owner’s settings runs no prompt of a guest', async () => {
    await rig.stop();
    const settings = join(rig.env['CLAUDE_CONFIG_DIR'] ?? '', 'settings.json');
    writeFileSync(settings, JSON.stringify({ permissions: { defaultMode: 'auto' } }));
    await rig.start();
    machine = await rig.machine();
    ada = await machine.joinSession(ada.session);
    await bo.until('it is back', () => bo.view.truth.kind === 'live');
    const { id } = bo.view.send('prompt', { text: '[[bash:touch by-auto.txt]][[text:done]]' });
    await ada.until(
      'it is held, or ran',
      () => ada.ofKind('turn').length > 0 || queued(id)?.held === true,
    );
    writeFileSync(settings, JSON.stringify(ASKING));
    expect(existsSync(join(rig.project, 'by-auto.txt'))).toBe(false);
    expect(queued(id)?.held).toBe(true);
  });

  it('[R17] a plan that a guest allows brings no mode back that skips questions', async () => {
    ada = await machine.startSession({ mode: 'auto' });
    await ada.view.request('prompt', { text: '[[text:hello]]' });
    await ada.until('a turn', () => ada.ofKind('turn').length === 1);
    await ada.view.request('set-mode', { mode: 'plan' });
    const args: CommandArgs<'share'> = {
      ...{ session: ada.session, role: 'controller', where: { kind: 'loopback' } },
      ...{ scopes: ['prompt', 'interrupt', 'approve'], allowControl: true },
    };
    const link = /"link":"([^"]+)"/.exec(JSON.stringify(await machine.request('share', args)));
    const cy = await rig.join(link?.[1] ?? '', 'Cy');
    await giveControl(ada, cy);
    await cy.view.request('prompt', { text: '[[plan]][[bash:touch by-plan.txt]][[text:done]]' });
    await cy.answer('allow');
    await ada.until(
      'it goes on',
      () => ada.ofKind('turn').length > 1 || ada.ofKind('request').length > 1,
    );
    expect(existsSync(join(rig.project, 'by-plan.txt'))).toBe(false);
  });

  it.each(['/context', '/compact'])('%s of a guest stands under their name', async (text) => {
    ada = await machine.startSession();
    const eve = await letIn(rig, machine, ada, 'Eve');
    await giveControl(ada, eve);
    await eve.view.request('prompt', { text: '[[text:hello]]' });
    await ada.until('a turn', () => ada.ofKind('turn').length === 1);
    await idle(ada);
    await eve.view.request('prompt', { text });
    const commands = () => ada.ofKind('command').filter(({ command }) => command === text);
    await ada.until('it ran', () => commands().length > 0, SOON);
    expect(commands()).toMatchObject([{ author: { name: 'Eve' } }]);
  });

  it.each(['help', 'cost', 'context', 'compact'])(
    '[R8] /%s of a guest is Claude Code’s own, and no command of that name that expands what follows',
    async (name) => {
      const secret = join(rig.folder, `${name}.txt`);
      writeFileSync(secret, `CANARY-${name}`);
      mkdirSync(join(rig.project, '.claude/commands'), { recursive: true });
      const body = `Say something about @$ARGUMENTS [[text:ours ${name}]]`;
      writeFileSync(join(rig.project, `.claude/commands/${name}.md`), body);
      ada = await machine.startSession();
      const dan = await letIn(rig, machine, ada, 'Dan');
      await giveControl(ada, dan);
      await dan.view.request('prompt', { text: `/${name} ${secret}` }).catch(() => undefined);
      await dan.view.request('prompt', { text: '[[text:after it]]' });
      await ada.until('both ran', () => ada.text.includes('after it'));
      const asked = JSON.stringify(rig.model.requests.map(({ body: one }) => one));
      expect(asked).not.toContain(`CANARY-${name}`);
    },
  );
});
