// [W4] [O14] No moment is untrue: every state and every live text that a session with the real CLI gives its room.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import { statusOf } from '../../src/protocol/openValues.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { LONG_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { type RealClaude, realClaude } from '../claude/realRig.ts';
import { RoomWatch } from './roomWatch.ts';
import { execute, SessionsRig } from './sessionsRig.ts';

describe.each(LONG_VERSIONS)('a session with Claude Code %s', (version) => {
  let real: RealClaude;
  let rig: SessionsRig<RealClaude['agent']>;
  let session: OpenSession;
  let watch: RoomWatch;

  const summary = () => session.recorder.summary();
  const pending = () => session.recorder.openRequests;
  const turns = (): number => watch.ofKind('turn').length;
  const prompt = (text: string) => execute(session, 'prompt', { text });

  /** Waits for the end of the turn that `act` begins or goes on with. */
  async function turn(act: () => Promise<unknown>): Promise<void> {
    const before = turns();
    await act();
    await waitUntil('the turn ends', () => turns() > before && summary().status === 'idle');
  }

  async function answered(
    behavior: 'allow' | 'deny',
    more: { readonly answers?: Readonly<Record<string, string>> } = {},
  ): Promise<void> {
    await waitUntil('a request waits', () => pending().length > 0);
    const [request] = pending();
    if (request === undefined) throw new Error('invariant');
    const { requestId, inputHash } = request;
    await execute(session, 'answer', { requestId, inputHash, behavior, unseen: true, ...more });
  }

  beforeAll(async () => {
    real = await realClaude(version);
    rig = await SessionsRig.create(real.agent);
    session = await rig.sessions.start({ cwd: real.project, env: real.environment.env });
    watch = new RoomWatch(session);
  });
  beforeEach(() => void watch.untrue.splice(0));
  afterAll(async () => {
    await rig.close();
    await real.close();
  });

  it.each([
    ['permission → allow', '[[bash:touch a.txt]][[text:ok]]', 'allow', {}],
    ['permission → deny', '[[bash:touch b.txt]][[text:ok]]', 'deny', {}],
    ['question', '[[ask]][[text:ok]]', 'allow', { answers: { 'Which color?': 'Blue' } }],
    ['plan', '[[plan]][[text:ok]]', 'allow', {}],
  ] as const)('%s', async (name, text, behavior, more) => {
    if (name === 'plan') await execute(session, 'set-mode', { mode: 'plan' });
    await turn(async () => {
      await prompt(`${name} ${text}`);
      await answered(behavior, more);
    });
    expect(watch.statuses).toContain('waiting');
    expect(watch.untrue).toEqual([]);
  });

  it('interrupt while it asks', async () => {
    await turn(async () => {
      await prompt('ask [[bash:touch c.txt]]');
      await waitUntil('a request waits', () => pending().length > 0);
      await execute(session, 'interrupt', {});
    });
    expect(pending()).toEqual([]);
    expect(watch.untrue).toEqual([]);
  });

  it('interrupt while it streams', async () => {
    await turn(async () => {
      await prompt('held [[held:20]]');
      await waitUntil('it streams', () => watch.live.length > 0);
      await execute(session, 'interrupt', {});
    });
    expect(watch.live).toEqual([]);
    expect(watch.untrue).toEqual([]);
  });

  it.each([
    ['broken off in mid-stream, and answered', '[[fail:1]]', 0],
    ['broken off in mid-stream, and made again', '[[fail:2]]', 1],
    ['broken connection', '[[cut]]', 0],
    ['overloaded', '[[err:529:2]][[text:ok]]', 2],
  ] as const)('%s', async (name, text, retries) => {
    const before = watch.ofKind('retry').length;
    await turn(() => prompt(`${name} ${text}`));
    expect(watch.ofKind('retry').length).toBeGreaterThanOrEqual(before + retries);
    expect(watch.live).toEqual([]);
    expect(summary().wait).toBeUndefined();
    expect(watch.untrue).toEqual([]);
  });

  it('two prompts, one after the other', async () => {
    const before = turns();
    await prompt('one [[slow:5:20]]');
    await prompt('two [[slow:5:20]]');
    await waitUntil('both have run', () => turns() >= before + 2 && summary().status === 'idle');
    expect(statusOf(summary().status)).toBe('idle');
    expect(watch.untrue).toEqual([]);
  });
});
