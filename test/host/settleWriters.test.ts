// Others on a conversation, and its folder, with an agent that a test plays: what is chosen, waited for, kept and said.
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/emitter.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import type { SeenOthers, TheirsBefore, WritersWatch } from '../../src/protocol/agent.ts';
import type { Others } from '../../src/protocol/state.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { FakeAgent } from './scriptedAgent.ts';
import { execute, SessionsRig } from './sessionsRig.ts';

const LEFT: SeenOthers = {
  writers: [{ where: 'script', since: 1, left: true }],
  messages: 2,
};

/** Others as a test wants them. */
class PlayedWatch implements WritersWatch {
  others: SeenOthers | undefined;
  marks: readonly string[] = [];
  part: () => Promise<string> = () => Promise.resolve('apart');
  theirs: WritersWatch['theirs'] = () => Promise.resolve([]);
  private readonly changed = new Emitter<void>();
  readonly onDidSeeWriters = this.changed.event;

  see(others: SeenOthers | undefined): void {
    this.others = others;
    this.marks = others?.messages === undefined ? [] : ['m'];
    this.changed.fire();
  }
  isTheirs(): boolean {
    return false;
  }
  settle(): void {
    this.others = undefined;
    this.marks = [];
  }
  end(): Promise<string> {
    return Promise.resolve('z');
  }
  dispose(): void {}
}

class WatchedAgent extends FakeAgent {
  readonly watches: PlayedWatch[] = [];
  readonly before: (TheirsBefore | undefined)[] = [];
  /** What the next watch sees at once. */
  next: SeenOthers | undefined;
  bring: () => Promise<void> = () => Promise.resolve();

  async watchWriters(_of: object, _env: object, before?: TheirsBefore): Promise<WritersWatch> {
    const watch = new PlayedWatch();
    watch.others = this.next;
    this.before.push(before);
    this.watches.push(watch);
    return watch;
  }
}

let agent: WatchedAgent;
let rig: SessionsRig<WatchedAgent>;
let session: OpenSession;

beforeEach(async () => {
  agent = new WatchedAgent();
  // A conversation with something in it can be resumed.
  agent.transcript = [{ kind: 'text', id: 'one', messageId: 'one', at: 1, text: 'one' }];
  rig = await SessionsRig.create(agent);
  session = await rig.start();
  agent.children[0]?.emit({ kind: 'status', status: 'idle' });
  await waitUntil('others are looked for', () => agent.watches.length === 1);
});
afterEach(async () => {
  agent.release();
  await rig.close();
});

function others(): Others | undefined {
  return session.recorder.summary().others;
}

function watch(): PlayedWatch {
  const last = agent.watches.at(-1);
  if (last === undefined) throw new Error('nothing is watched');
  return last;
}

function entries(): readonly Entry[] {
  const log = rig.journal.room(session.recorder.stored.room).readLog(0, 100);
  return log.map(({ text }): Entry => JSON.parse(text).entry);
}

function notices(): readonly string[] {
  return entries().flatMap((entry) => (entry.kind === 'notice' ? [entry.text] : []));
}

/** Somebody wrote, and one piece of work runs in the background. */
function withTask(): void {
  const task = { taskId: 't', title: 'Wait long', since: 1, kind: 'shell' as const };
  agent.children[0]?.emit({ kind: 'tasks', tasks: [task] });
  watch().see(LEFT);
}

