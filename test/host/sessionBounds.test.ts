// [B6] A session with more than its state names: requests wait their turn, prompts are refused, nothing is lost.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { textBytes } from '../../src/base/jsonText.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity } from '../../src/crypto/identity.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import type { SessionState } from '../../src/protocol/state.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import type { FakeChild } from './scriptedAgent.ts';
import { execute, SessionsRig } from './sessionsRig.ts';

/** Dozens of commands one after the other, on a computer that is busy. */
const PATIENCE_MS = 20_000;

let rig: SessionsRig;
const views: Attachment[] = [];
beforeAll(async () => {
  rig = await SessionsRig.create();
});
afterAll(() => rig.close());
afterEach(async () => {
  rig.agent.release();
  await Promise.all(views.splice(0).map((view) => view.close()));
});

async function joined(session: OpenSession): Promise<Attachment> {
  const view = await Attachment.join({
    link: session.row().link ?? '',
    identity: await createIdentity(),
    name: 'Ada',
    device: 'd',
    clock: systemClock,
    log: silentLogger,
  });
  views.push(view);
  await waitUntil('Ada is admitted', () => view.me);
  return view;
}

function stateWhen(
  what: string,
  view: Attachment,
  check: (state: SessionState) => boolean,
): Promise<SessionState> {
  const looked = (): SessionState | undefined => {
    const { state } = view;
    return state?.kind === 'session' && check(state) ? state : undefined;
  };
  return waitUntil(what, looked, PATIENCE_MS);
}

/** Its agent; the newest, if it was started again. */
function agentOf(session: OpenSession): FakeChild {
  const conversation = session.recorder.stored.agentSessionId;
  const child = rig.agent.children.findLast((one) => one.conversation === conversation);
  if (child === undefined) throw new Error('no agent');
  return child;
}

function ask(child: FakeChild, n: number): void {
  child.emit({
    kind: 'entry',
    entry: {
      kind: 'request',
      id: `entry-${n}`,
      at: n,
      requestId: `request-${n}`,
      request: 'permission',
      tool: 'Bash',
      input: { command: `echo ${n}` },
      inputHash: `hash-${n}`,
    },
  });
}

test('[B6] the 65th request waits on the host, is counted, and comes in when another was answered', async () => {
  const session = await rig.start();
  const child = agentOf(session);
  let answers = 0;
  child.answer = async () => {
    answers += 1;
    return true;
  };
  const ada = await joined(session);
  for (let n = 0; n < 66; n += 1) ask(child, n);
  const full = await stateWhen('all are there', ada, ({ pendingMore }) => pendingMore === 2);
  expect(full.pending.map(({ requestId }) => requestId)).toEqual(
    Array.from({ length: 64 }, (_, n) => `request-${n}`),
  );
  expect(session.row().pending).toBe(66);
  const answer = (n: number) =>
    ada.request('answer', {
      requestId: `request-${n}`,
      inputHash: `hash-${n}`,
      behavior: 'allow',
      unseen: true,
    });
  await answer(5);
  const next = await stateWhen('the next is named', ada, ({ pendingMore }) => pendingMore === 1);
  expect(next.pending.at(-1)?.requestId).toBe('request-64');
  // One that is not named yet can be answered by whoever finds it in the log.
  await answer(65);
  const rest = await stateWhen(
    'none is left over',
    ada,
    (state) => state.pendingMore === undefined,
  );
  expect(rest.pending).toHaveLength(64);
  expect(answers).toBe(2);
});

test('[B6] 32 prompts wait; the next is refused with its reason, and taken once there is room', async () => {
  const session = await rig.start();
  agentOf(session).exit(true);
  rig.agent.hold();
  const ada = await joined(session);
  const sent = Array.from({ length: 33 }, (_, n) =>
    ada.send('prompt', { text: `${n} ${'文'.repeat(200)}` }),
  );
  const last = sent.at(-1)?.id ?? '';
  const itemOf = (id: string) => ada.outbox.find((item) => item.id === id);
  await waitUntil('the last is answered', () => itemOf(last)?.status === 'rejected', PATIENCE_MS);
  expect(itemOf(last)).toMatchObject({ code: 'too-many', args: { text: /^32 / } });
  expect(itemOf(last)?.message).toMatch(/32 prompts wait already.*kept in the composer.*again/);
  const full = await stateWhen('the others wait', ada, ({ queue }) => queue.length === 32);
  expect(full.queueMore).toBeUndefined();
  for (const { text } of full.queue) {
    expect(textBytes(text)).toBeLessThanOrEqual(200);
    expect(text.endsWith('文…')).toBe(true);
  }
  await ada.request('cancel-queued', { promptId: sent[3]?.id ?? '' });
  await ada.request('prompt', { text: 'again' });
  rig.agent.release();
  await waitUntil('all run', () => agentOf(session).prompts.length === 32, PATIENCE_MS);
  const ran = agentOf(session).prompts.map((text) => text.split(' ')[0]);
  expect(ran).toEqual(
    [0, 1, 2, ...Array.from({ length: 28 }, (_, n) => n + 4), 'again'].map(String),
  );
});

test('[B2] a title of any length is cut to its bound where it is given', async () => {
  const session = await rig.start();
  await execute(session, 'rename', { title: '文'.repeat(300) });
  expect(session.recorder.stored.title).toBe(`${'文'.repeat(65)}…`);
  const started = await rig.sessions.start({ cwd: rig.folder, title: 't'.repeat(500) });
  expect(started.recorder.stored.title).toBe(`${'t'.repeat(197)}…`);
});
