// What the owner does with the list: pins, takes out and back, forks; nothing of the agent's is touched.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAppError } from '../../src/base/errors.ts';
import { Emitter } from '../../src/base/emitter.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import type { SeenOthers, WritersWatch } from '../../src/protocol/agent.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { FakeAgent } from './scriptedAgent.ts';
import { SessionsRig } from './sessionsRig.ts';

/** Its conversations can be copied. */
class CopyingAgent extends FakeAgent {
  readonly copied: string[] = [];
  open = 0;

  async watchWriters({ agentSessionId }: { agentSessionId: string }): Promise<WritersWatch> {
    const others: SeenOthers | undefined = undefined;
    this.open += 1;
    return {
      others,
      marks: [],
      onDidSeeWriters: new Emitter<void>().event,
      isTheirs: () => false,
      theirs: async () => [],
      settle: () => undefined,
      part: async () => {
        this.copied.push(agentSessionId);
        return `copy-${this.copied.length}`;
      },
      end: async () => undefined,
      dispose: () => (this.open -= 1),
    };
  }
}

let agent: CopyingAgent;
let rig: SessionsRig<CopyingAgent>;

beforeEach(async () => {
  agent = new CopyingAgent();
  agent.onStart = (child) => child.emit({ kind: 'status', status: 'idle' });
  agent.transcript = [{ kind: 'text', id: 'one', messageId: 'one', at: 1, text: 'one' }];
  rig = await SessionsRig.create(agent);
});
afterEach(() => rig.close());

const ids = (sessions = rig.sessions) => sessions.rows().map(({ session }) => session.id);
const failure = (work: Promise<unknown>) => work.then(String, (error: unknown) => error);

async function idle(): Promise<OpenSession> {
  const session = await rig.start();
  await waitUntil('it rests', () => rig.statusOf(session.id) === 'idle');
  return session;
}

describe('[H5] pinned', () => {
  it('stands above what waits or was used later, and still does so under the next host', async () => {
    const first = await idle();
    await idle();
    await rig.sessions.list.pin(first.id, true);
    expect(ids()[0]).toBe(first.id);
    expect(rig.sessions.rows()[0]?.pinned).toBe(true);
    await rig.sessions.end(first.id);
    expect(ids()[0]).toBe(first.id);
    const next = rig.makeSessions();
    expect(ids(next)[0]).toBe(first.id);
    await next.closeAll();
    await rig.sessions.list.pin(first.id, false);
    expect(ids()[1]).toBe(first.id);
    expect(rig.sessions.rows()[1]?.pinned).toBeUndefined();
  });

  it('a session of a terminal is pinned by its key, and keeps that when it is seen again', async () => {
    const found = rig.terminalWith('in-a-terminal');
    agent.setFound([found]);
    await waitUntil('it is listed', () => ids().length === 1);
    await idle();
    await rig.sessions.list.pin(found.key, true);
    expect(rig.sessions.rows()[0]).toMatchObject({ pinned: true, session: { status: 'idle' } });
    const [id] = ids();
    agent.setFound([]);
    agent.setFound([found]);
    await waitUntil('it runs again', () => ids()[0] === id && rig.statusOf(`${id}`) === 'idle');
    expect(rig.sessions.rows()[0]?.pinned).toBe(true);
  });

  it('what nobody knows is refused', async () => {
    const error = await failure(rig.sessions.list.pin('nothing', true));
    expect(isAppError(error, 'session-not-found')).toBe(true);
  });
});