describe('[Z6] background work of our own agent', () => {
  it('is waited for, whatever was chosen, and then it is done', async () => {
    withTask();
    await execute(session, 'settle-writers', { choice: 'take-in' });
    expect(others()).toMatchObject({ choice: 'take-in', holds: true });
    expect(others()?.force).toBeUndefined();
    expect(agent.alive).toHaveLength(1);
    agent.children[0]?.emit({ kind: 'tasks', tasks: [] });
    await waitUntil('it is done', () => others() === undefined);
  });

  it('ends if the owner says so, and it is said once, by whom and what', async () => {
    withTask();
    await execute(session, 'settle-writers', { choice: 'fork' });
    await execute(session, 'settle-writers', { choice: 'fork', force: true });
    await waitUntil('it is done', () => others() === undefined);
    expect(session.recorder.stored.agentSessionId).toBe('apart');
    expect(session.recorder.summary().tasks).toBeUndefined();
    const said = notices().filter((text) => text.startsWith('Background work ended'));
    expect(said).toEqual([
      'Background work ended because Ada decided about others on this conversation: “Wait long”.',
    ]);
  });

  it('that ends later with its agent is said again', async () => {
    withTask();
    await execute(session, 'settle-writers', { choice: 'fork', force: true });
    await waitUntil('it is done', () => others() === undefined);
    await session.driver?.ready?.();
    const task = { taskId: 'u', title: 'Another', since: 1, kind: 'shell' as const };
    agent.children[1]?.emit({ kind: 'tasks', tasks: [task] });
    agent.children[1]?.exit(true);
    await waitUntil('it is said', () =>
      notices().some((text) => text === 'Background work ended with its agent: “Another”.'),
    );
  });

  it('in a turn the turn is waited for all the same', async () => {
    withTask();
    agent.children[0]?.emit({ kind: 'status', status: 'working' });
    await execute(session, 'settle-writers', { choice: 'take-in', force: true });
    expect(others()).toMatchObject({ choice: 'take-in', force: true });
    expect(agent.alive).toHaveLength(1);
    agent.children[0]?.emit({ kind: 'status', status: 'idle' });
    await waitUntil('it is done', () => others() === undefined);
  });
});

describe('[Z3] a choice', () => {
  it('while another is being carried out is refused, not forgotten', async () => {
    let letGo = (_id: string): void => undefined;
    watch().part = () => new Promise((resolve) => (letGo = resolve));
    watch().see(LEFT);
    await execute(session, 'settle-writers', { choice: 'fork' });
    await waitUntil('it is being done', () => agent.alive.length === 0);
    const second = execute(session, 'settle-writers', { choice: 'take-in' });
    await expect(second).rejects.toThrow(/is just being done/);
    await waitUntil('it has begun', () => {
      letGo('apart');
      return session.recorder.stored.agentSessionId === 'apart';
    });
    expect(notices().at(-1)).toContain('goes on as a conversation of its own');
  });

  it('that the system refuses is said, holds on, and can be made again', async () => {
    watch().part = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    watch().see(LEFT);
    await execute(session, 'settle-writers', { choice: 'fork' });
    await waitUntil('it is said', () => session.recorder.problem !== undefined);
    expect(session.recorder.problem?.happened).toContain('ENOSPC');
    expect(others()).toMatchObject({ holds: true });
    expect(others()?.choice).toBeUndefined();
    watch().part = () => Promise.resolve('apart');
    await execute(session, 'settle-writers', { choice: 'fork' });
    await waitUntil('it is done', () => others() === undefined);
    expect(session.recorder.problem).toBeUndefined();
  });

  it('of what cannot be found any more says so, and does not say that nothing was written', async () => {
    watch().see(LEFT);
    await execute(session, 'settle-writers', { choice: 'take-in' });
    await waitUntil('it is done', () => others() === undefined);
    expect(notices().at(-1)).toContain('cannot be found any more');
    expect(notices().join('\n')).not.toContain('nothing was written');
  });

  it('outlives the host: the next one carries it out', async () => {
    const there: SeenOthers = { writers: [{ pid: 7, where: 'terminal', since: 1 }], messages: 1 };
    watch().see(there);
    await execute(session, 'settle-writers', { choice: 'wait' });
    await rig.sessions.closeAll();
    agent.next = there;
    const next = rig.makeSessions();
    await next.restore();
    session = next.get(session.id);
    await waitUntil('it is known', () => others()?.choice === 'wait');
    const theirs: Entry = { kind: 'text', id: 'theirs', messageId: 'two', at: 2, text: 'theirs' };
    watch().theirs = () => Promise.resolve([{ entry: theirs }]);
    watch().see({ ...there, writers: [{ pid: 7, where: 'terminal', since: 1, left: true }] });
    await waitUntil('it is taken in', () => others() === undefined);
    expect(entries().some(({ id }) => id === 'theirs')).toBe(true);
    await next.closeAll();
  });
});

