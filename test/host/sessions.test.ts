// The registry of sessions: commands that come together, closing while something starts, what stays open.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAppError } from '../../src/base/errors.ts';
import { processStart } from '../../src/node/processStart.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { spawnGroup } from '../../tools/run/processes.ts';
import type { FakeAgent } from './scriptedAgent.ts';
import { SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
let agent: FakeAgent;

beforeEach(async () => {
  rig = await SessionsRig.create();
  ({ agent } = rig);
});
afterEach(() => rig.close());

describe('a session that is just being opened', () => {
  it('says so to commands, not that it has ended', async () => {
    const found = rig.terminalWith('in-a-terminal');
    agent.setFound([found]);
    let open = (): void => undefined;
    agent.onObserve = () => new Promise((resolve) => (open = resolve));
    await waitUntil('it is listed', () => rig.sessions.rows().length === 1);
    const opening = rig.sessions.openFound(found.key);
    await waitUntil('it is served', () => rig.sessions.all.length === 1);
    const [session] = rig.sessions.all;
    const promptTo = () => session?.targetOf('prompt');
    expect(promptTo).toThrow(/just being opened/);
    await waitUntil('it is looked at', () => agent.watched.length === 1);
    open();
    await opening;
    expect(promptTo).toThrow(/terminal/);
    agent.setFound([]);
    await session?.driver?.close();
    session?.rest();
    expect(promptTo).toThrow(/has ended/);
  });
});

describe('commands on one session that come together', () => {
  it('two windows that continue it get one agent, which is its own', async () => {
    const { id } = await rig.start();
    await rig.sessions.end(id);
    expect(agent.alive).toEqual([]);
    const both = await Promise.all([
      rig.sessions.continue({ session: id }),
      rig.sessions.continue({ session: id }),
    ]);
    expect(both.map((one) => one.id)).toEqual([id, id]);
    expect(agent.alive).toHaveLength(1);
    expect(rig.statusOf(id)).toBe('idle');
    expect(rig.journal.sessions.children()).toHaveLength(1);
    await rig.sessions.end(id);
    expect(agent.alive).toEqual([]);
    expect(rig.journal.sessions.children()).toEqual([]);
  });

  it('continue that comes while it is being ended goes on with it', async () => {
    const { id } = await rig.start();
    const ended = rig.sessions.end(id);
    await Promise.all([ended, rig.sessions.continue({ session: id })]);
    expect(agent.alive).toHaveLength(1);
    expect(rig.statusOf(id)).toBe('idle');
    expect(rig.sessions.get(id).recorder.stored.ended).toBe(false);
  });

  it('a terminal that takes it up while it is being continued here waits until that is decided', async () => {
    const session = await rig.start();
    const { id } = session;
    await rig.sessions.end(id);
    agent.hold();
    const continued = rig.sessions.continue({ session: id });
    await waitUntil('the agent is started', () => agent.starts === 2);
    agent.setFound([rig.terminalWith(session.recorder.stored.agentSessionId ?? '')]);
    agent.release();
    await continued;
    expect(agent.watched).toEqual([]);
    expect(session.recorder.stored.source).toBe('hosted');
    expect(rig.statusOf(id)).toBe('idle');
  });

  it('what a terminal took up is archived, watched and refused for end in the order of coming', async () => {
    const session = await rig.start();
    const { id } = session;
    await rig.sessions.end(id);
    agent.setFound([rig.terminalWith(session.recorder.stored.agentSessionId ?? '')]);
    await rig.sessions.list.archive(id, true);
    await waitUntil('it is followed', () => rig.statusOf(id) === 'idle');
    expect(session.recorder.stored).toMatchObject({ source: 'observed', archived: true });
    const refused = await rig.sessions.end(id).catch((error: unknown) => error);
    expect(isAppError(refused, 'invalid-input') && refused.message).toMatch(/in a terminal/);
    const busy = await rig.sessions.continue({ session: id }).catch((error: unknown) => error);
    expect(isAppError(busy, 'session-busy')).toBe(true);
    expect(agent.watched).toHaveLength(1);
  });

  it('a key that comes to mean another session while it waits waits for what is done with that one', async () => {
    const session = await rig.start();
    await rig.sessions.end(session.id);
    const found = rig.terminalWith(session.recorder.stored.agentSessionId ?? '');
    const opens: (() => void)[] = [];
    agent.onObserve = () => new Promise((resolve) => opens.push(resolve));
    agent.setFound([found]);
    await waitUntil('it is being followed', () => opens.length === 1);
    const done: string[] = [];
    const openAs = (name: string) =>
      rig.sessions.openFound(found.key).finally(() => done.push(name));
    const first = openAs('first');
    // From now on what happens in the terminal is another session: this one has guests.
    session.recorder.update({ sharing: { since: 1, where: 'here', invites: [] } });
    const second = openAs('second');
    await waitUntil('the other is being opened', () => opens.length === 2);
    opens[0]?.();
    // Given last, so what waited for this session has had its turn.
    await rig.sessions.list.archive(session.id, true);
    const doneBefore = [...done];
    opens[1]?.();
    const [one, two] = await Promise.all([first, second]);
    expect(doneBefore).toEqual([]);
    expect([one.id === two.id, one.id === session.id]).toEqual([true, false]);
  });

  it('end gives up an agent that is being started, and nothing is left of a first start', async () => {
    agent.hold();
    const starting = rig.start().catch((error: unknown) => error);
    await waitUntil('the agent is started', () => agent.starts === 1);
    const [{ id } = { id: '' }] = rig.sessions.all;
    await rig.sessions.end(id);
    expect(isAppError(await starting, 'cancelled')).toBe(true);
    expect(agent.alive).toEqual([]);
    expect(rig.sessions.rows()).toEqual([]);
    expect(rig.journal.sessions.sessions()).toEqual([]);
    expect(rig.journal.sessions.children()).toEqual([]);
  });
});

describe('closing', () => {
  it('while a session is being started leaves no agent behind', async () => {
    agent.hold();
    const early = rig.start().catch((error: unknown) => error);
    const late = rig.start().catch((error: unknown) => error);
    await waitUntil('an agent is started', () => agent.starts > 0);
    await rig.sessions.closeAll({ now: true });
    expect(isAppError(await early, 'cancelled')).toBe(true);
    expect(isAppError(await late, 'cancelled')).toBe(true);
    expect(agent.alive).toEqual([]);
    expect(isAppError(await rig.start().catch((error: unknown) => error), 'cancelled')).toBe(true);
    expect(rig.sessions.all).toEqual([]);
  });

  it('while a session is being continued leaves it ended, to be continued later', async () => {
    const { id } = await rig.start();
    await rig.sessions.end(id);
    agent.hold();
    const continued = rig.sessions.continue({ session: id }).catch((error: unknown) => error);
    await rig.sessions.closeAll({ now: true });
    expect(isAppError(await continued, 'cancelled')).toBe(true);
    expect(agent.alive).toEqual([]);
    expect(rig.journal.sessions.sessions()).toMatchObject([{ id, ended: true }]);
  });
});

describe('ended sessions', () => {
  it('that nobody looks at are closed, the newest ten stay open, and a closed one opens again', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      const { id } = await rig.start();
      ids.push(id);
      await rig.sessions.end(id);
    }
    await waitUntil('the oldest are closed', () => rig.sessions.all.length === 10);
    expect(rig.sessions.all.map(({ id }) => id)).toEqual(ids.slice(2));
    // Opened once more, it is not the oldest any longer.
    const [third = ''] = ids.splice(2, 1);
    await rig.sessions.openFound(third);
    ids.push(third);
    const [first = ''] = ids;
    // Opened to be read: now another one is the oldest.
    await rig.sessions.openFound(first);
    await waitUntil('the oldest is closed', () => rig.sessions.all.length === 10);
    expect(rig.sessions.all.map(({ id }) => id)).toEqual([...ids.slice(3), first]);
    await rig.sessions.continue({ session: first });
    expect(rig.statusOf(first)).toBe('idle');
    expect(agent.alive).toHaveLength(1);
  });

  it('archived while they are being closed stay archived', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 11; count += 1) {
      const { id } = await rig.start();
      ids.push(id);
      await rig.sessions.end(id);
    }
    const [first = ''] = ids;
    await rig.sessions.list.archive(first, true);
    await waitUntil('it is closed', () => rig.sessions.all.length === 10);
    const stored = rig.journal.sessions.sessions().find(({ id }) => id === first);
    expect(stored).toMatchObject({ archived: true, ended: true });
  });
});