describe('[H6] taken out of the list', () => {
  it('is in no list, also under the next host; put back it is as it was', async () => {
    const session = await idle();
    const { id } = session;
    await rig.sessions.end(id);
    const before = rig.sessions.rows();
    const { room } = session.recorder.stored;
    const log = rig.journal.room(room).readLog(0, 100);
    await rig.sessions.list.unlist(id, true);
    await rig.sessions.list.unlist(id, true);
    expect(ids()).toEqual([]);
    const next = rig.makeSessions();
    expect(ids(next)).toEqual([]);
    await next.closeAll();
    await rig.sessions.list.unlist(id, false);
    expect(ids()).toEqual([id]);
    expect(rig.sessions.rows()[0]?.session).toEqual(before[0]?.session);
    expect(rig.journal.room(room).readLog(0, 100)).toEqual(log);
    await rig.sessions.continue({ session: id });
    expect(rig.statusOf(id)).toBe('idle');
  });

  it('is refused while it runs, here or in a terminal, and while it is shared', async () => {
    const session = await idle();
    const { id, recorder } = session;
    const running = await failure(rig.sessions.list.unlist(id, true));
    expect(isAppError(running, 'session-busy') && running.message).toMatch(/runs.*End it first/s);
    await rig.sessions.end(id);
    recorder.update({ sharing: { since: 0, where: 'here', invites: [] } });
    const shared = await failure(rig.sessions.list.unlist(id, true));
    expect(isAppError(shared, 'session-busy') && shared.message).toMatch(/Stop sharing first/);
    const found = rig.terminalWith('in-a-terminal');
    agent.setFound([found]);
    await waitUntil('it is listed', () => ids().length === 2);
    const terminal = await failure(rig.sessions.list.unlist(found.key, true));
    expect(isAppError(terminal, 'session-busy')).toBe(true);
    expect(ids()).toHaveLength(2);
  });

  it('one that was only found is out of it too, and back once it runs', async () => {
    const found = { ...rig.terminalWith('done'), status: 'ended' as const };
    agent.setFound([found]);
    await waitUntil('it is listed', () => ids().length === 1);
    const [id] = ids();
    await rig.sessions.list.unlist(found.key, true);
    expect(ids()).toEqual([]);
    agent.setFound([{ ...found, status: 'idle' }]);
    await waitUntil('it is back', () => ids().length === 1);
    expect(ids()).toEqual([id]);
  });

  it('who continues one has it in the list again', async () => {
    const { id } = await idle();
    await rig.sessions.end(id);
    await rig.sessions.list.unlist(id, true);
    await rig.sessions.continue({ session: id });
    await rig.sessions.end(id);
    expect(ids()).toEqual([id]);
  });
});

describe('[H7] forked', () => {
  it('a copy goes on as a session of its own; the first one stays as it is', async () => {
    const first = await idle();
    first.recorder.update({ title: 'Fix it', model: 'opus' });
    const stored = { ...first.recorder.stored };
    const fork = await rig.sessions.fork(first.id);
    expect(fork.id).not.toBe(first.id);
    expect(agent.copied).toEqual([stored.agentSessionId]);
    expect(agent.children.at(-1)?.conversation).toBe('copy-1');
    expect(fork.recorder.stored).toMatchObject({
      ...{ title: 'Fix it (fork)', model: 'opus', cwd: stored.cwd, source: 'hosted' },
      agentSessionId: 'copy-1',
    });
    expect(first.recorder.stored).toEqual(stored);
    expect(agent.alive).toHaveLength(2);
    const log = rig.journal.room(fork.recorder.stored.room).readLog(0, 100);
    expect(log.map(({ text }) => JSON.parse(text).entry.text)).toEqual(['one']);
  });

  it('of one that has ended too, and of one in a terminal', async () => {
    const { id } = await idle();
    await rig.sessions.end(id);
    await rig.sessions.fork(id);
    const found = rig.terminalWith('in-a-terminal');
    agent.setFound([found]);
    await waitUntil('it is listed', () => ids().length === 3);
    await rig.sessions.fork(found.key);
    expect(agent.copied.at(-1)).toBe('in-a-terminal');
    expect(agent.alive).toHaveLength(2);
    // The terminal is watched no more than before.
    expect(agent.watched).toEqual([]);
  });

  it('is refused while a turn runs, and of what has not begun: nothing is copied', async () => {
    const session = await idle();
    agent.children[0]?.emit({ kind: 'status', status: 'working' });
    await waitUntil('it works', () => rig.statusOf(session.id) === 'working');
    const busy = await failure(rig.sessions.fork(session.id));
    expect(isAppError(busy, 'session-busy') && busy.message).toMatch(/at work/);
    await rig.sessions.end(session.id);
    session.recorder.update({ agentSessionId: undefined });
    const none = await failure(rig.sessions.fork(session.id));
    expect(isAppError(none, 'invalid-input') && none.message).toMatch(/Nothing has been said/);
    expect(agent.copied).toEqual([]);
    expect(ids()).toEqual([session.id]);
  });

  it('an agent that knows no copies says so', async () => {
    const session = await idle();
    Reflect.set(agent, 'watchWriters', undefined);
    const error = await failure(rig.sessions.fork(session.id));
    expect(isAppError(error, 'invalid-input') && error.message).toMatch(/cannot be forked/);
  });
});