describe('[Z5] where the conversation ends', () => {
  it('is kept by a host that goes, and told to the next; not while an agent runs, nor of a session that has ended', async () => {
    watch().see(LEFT);
    expect(session.recorder.stored.ourEnd).toBeUndefined();
    await rig.sessions.closeAll();
    expect(session.recorder.stored).toMatchObject({ ourEnd: 'z', theirs: ['m'] });
    const next = rig.makeSessions();
    await next.restore();
    session = next.get(session.id);
    await waitUntil('others are looked for', () => agent.watches.length === 2);
    expect(agent.before.at(-1)).toEqual({ marks: ['m'], end: 'z' });
    await session.driver?.ready?.();
    expect(session.recorder.stored.ourEnd).toBeUndefined();
    watch().see(LEFT);
    await next.end(session.id);
    expect(session.recorder.stored.ourEnd).toBeUndefined();
    expect(others()).toBeUndefined();
    await next.closeAll();
  });
});

describe('[Z2] what is handed over', () => {
  it('is not, if somebody comes while the agent is being started for it', async () => {
    agent.children[0]?.exit(true);
    await waitUntil('it has ended', () => session.driver?.isBusy === false);
    agent.hold();
    await execute(session, 'prompt', { text: 'first' });
    await execute(session, 'prompt', { text: 'second' });
    const [, second] = session.recorder.prompts.waiting();
    const sending = execute(session, 'send-queued', { promptId: second?.promptId ?? '' });
    await waitUntil('it starts', () => agent.starts === 2);
    watch().see({ writers: [{ pid: 7, where: 'terminal', since: 1 }] });
    agent.release();
    await expect(sending).rejects.toThrow(/Another process has this conversation open/);
    expect(agent.children[1]?.prompts).toEqual([]);
    expect(session.recorder.prompts.waiting()).toHaveLength(2);
  });
});

describe('the folder of a session', () => {
  it('[M1] is changed without a turn in between: what is prompted meanwhile runs in the new one', async () => {
    const folder = join(rig.folder, 'other');
    mkdirSync(folder);
    let letGo = (): void => undefined;
    let wasAlive: number | undefined;
    agent.bring = () => {
      wasAlive = agent.alive.length;
      return new Promise((resolve) => (letGo = resolve));
    };
    const moving = execute(session, 'set-folder', { path: folder });
    await waitUntil('it is copied', () => wasAlive !== undefined);
    // An agent writes until it has ended.
    expect(wasAlive).toBe(0);
    await execute(session, 'prompt', { text: 'meanwhile' });
    await expect(execute(session, 'set-folder', { path: rig.folder })).rejects.toThrow(/at work/);
    expect(agent.children).toHaveLength(1);
    letGo();
    await moving;
    await waitUntil('it runs', () => agent.children[1]?.prompts[0] === 'meanwhile');
    expect(agent.children[0]?.prompts).toEqual([]);
    expect(session.recorder.stored.cwd).toBe(folder);
  });

  it('[M1] that cannot be brought is refused, and the session stays where it was', async () => {
    const folder = join(rig.folder, 'other');
    mkdirSync(folder);
    agent.bring = () => Promise.reject(new Error('EACCES'));
    await expect(execute(session, 'set-folder', { path: folder })).rejects.toThrow(/EACCES/);
    expect(session.recorder.stored.cwd).toBe(rig.folder);
    await execute(session, 'prompt', { text: 'here' });
    await waitUntil('it runs', () => agent.children[1]?.prompts[0] === 'here');
  });

  it('[M2] that is back again lets what waits go on by itself', async () => {
    const looks: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      every(ms, look) {
        looks.push(look);
        return systemClock.every(ms, look);
      },
    };
    const again = rig.makeSessions(clock);
    const folder = join(rig.folder, 'shop');
    mkdirSync(folder);
    session = await again.start({ cwd: folder });
    agent.children[1]?.exit(true);
    await waitUntil('it has ended', () => session.driver?.isBusy === false);
    renameSync(folder, `${folder}.away`);
    await execute(session, 'prompt', { text: 'it waits' });
    await waitUntil('it is said', () => session.recorder.problem?.code === 'agent-folder-gone');
    renameSync(`${folder}.away`, folder);
    await waitUntil('it runs', () => {
      for (const look of looks) look();
      return agent.children[2]?.prompts[0] === 'it waits';
    });
    expect(session.recorder.problem).toBeUndefined();
    await again.closeAll();
  });
});
