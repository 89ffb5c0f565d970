// A hosted session whose agent a test plays: what happens between two steps of it.
import { folderMissing } from '../../src/host/errors.ts';
import { verbatim } from '../../src/base/say.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seenOf } from '../../src/client/prompts/seen.ts';
import type { AgentAnswer } from '../../src/protocol/agent.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { execute, joined, SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
beforeEach(async () => {
  rig = await SessionsRig.create();
});
afterEach(() => rig.close());

describe('a hosted session', () => {
  it('an agent that ends as soon as it is ready leaves the prompt in the queue, and is not started over and over', async () => {
    const session = await rig.start();
    rig.agent.children[0]?.exit(true);
    rig.agent.onStart = (child) => child.exit(false);
    await execute(session, 'prompt', { text: 'kept' });
    await waitUntil(
      'its end is settled',
      () => rig.agent.starts === 2 && session.recorder.status === 'idle',
    );
    expect(session.recorder.prompts.queue()).toMatchObject([{ text: 'kept' }]);
    rig.agent.onStart = () => undefined;
    await execute(session, 'prompt', { text: 'next' });
    await waitUntil('both are sent', () => rig.agent.alive[0]?.prompts.length === 2);
    expect(rig.agent.alive[0]?.prompts).toEqual(['kept', 'next']);
  });

  it('a prompt that comes while it is being ended is refused, and does not run when it is continued', async () => {
    const session = await rig.start();
    const [child] = rig.agent.alive;
    if (child === undefined) throw new Error('no agent');
    let letGo: (() => void) | undefined;
    child.close = async () => {
      await new Promise<void>((resolve) => (letGo = resolve));
      child.exit(true);
    };
    const ended = rig.sessions.end(session.id);
    const exit = await waitUntil('the agent is being ended', () => letGo);
    await expect(execute(session, 'prompt', { text: 'late' })).rejects.toThrow(/has ended/);
    exit();
    await ended;
    await rig.sessions.continue({ session: session.id });
    expect(session.recorder.prompts.unfinished()).toEqual([]);
    expect(rig.agent.alive.flatMap(({ prompts }) => prompts)).toEqual([]);
  });

  it('what waits when it is ended, held or not, is taken back: it would lie in wait', async () => {
    const session = await rig.start();
    const [child] = rig.agent.alive;
    child?.emit({ kind: 'status', status: 'working' });
    const ids = ['first', 'second'].map((promptId) => {
      const author = { name: 'Bo' };
      session.recorder.prompts.accept({ promptId, text: promptId, author, at: 1, guest: true });
      return promptId;
    });
    session.recorder.prompts.mark('second', 'held');
    await rig.sessions.end(session.id);
    const states = ids.map((id) => session.recorder.prompts.find(id)?.state);
    expect(states).toEqual(['cancelled', 'cancelled']);
    expect(session.recorder.prompts.queue()).toEqual([]);
  });

  it('a prompt whose sender was told that its outcome is unknown does not run with the next host', async () => {
    const session = await rig.start();
    const { recorder } = session;
    rig.agent.alive[0]?.emit({ kind: 'status', status: 'working' });
    const author = { name: 'Bo', member: 'bo' };
    for (const promptId of ['unknown', 'certain']) {
      recorder.prompts.accept({ promptId, text: promptId, author, at: 1, guest: false });
      const status = promptId === 'unknown' ? 'unknown' : 'done';
      const row = { member: 'bo', boot: 'b', id: promptId, kind: 'prompt', at: 1 } as const;
      rig.journal.room(recorder.stored.room).settleCommand(row, { id: promptId, status });
    }
    await rig.sessions.closeAll();
    const next = rig.makeSessions();
    await next.restore();
    await waitUntil('what is certain runs', () => rig.agent.alive[0]?.prompts.length);
    expect(rig.agent.alive[0]?.prompts).toEqual(['certain']);
    expect(next.get(session.id).recorder.prompts.find('unknown')?.state).toBe('held');
    await next.closeAll();
  });

  it('a model that the agent refuses is not kept for the next start', async () => {
    const session = await rig.start();
    await expect(execute(session, 'set-model', { model: 'refused' })).rejects.toThrow(
      /Nothing was changed/,
    );
    expect(session.recorder.stored.model).toBeUndefined();
    const [child] = rig.agent.alive;
    if (child === undefined) throw new Error('no agent');
    // What its adapter says is whole sentences: they are no part of another one.
    child.setModel = () => Promise.reject(folderMissing('/gone'));
    const refusal = await execute(session, 'set-model', { model: 'x' }).catch((e: unknown) => e);
    expect(refusal).toMatchObject({
      rejection: 'invalid',
      words: { happened: { template: 'The folder {0} does not exist.', args: ['/gone'] } },
    });
    child.setModel = () => Promise.resolve();
    await execute(session, 'set-model', { model: 'other' });
    expect(session.recorder.stored.model).toBe('other');
  });

  it('a mode that asks nobody is taken back if a controller link was made meanwhile', async () => {
    const session = await rig.start();
    const [child] = rig.agent.alive;
    if (child === undefined) throw new Error('no agent');
    const modes: string[] = [];
    child.setMode = async (mode) => {
      modes.push(mode);
      if (modes.length > 1) return;
      await session.room.createInvite({
        role: 'controller',
        lifetimeMs: 60_000,
        relay: rig.relay.address.url,
      });
    };
    await expect(execute(session, 'set-mode', { mode: 'bypassPermissions' })).rejects.toThrow(
      /guests may control/,
    );
    expect(modes).toEqual(['bypassPermissions', 'default']);
    expect(session.recorder.stored.mode).toBeUndefined();
  });

  it('a session that is started without permissions runs so, and is never resumed so by itself', async () => {
    const session = await rig.sessions.start({ cwd: rig.folder, mode: 'bypassPermissions' });
    rig.agent.transcript = [
      { kind: 'notice', id: 'n', at: 1, level: 'info', code: 'c', text: 'said before' },
    ];
    rig.agent.alive[0]?.exit(true);
    await execute(session, 'prompt', { text: 'go on' });
    await waitUntil('it was resumed', () => rig.agent.alive[0]?.prompts.length === 1);
    expect(rig.agent.modes).toEqual(['bypassPermissions', undefined]);
  });

  it('nobody is let into control of a session without permissions', async () => {
    const session = await rig.start();
    const { link } = await session.room.createInvite({
      role: 'viewer',
      lifetimeMs: 60_000,
      relay: rig.relay.address.url,
    });
    const ada = await joined(session.row().link ?? '', 'Ada');
    const bob = await joined(link, 'Bob');
    try {
      session.recorder.update({ mode: 'bypassPermissions' });
      const admit = () => ada.request('admit', { member: bob.member, role: 'controller' });
      await expect(admit()).rejects.toThrow(/without asking for permissions/);
      session.recorder.update({ mode: 'default' });
      await admit();
      await waitUntil('Bob may control', () => bob.me?.role === 'controller');
      expect(bob.me?.scopes).toContain('prompt');
    } finally {
      await Promise.all([ada.close(), bob.close()]);
    }
  });

  it('[R17] when the mode begins to skip questions, guests control nothing, until it does no more', async () => {
    const session = await rig.start();
    const [child] = rig.agent.alive;
    if (child === undefined) throw new Error('no agent');
    const { link } = await session.room.createInvite({
      ...{ role: 'controller', allowControl: true, lifetimeMs: 60_000 },
      relay: rig.relay.address.url,
    });
    const bob = await joined(link, 'Bob');
    const ada = await joined(session.row().link ?? '', 'Ada');
    const codes = (): readonly string[] =>
      ada.entries.flatMap(({ entry }) => (entry.kind === 'notice' ? [entry.code] : []));
    try {
      await bob.request('focus-request', {});
      child.emit({ kind: 'facts', facts: { mode: 'auto' } });
      await waitUntil('it is said', () => codes().includes('control-suspended'));
      await waitUntil('control is free', () => ada.state?.focus.holder === undefined);
      for (const request of [
        () => bob.request('prompt', { text: 'no' }),
        () => bob.request('focus-request', {}),
        () => bob.request('interrupt', {}),
        () => ada.request('focus-grant', { member: bob.member }),
      ]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await expect(request()).rejects.toThrow(/without asking for permissions/);
      }
      child.emit({ kind: 'facts', facts: { mode: 'default' } });
      await waitUntil('it is over', () => codes().includes('control-resumed'));
      await bob.request('prompt', { text: 'yes' });
      expect(child.prompts).toEqual(['yes']);
    } finally {
      await Promise.all([ada.close(), bob.close()]);
    }
  });

  it('a mode that nobody chose is not passed to the next start; one that changed meanwhile is', async () => {
    const session = await rig.start();
    rig.agent.alive[0]?.emit({ kind: 'facts', facts: { mode: 'plan' } });
    rig.agent.alive[0]?.exit(true);
    await execute(session, 'prompt', { text: 'go on' });
    await waitUntil('it goes on', () => rig.agent.alive[0]?.prompts.length === 1);
    expect(rig.agent.modes).toEqual([undefined, 'plan']);
  });

  it("[C12] rules come to the agent with an owner's answer, never with a guest's", async () => {
    const session = await rig.start();
    const [child] = rig.agent.alive;
    if (child === undefined) throw new Error('no agent');
    const answers: AgentAnswer[] = [];
    child.answer = async (_requestId, answer) => answers.push(answer) > 0;
    const seen: (string | undefined)[] = [];
    for (const requestId of ['one', 'two']) {
      const asked = { kind: 'request', request: 'permission', tool: 'Bash' } as const;
      const entry = { ...asked, id: requestId, requestId, at: 1, input: {}, inputHash: 'h' };
      child.emit({ kind: 'entry', entry });
      // oxlint-disable-next-line no-await-in-loop -- two
      seen.push(await seenOf(entry));
    }
    const { link } = await session.room.createInvite({
      role: 'controller',
      scopes: ['approve'],
      allowControl: true,
      lifetimeMs: 60_000,
      relay: rig.relay.address.url,
    });
    const ada = await joined(session.row().link ?? '', 'Ada');
    const bob = await joined(link, 'Bob');
    try {
      const answer = { inputHash: 'h', behavior: 'allow' } as const;
      await bob.request('answer', {
        requestId: 'one',
        ...answer,
        seen: seen[0] ?? '',
        remember: [0],
      });
      await ada.request('answer', {
        requestId: 'two',
        ...answer,
        seen: seen[1] ?? '',
        remember: [0],
      });
      expect(answers).toEqual([
        { behavior: 'allow' },
        { behavior: 'allow', rememberSuggestions: [0] },
      ]);
    } finally {
      await Promise.all([ada.close(), bob.close()]);
    }
  });

  it('[Q5] Stop while the agent is being started keeps the prompt from running: it waits', async () => {
    const session = await rig.start();
    rig.agent.alive[0]?.exit(true);
    rig.agent.hold();
    await execute(session, 'prompt', { text: 'too early' });
    await waitUntil('it is being started', () => rig.agent.starts === 2);
    await execute(session, 'interrupt', {});
    await execute(session, 'prompt', { text: 'runs', now: true });
    rig.agent.release();
    await waitUntil('the next one runs', () => rig.agent.alive[0]?.prompts.length === 1);
    expect(rig.agent.alive[0]?.prompts).toEqual(['runs']);
    expect(session.recorder.prompts.queue()).toMatchObject([{ text: 'too early' }]);
    expect(session.recorder.summary().queueHold).toMatchObject({
      why: 'stop',
      by: { name: 'Ada' },
    });
  });

  it('notices of one moment are all kept', async () => {
    const { recorder } = await rig.start();
    const notice = { level: 'info', code: 'same', words: verbatim('same') } as const;
    for (let count = 0; count < 3; count += 1) recorder.notice(notice);
    const ids = rig.journal
      .room(recorder.stored.room)
      .readLog(0, 100)
      .flatMap(({ text }) => /"id":"([^"]+)"/.exec(text)?.[1] ?? []);
    expect(new Set(ids).size).toBe(3);
  });
});