describe('the next host', () => {
  it('serves what was open and what is shared, also ended; the rest is ended', async () => {
    const live = await rig.start();
    const shared = await rig.start();
    const over = await rig.start();
    const sharing = { since: 1, where: 'this computer only', invites: [] };
    shared.recorder.update({ sharing });
    await rig.sessions.end(shared.id);
    await rig.sessions.end(over.id);
    await rig.sessions.closeAll();
    const next = rig.makeSessions();
    await next.restore();
    expect(next.all.map(({ id }) => id).sort()).toEqual([live.id, shared.id].sort());
    expect(next.get(live.id).recorder.status).toBe('idle');
    expect(next.get(shared.id).recorder.status).toBe('ended');
    await next.closeAll();
  });

  it('waits for an agent that an earlier one could not serve again, before it goes on', async () => {
    const { id } = await rig.start();
    await rig.sessions.end(id);
    const left = spawnGroup('sleep', ['60']);
    const start = (await processStart(left.pid)) ?? '';
    rig.journal.sessions.saveChild({ session: id, pid: left.pid, processStart: start }, 1);
    const continued = rig.sessions.continue({ session: id });
    await waitUntil(
      'it waits',
      () => rig.sessions.get(id).recorder.problem?.code === 'agent-finishing',
    );
    expect(agent.alive).toEqual([]);
    await left.end('SIGKILL');
    await continued;
    expect(agent.alive).toHaveLength(1);
  });
});
