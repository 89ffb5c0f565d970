// [R13] Nobody allows what was not seen whole: the host compares what only the whole input gives.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seenOf } from '../../src/client/prompts/seen.ts';
import { textHash } from '../../src/crypto/keys.ts';
import type { AgentAnswer } from '../../src/protocol/agent.ts';
import { canonicalJson } from '../../src/protocol/json.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { joined, SessionsRig } from './sessionsRig.ts';

const COMMAND = `echo begin; ${'x'.repeat(37_000)}; rm -rf the-end`;
const UNSEEN = /must be on your screen|not seen all of it/;
let rig: SessionsRig;
let ada: Attachment;
let bob: Attachment;
const answers: AgentAnswer[] = [];

beforeEach(async () => {
  rig = await SessionsRig.create();
  const session = await rig.start();
  answers.length = 0;
  const [child] = rig.agent.alive;
  if (child === undefined) throw new Error('no agent');
  child.answer = async (_requestId, answer) => answers.push(answer) > 0;
  const asked = { kind: 'request', request: 'permission', tool: 'Bash', at: 1 } as const;
  for (const [requestId, input] of [
    ['short', { command: 'ls' }],
    ['long', { command: COMMAND }],
  ] as const) {
    const entry = { ...asked, id: requestId, requestId, input, inputHash: 'h' };
    child.emit({ kind: 'entry', entry });
  }
  const plan = { ...asked, request: 'plan', tool: 'ExitPlanMode', id: 'plan' } as const;
  const long = `# Plan\n${'step\n'.repeat(9000)}last step`;
  child.emit({
    kind: 'entry',
    entry: { ...plan, requestId: 'plan', input: {}, inputHash: 'h', plan: long },
  });
  const { link } = await session.room.createInvite({
    ...{ role: 'controller', scopes: ['approve'], allowControl: true, lifetimeMs: 60_000 },
    relay: rig.relay.address.url,
  });
  ada = await joined(session.row().link ?? '', 'Ada');
  bob = await joined(link, 'Bob');
  await waitUntil('all three are asked', () => bob.entries.length >= 3 && ada.entries.length >= 3);
});
afterEach(async () => {
  await Promise.all([ada.close(), bob.close()]);
  await rig.close();
});

function request(view: Attachment, id: string): EntryOf<'request'> {
  const found = view.entries.find(({ entry }) => entry.id === id)?.entry;
  if (found?.kind !== 'request') throw new Error('no request');
  return found;
}

const allow = (view: Attachment, requestId: string, more: { seen?: string; unseen?: boolean }) =>
  view.request('answer', { requestId, inputHash: 'h', behavior: 'allow', ...more });

async function wholeOf(view: Attachment, id: string): Promise<string> {
  return new TextDecoder().decode(await view.fetchBlob(request(view, id).inputCut?.blob ?? 'none'));
}

it('[R13] a long command shows head and tail, and is allowed only by who has fetched the rest', async () => {
  const cut = request(bob, 'long');
  const shown = JSON.stringify(cut.input);
  expect(shown.length).toBeGreaterThan(20_000);
  expect(shown).toContain('echo begin');
  expect(shown).toContain('rm -rf the-end');
  expect(await seenOf(cut)).toBeUndefined();
  const ofCut = await textHash(`long${canonicalJson(cut.input)}`);
  for (const more of [{}, { seen: ofCut }, { seen: 'h' }, { unseen: true }]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect(allow(bob, 'long', more)).rejects.toThrow(UNSEEN);
  }
  expect(answers).toEqual([]);
  const whole = await wholeOf(bob, 'long');
  expect(JSON.parse(whole)).toEqual({ command: COMMAND });
  await allow(bob, 'long', { seen: (await seenOf(cut, whole)) ?? '' });
  expect(answers).toEqual([{ behavior: 'allow' }]);
});

it('[R13] what one request gives is good for no other', async () => {
  const seen = (await seenOf(request(bob, 'short'))) ?? '';
  await expect(allow(bob, 'plan', { seen })).rejects.toThrow(UNSEEN);
  await allow(bob, 'short', { seen });
  expect(answers).toEqual([{ behavior: 'allow' }]);
});

it('[R13] an owner is asked once more, and may', async () => {
  const refusal = allow(ada, 'long', {});
  await expect(refusal).rejects.toThrow(UNSEEN);
  await expect(refusal).rejects.toThrow(/still waits/);
  await allow(ada, 'long', { unseen: true });
  expect(answers).toEqual([{ behavior: 'allow' }]);
});

it('[R13] a plan is whole with its text, though that is no part of the input', async () => {
  const whole = await wholeOf(bob, 'plan');
  expect(whole).toContain('last step');
  await allow(bob, 'plan', { seen: (await seenOf(request(bob, 'plan'), whole)) ?? '' });
  // [R17] Guests may control: it goes on asking, whatever was before the plan.
  expect(answers).toEqual([{ behavior: 'allow', mode: 'default' }]);
});

it('to deny needs nothing', async () => {
  await bob.request('answer', { requestId: 'long', inputHash: 'h', behavior: 'deny' });
  expect(answers).toMatchObject([{ behavior: 'deny' }]);
});
