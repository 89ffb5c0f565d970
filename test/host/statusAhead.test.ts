// What everybody is told of a session whose next prompt waits to be handed over.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import type { FakeChild } from './scriptedAgent.ts';
import { execute, SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
beforeEach(async () => {
  rig = await SessionsRig.create();
  // As an agent does: it is at work from the moment it is handed a prompt.
  rig.agent.onStart = (child) => {
    child.prompt = async ({ promptId, text }: { promptId: string; text: string }) => {
      child.emit({ kind: 'prompt', promptId, state: 'started' });
      child.emit({ kind: 'status', status: 'working' });
      child.prompts.push(text);
    };
  };
});
afterEach(() => rig.close());

/** Every picture of the session from now on: its status, and how many prompts wait by right. */
function watch(session: OpenSession): (readonly [string, number])[] {
  const { recorder } = session;
  const seen: (readonly [string, number])[] = [];
  const look = (): void => {
    const waiting = recorder.prompts.waiting().filter(({ state }) => state === 'accepted');
    seen.push([recorder.summary().status, waiting.length]);
  };
  look();
  recorder.onDidChange(look);
  return seen;
}

const statusesOf = (seen: readonly (readonly [string, number])[]): readonly string[] =>
  seen.map(([status]) => status).filter((status, i, all) => status !== all[i - 1]);
const idleWithNext = (seen: readonly (readonly [string, number])[]) =>
  seen.filter(([status, waiting]) => status === 'idle' && waiting > 0);

function finish(child: FakeChild | undefined, session: OpenSession): void {
  for (const { promptId } of session.recorder.prompts.running()) {
    child?.emit({ kind: 'prompt', promptId, state: 'completed' });
  }
  child?.emit({ kind: 'status', status: 'idle' });
}

describe('[O11] a session whose next prompt waits to be handed over', () => {
  it('is starting, then working, and never idle in between', async () => {
    const session = await rig.start();
    rig.agent.children[0]?.exit(true);
    await waitUntil('its end is settled', () => session.recorder.status === 'idle');
    const seen = watch(session);
    rig.agent.hold();
    await execute(session, 'prompt', { text: 'one' });
    await execute(session, 'prompt', { text: 'two' });
    rig.agent.release();
    const child = await waitUntil('the first runs', () =>
      rig.agent.alive.find(({ prompts }) => prompts.length === 1),
    );
    finish(child, session);
    await waitUntil('the second runs', () => child.prompts.length === 2);
    finish(child, session);
    expect(statusesOf(seen)).toEqual(['idle', 'starting', 'working', 'idle']);
    expect(idleWithNext(seen)).toEqual([]);
  });

  it('is starting from the first moment of the next host', async () => {
    const session = await rig.start();
    rig.agent.alive[0]?.emit({ kind: 'status', status: 'working' });
    await execute(session, 'prompt', { text: 'waits' });
    await rig.sessions.closeAll();
    rig.agent.hold();
    const next = rig.makeSessions();
    await next.restore();
    const seen = watch(next.get(session.id));
    rig.agent.release();
    await waitUntil('it runs', () => rig.agent.alive[0]?.prompts.length === 1);
    expect(statusesOf(seen)).toEqual(['starting', 'working']);
    await next.closeAll();
  });

  it('is idle where nothing hands it over: the agent ended at once', async () => {
    const session = await rig.start();
    rig.agent.children[0]?.exit(true);
    rig.agent.onStart = (child) => child.exit(false);
    await execute(session, 'prompt', { text: 'kept' });
    await waitUntil(
      'its end is settled',
      () => rig.agent.starts === 2 && session.recorder.status === 'idle',
    );
    expect(session.recorder.prompts.queue()).toMatchObject([{ text: 'kept' }]);
  });
});
