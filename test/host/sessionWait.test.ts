// [W1–W3] What the agent waits for, as its session says it, and what becomes of the queue meanwhile.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sessions } from '../../src/host/machine/sessions.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import type { Wait } from '../../src/protocol/wait.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createMovableClock, type MovableClock } from '../probes/movableClock.ts';
import { RoomWatch } from './roomWatch.ts';
import type { FakeChild } from './scriptedAgent.ts';
import { execute, SessionsRig } from './sessionsRig.ts';

const HOUR_MS = 3_600_000;

let rig: SessionsRig;
let clock: MovableClock;
let sessions: Sessions;
let session: OpenSession;
let child: FakeChild;

beforeEach(async () => {
  rig = await SessionsRig.create();
  clock = createMovableClock();
  sessions = rig.makeSessions(clock);
  rig.agent.onStart = (one) => {
    one.prompt = async ({ promptId, text }: { promptId: string; text: string }) => {
      one.emit({ kind: 'prompt', promptId, state: 'started' });
      one.emit({ kind: 'status', status: 'working' });
      one.prompts.push(text);
    };
  };
  session = await sessions.start({ cwd: rig.folder });
  child = rig.agent.alive[0] ?? expect.fail('no child');
});
afterEach(async () => {
  await sessions.closeAll();
  await rig.close();
});

function limit(more: Partial<Wait> = {}): Wait {
  const since = clock.now();
  return { why: 'usage-limit', since, until: since + HOUR_MS, limit: 'hours', ...more };
}

/** The agent reaches a limit with a prompt, and its turn ends. */
async function reachLimit(wait: Wait = limit()): Promise<void> {
  await execute(session, 'prompt', { text: 'one' });
  await waitUntil('it is handed over', () => child.prompts.length === 1);
  child.emit({ kind: 'wait', wait });
  endTurn();
}

function endTurn(): void {
  for (const { promptId } of session.recorder.prompts.running()) {
    child.emit({ kind: 'prompt', promptId, state: 'completed' });
  }
  child.emit({ kind: 'status', status: 'idle' });
}

const summary = () => session.recorder.summary();
const queue = (): readonly string[] => session.recorder.prompts.queue().map(({ text }) => text);

describe('a session whose agent waits', () => {
  it('[W1] says why, since when and until when, until the agent goes on', async () => {
    const wait: Wait = { why: 'overloaded', since: 1, until: 2, attempt: 3, maxAttempts: 10 };
    child.emit({ kind: 'wait', wait });
    expect(summary().wait).toEqual(wait);
    child.emit({ kind: 'wait', wait: undefined });
    expect(summary().wait).toBeUndefined();
    // Nothing of it was worth a write.
    child.emit({ kind: 'wait', wait });
    expect(session.recorder.stored.wait).toBeUndefined();
  });

  it('[O14] says that it tries again when what was broken off is gone', async () => {
    const watch = new RoomWatch(session);
    const block = { messageId: 'm', block: 0 };
    child.emit({ kind: 'status', status: 'working' });
    child.emit({ kind: 'delta', ...block, type: 'text', text: 'half of' });
    expect(watch.live).toEqual(['m 0']);
    child.emit({ kind: 'delta-end', ...block });
    child.emit({ kind: 'wait', wait: { why: 'overloaded', since: 1, until: 2, attempt: 1 } });
    expect([watch.live, watch.untrue]).toEqual([[], []]);
  });

  it('[W3] keeps prompts until a usage limit is reset, then hands them over by itself', async () => {
    await reachLimit();
    await execute(session, 'prompt', { text: 'two' });
    await execute(session, 'prompt', { text: 'three' });
    expect(summary()).toMatchObject({ status: 'idle', wait: { why: 'usage-limit' } });
    expect([child.prompts, queue()]).toEqual([['one'], ['two', 'three']]);
    clock.advance(HOUR_MS);
    await waitUntil('the next one runs', () => child.prompts.length === 2);
    expect(summary().wait).toBeUndefined();
    expect([child.prompts, queue()]).toEqual([['one', 'two'], ['three']]);
  });

  it('[W3] keeps them over a restart of the host, with what it waits for', async () => {
    await reachLimit();
    await execute(session, 'prompt', { text: 'two' });
    await sessions.closeAll();
    sessions = rig.makeSessions(clock);
    await sessions.restore();
    session = sessions.get(session.id);
    await waitUntil('it is restored', () => summary().status === 'idle');
    expect(summary().wait).toMatchObject({ why: 'usage-limit', limit: 'hours' });
    expect([rig.agent.starts, queue()]).toEqual([1, ['two']]);
    clock.advance(HOUR_MS);
    await waitUntil('it runs', () => rig.agent.alive[0]?.prompts.length === 1);
    expect(rig.agent.alive[0]?.prompts).toEqual(['two']);
    expect(summary().wait).toBeUndefined();
  });

  it('[W2] after a restart says nothing of a limit that was reset meanwhile', async () => {
    await reachLimit();
    await sessions.closeAll();
    clock.advance(HOUR_MS);
    sessions = rig.makeSessions(clock);
    await sessions.restore();
    session = sessions.get(session.id);
    expect(summary().wait).toBeUndefined();
  });

  it('[W3] hands one over at once that somebody sends now, and the others when it is answered', async () => {
    await reachLimit();
    await execute(session, 'prompt', { text: 'two' });
    await execute(session, 'prompt', { text: 'three' });
    const [second] = session.recorder.prompts.waiting();
    await execute(session, 'send-queued', { promptId: second?.promptId ?? '' });
    expect([child.prompts, queue()]).toEqual([['one', 'two'], ['three']]);
    child.emit({ kind: 'wait', wait: undefined });
    endTurn();
    await waitUntil('the third runs', () => child.prompts.length === 3);
    expect(summary().wait).toBeUndefined();
  });

  it('[W3] goes on with another model where the limit was that of one', async () => {
    await reachLimit(limit({ limit: 'model' }));
    await execute(session, 'prompt', { text: 'two' });
    await execute(session, 'set-model', { model: 'another' });
    await waitUntil('it runs', () => child.prompts.length === 2);
    expect(summary().wait).toBeUndefined();
  });

  it('[W3] keeps no prompt for a limit whose end nobody knows', async () => {
    const { until: _, ...wait } = limit();
    await reachLimit(wait);
    await execute(session, 'prompt', { text: 'two' });
    await waitUntil('it runs', () => child.prompts.length === 2);
    expect(summary().wait).toMatchObject({ why: 'usage-limit' });
  });
});
