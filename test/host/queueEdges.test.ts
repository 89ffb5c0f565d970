// The queue where two things meet: two who edit, Stop and a prompt on its way, somebody else’s Cancel, a service that refuses.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostedCommands } from '../../src/host/session/hostedCommands.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import { newId } from '../../src/base/ids.ts';
import { jsonField } from '../../src/claude/wire/jsonField.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import type { FakeChild } from './scriptedAgent.ts';
import { execute, NO_ATTACHMENTS, SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
let session: OpenSession;
let child: FakeChild;

beforeAll(async () => {
  rig = await SessionsRig.create();
});
beforeEach(async () => {
  session = await rig.start();
  const last = rig.agent.alive.at(-1);
  if (last === undefined) throw new Error('no agent');
  child = last;
  child.works = true;
  child.emit({ kind: 'status', status: 'working' });
});
afterAll(() => rig.close());

const prompts = () => session.recorder.prompts;
const waiting = (): readonly string[] =>
  prompts()
    .queue()
    .map(({ text }) => text);

/** A prompt of the owner, behind the turn that runs. */
async function behind(text: string): Promise<string> {
  await execute(session, 'prompt', { text });
  return prompts().queue().at(-1)?.promptId ?? '';
}

/** A prompt of a guest. */
function ofBo(promptId: string, text: string): string {
  const author = { member: 'bo', name: 'Bo' };
  prompts().accept({ ...{ promptId, text, author, at: 1 }, guest: true });
  // Bo is no member of this room, and is not looked for here.
  session.checkQueue = () => undefined;
  return promptId;
}

const read = async (promptId: string): Promise<string> => {
  const { fetchFacts } = hostedCommands(() => session.targetOf('fetch'), NO_ATTACHMENTS);
  const version = jsonField(
    await fetchFacts({ what: 'queued', promptId }, { role: 'owner' }),
    'version',
  );
  return typeof version === 'string' ? version : '';
};

const notices = (): readonly string[] => {
  const log = rig.journal.room(session.recorder.stored.room).readLog(0, 100);
  return log.map(({ text }) => text).filter((text) => text.includes('"prompts-cancelled"'));
};

describe('[Q8] two who edit one prompt', () => {
  const png = { mediaType: 'image/png', base64: 'aaaa' };
  const gif = { mediaType: 'image/gif', base64: 'bbbb' };

  it('the second is refused, with what to do: what the first wrote stands', async () => {
    const promptId = await behind('one');
    const version = await read(promptId);
    await execute(session, 'edit-queued', { promptId, text: 'of Ada', version });
    await expect(
      execute(session, 'edit-queued', { promptId, text: 'of Bo', version }),
    ).rejects.toThrow(/changed.*text is kept/);
    expect(waiting()).toEqual(['of Ada']);
    const newer = await read(promptId);
    await execute(session, 'edit-queued', { promptId, text: 'of Bo', version: newer });
    expect(waiting()).toEqual(['of Bo']);
  });

  it('nobody keeps another picture than the one that was read', async () => {
    const promptId = await behind('one');
    await execute(session, 'edit-queued', { promptId, text: 'one', images: [png, gif] });
    const version = await read(promptId);
    await execute(session, 'edit-queued', { promptId, text: 'one', keep: [1], version });
    await expect(
      execute(session, 'edit-queued', { promptId, text: 'one', keep: [0], version }),
    ).rejects.toThrow(/changed/);
    expect(prompts().find(promptId)?.images).toEqual([gif]);
  });

  it('who names no version, as older windows, edits as before', async () => {
    const promptId = await behind('one');
    await execute(session, 'edit-queued', { promptId, text: 'two' });
    await execute(session, 'edit-queued', { promptId, text: 'three' });
    expect(waiting()).toEqual(['three']);
  });
});

describe('[Q3] a prompt', () => {
  it('does not grow by edits beyond what goes with one prompt', async () => {
    const promptId = await behind('one');
    const half = { mediaType: 'image/png', base64: 'a'.repeat(LIMITS.attachedBytes) };
    await execute(session, 'edit-queued', { promptId, text: 'one', images: [half] });
    await expect(
      execute(session, 'edit-queued', { promptId, text: 'one', images: [half] }),
    ).rejects.toThrow(/too large/);
    expect(prompts().find(promptId)?.images).toHaveLength(1);
  });

  it('that somebody else takes back is said to everybody, with its text; one’s own is not', async () => {
    const own = await behind('mine');
    await execute(session, 'cancel-queued', { promptId: own });
    expect(notices()).toEqual([]);
    await execute(session, 'cancel-queued', { promptId: ofBo('b1', 'tidy up the tests') });
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toMatch(/Bo.*tidy up the tests/);
    expect(notices()[0]).toContain('"name":"Ada"');
  });

  it('Clear of an owner says it once for all that were others’', async () => {
    await behind('mine');
    ofBo('b1', 'tidy up the tests');
    ofBo('b2', 'and the docs');
    await execute(session, 'clear-queue', {});
    expect(waiting()).toEqual([]);
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toMatch(/2 .*Bo/);
  });
});

describe('[Q5] Stop', () => {
  it('takes back what has just been sent into the turn, before the agent has said that it has it', async () => {
    const promptId = await behind('one');
    child.gives = new Set([promptId]);
    await execute(session, 'send-queued', { promptId });
    expect(prompts().find(promptId)?.state).toBe('sent');
    await execute(session, 'interrupt', {});
    expect(waiting()).toEqual(['one']);
    expect(session.recorder.summary().queueHold).toMatchObject({ why: 'stop' });
    child.emit({ kind: 'status', status: 'idle' });
    await execute(session, 'resume-queue', {});
    await waitUntil('it runs', () => child.prompts.length === 2);
    expect(child.prompts).toEqual(['one', 'one']);
  });

  it('who lets one run that only waits behind the hold is told what to do instead', async () => {
    const promptId = await behind('one');
    await execute(session, 'interrupt', {});
    await expect(execute(session, 'release-queued', { promptId })).rejects.toThrow(
      /not held by itself.*Let the queue go on/,
    );
    await expect(execute(session, 'release-queued', { promptId: 'nobody' })).rejects.toThrow(
      /not there any more/,
    );
  });

  it('holds nothing if what was sent has begun', async () => {
    const promptId = await behind('one');
    await execute(session, 'send-queued', { promptId });
    await execute(session, 'interrupt', {});
    expect(waiting()).toEqual([]);
    expect(session.recorder.summary().queueHold).toBeUndefined();
  });
});

describe('[Q7] a turn that the service refused', () => {
  const overloaded = { kind: 'refused', cause: 'overloaded' } as const;
  const held = () => session.recorder.summary().queueHold;
  const turnEnds = (outcome: 'completed' | 'failed'): void => {
    const id = `turn:${newId()}`;
    child.emit({ kind: 'entry', entry: { kind: 'turn', id, at: 1, outcome } });
    child.emit({ kind: 'status', status: 'idle' });
  };

  it('holds what waits, says why, and lets it go on as soon as somebody says so', async () => {
    await behind('one');
    child.emit(overloaded);
    turnEnds('failed');
    await waitUntil('it is idle', () => session.recorder.status === 'idle');
    expect(child.prompts).toEqual([]);
    expect(held()).toMatchObject({ why: 'failed', cause: 'overloaded' });
    expect(held()?.by).toBeUndefined();
    // The next host knows it.
    const stored = rig.journal.sessions.sessions().find(({ id }) => id === session.id);
    expect(stored?.queueHold).toMatchObject({ why: 'failed', cause: 'overloaded' });
    await execute(session, 'resume-queue', {});
    await waitUntil('it runs', () => child.prompts.includes('one'));
    expect(held()).toBeUndefined();
  });

  it('lets it go on by itself when a turn ends well, not when one more fails', async () => {
    await behind('one');
    child.emit(overloaded);
    turnEnds('failed');
    await execute(session, 'prompt', { text: 'try again', now: true });
    await waitUntil('that runs', () => child.prompts.length === 1);
    child.emit({ kind: 'refused', cause: undefined });
    turnEnds('failed');
    expect(held()?.cause).toBeUndefined();
    await execute(session, 'prompt', { text: 'and again', now: true });
    await waitUntil('that runs', () => child.prompts.length === 2);
    turnEnds('completed');
    await waitUntil('the rest too', () => child.prompts.length === 3);
    expect(child.prompts).toEqual(['try again', 'and again', 'one']);
    expect(held()).toBeUndefined();
  });

  it('leaves to Stop what Stop holds: a turn that ends well does not let it go', async () => {
    await behind('one');
    await execute(session, 'interrupt', {});
    child.emit(overloaded);
    turnEnds('failed');
    expect(held()?.why).toBe('stop');
    await execute(session, 'prompt', { text: 'first this', now: true });
    await waitUntil('that runs', () => child.prompts.length === 1);
    turnEnds('completed');
    await waitUntil('it is idle', () => session.recorder.status === 'idle');
    expect(child.prompts).toEqual(['first this']);
    expect(held()?.why).toBe('stop');
  });

  it('holds nothing where nothing waits, nor where it waits for a time that is known [W3]', async () => {
    child.emit(overloaded);
    expect(held()).toBeUndefined();
    await behind('one');
    const until = Date.now() + 60_000;
    child.emit({ kind: 'wait', wait: { why: 'usage-limit', since: 1, until } });
    child.emit({ kind: 'refused', cause: 'usage-limit' });
    turnEnds('failed');
    expect(held()).toBeUndefined();
    child.emit({ kind: 'wait', wait: undefined });
    child.emit({ kind: 'status', status: 'idle' });
    await waitUntil('it goes by itself', () => child.prompts.includes('one'));
  });
});
