// The queue as its owner sees it: what waits is edited, moved, sent at once, held by Stop and taken back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostedCommands } from '../../src/host/session/hostedCommands.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import type { FakeChild } from './scriptedAgent.ts';
import { execute, NO_ATTACHMENTS, SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
let session: OpenSession;
let child: FakeChild;

beforeEach(async () => {
  rig = await SessionsRig.create();
  session = await rig.start();
  const [first] = rig.agent.alive;
  if (first === undefined) throw new Error('no agent');
  child = first;
  child.works = true;
  child.emit({ kind: 'status', status: 'idle' });
});
afterEach(() => rig.close());

/** The agent is at work, with these behind it. */
async function behind(...texts: readonly string[]): Promise<readonly string[]> {
  child.emit({ kind: 'status', status: 'working' });
  const ids: string[] = [];
  for (const text of texts) {
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await execute(session, 'prompt', { text });
    const last = session.recorder.prompts.queue().at(-1);
    ids.push(last?.promptId ?? '');
  }
  return ids;
}

const waiting = (): readonly string[] => session.recorder.prompts.queue().map(({ text }) => text);

/** The turn ends; resolves when nothing is looked for any more. */
async function turnEnds(): Promise<void> {
  const before = child.prompts.length;
  child.emit({ kind: 'status', status: 'idle' });
  await waitUntil(
    'the next is handed over, or nothing waits',
    () => child.prompts.length > before || session.recorder.prompts.nextAccepted() === undefined,
  );
}

describe('[Q3] editing', () => {
  it('changes what runs, its pictures too, and says who did it if that was not its author', async () => {
    const [first = ''] = await behind('one', 'two');
    const png = { mediaType: 'image/png', base64: 'aaaa' };
    const gif = { mediaType: 'image/gif', base64: 'bbbb' };
    await execute(session, 'edit-queued', { promptId: first, text: 'better', images: [png, gif] });
    expect(session.recorder.prompts.queue()[0]).toMatchObject({ text: 'better', images: 2 });
    await execute(session, 'edit-queued', { promptId: first, text: 'best', keep: [1] });
    expect(session.recorder.prompts.find(first)).toMatchObject({ text: 'best', images: [gif] });
    session.recorder.prompts.accept({
      ...{ promptId: 'bos', text: 'of Bo', author: { member: 'bo', name: 'Bo' }, at: 1 },
      guest: true,
    });
    await execute(session, 'edit-queued', { promptId: 'bos', text: 'of Bo, better' });
    expect(session.recorder.prompts.find('bos')).toMatchObject({
      text: 'of Bo, better',
      author: { name: 'Bo' },
      edited: true,
      guest: true,
    });
    await turnEnds();
    expect(child.prompts).toEqual(['best']);
  });

  it('a guest’s prompt is judged as a guest’s, whoever edits it', async () => {
    await behind();
    session.recorder.prompts.accept({
      ...{ promptId: 'bos', text: 'of Bo', author: { member: 'bo', name: 'Bo' }, at: 1 },
      guest: true,
    });
    await expect(
      execute(session, 'edit-queued', { promptId: 'bos', text: 'see @/etc/passwd' }),
    ).rejects.toThrow(/@/);
    expect(waiting()).toEqual(['of Bo']);
  });

  it('that comes too late is refused with what to do, and changes nothing', async () => {
    const [first = ''] = await behind('one');
    await turnEnds();
    await expect(
      execute(session, 'edit-queued', { promptId: first, text: 'late' }),
    ).rejects.toThrow(/begun already.*text is kept/);
    expect(child.prompts).toEqual(['one']);
  });

  it('of one that the agent has is done once the agent has given it back', async () => {
    const [first = '', second = ''] = await behind('one', 'two');
    child.gives = new Set([first]);
    await execute(session, 'send-queued', { promptId: first });
    await execute(session, 'send-queued', { promptId: second });
    child.emit({ kind: 'prompt', promptId: first, state: 'queued' });
    child.emit({ kind: 'prompt', promptId: second, state: 'queued' });
    await execute(session, 'edit-queued', { promptId: first, text: 'one, better' });
    expect(session.recorder.prompts.queue()[0]).toMatchObject({ text: 'one, better' });
    expect(session.recorder.prompts.queue()[0]?.waits).toBeUndefined();
    await expect(execute(session, 'edit-queued', { promptId: second, text: 'no' })).rejects.toThrow(
      /begun already/,
    );
    await turnEnds();
    expect(child.prompts).toEqual(['one', 'two', 'one, better']);
    // The agent takes no id twice; everybody else knows it by its own.
    expect(child.ids[2]).not.toBe(first);
    expect(session.recorder.prompts.find(child.ids[2] ?? '')?.promptId).toBe(first);
  });
});

describe('[Q4] moving', () => {
  it('puts a prompt before another or behind all, and the next host knows the order', async () => {
    const [one = '', two = '', three = ''] = await behind('one', 'two', 'three');
    await execute(session, 'move-queued', { promptId: three, before: one });
    expect(waiting()).toEqual(['three', 'one', 'two']);
    await execute(session, 'move-queued', { promptId: one });
    expect(waiting()).toEqual(['three', 'two', 'one']);
    await execute(session, 'move-queued', { promptId: two, before: two });
    expect(waiting()).toEqual(['three', 'two', 'one']);
    const open = rig.journal.sessions.openPrompts(session.id);
    expect(open.map(({ text }) => text)).toEqual(['three', 'two', 'one']);
    await execute(session, 'prompt', { text: 'four' });
    expect(rig.journal.sessions.openPrompts(session.id).at(-1)?.text).toBe('four');
    await expect(execute(session, 'move-queued', { promptId: 'nobody' })).rejects.toThrow(
      /queued prompt/i,
    );
    await turnEnds();
    expect(child.prompts).toEqual(['three']);
  });
});

describe('[Q5] Stop', () => {
  it('holds what waits until somebody says so, over a restart of the host too', async () => {
    await behind('one', 'two');
    await execute(session, 'interrupt', {});
    await turnEnds();
    expect(child.prompts).toEqual([]);
    expect(session.recorder.status).toBe('idle');
    expect(session.recorder.summary()).toMatchObject({
      queued: 2,
      queueHold: { why: 'stop', by: { name: 'Ada' } },
    });
    expect(rig.journal.sessions.sessions()[0]?.queueHold).toMatchObject({ why: 'stop' });
    await execute(session, 'prompt', { text: 'three' });
    expect(waiting()).toEqual(['one', 'two', 'three']);
    await execute(session, 'resume-queue', {});
    await waitUntil('the first runs', () => child.prompts.length === 1);
    expect(child.prompts).toEqual(['one']);
    expect(session.recorder.summary().queueHold).toBeUndefined();
  });

  it('a prompt that is sent at once runs before what it has held, and the rest stays held', async () => {
    await behind('one', 'two');
    await execute(session, 'interrupt', {});
    await turnEnds();
    await execute(session, 'prompt', { text: 'first this', now: true });
    await waitUntil('it runs', () => child.prompts.length === 1);
    expect(child.prompts).toEqual(['first this']);
    await turnEnds();
    expect(child.prompts).toEqual(['first this']);
    expect(waiting()).toEqual(['one', 'two']);
  });

  it('holds nothing where nothing waits, and ends with the last that waits', async () => {
    const [only = ''] = await behind('one');
    await execute(session, 'interrupt', {});
    await execute(session, 'cancel-queued', { promptId: only });
    expect(session.recorder.summary().queueHold).toBeUndefined();
    await execute(session, 'interrupt', {});
    await execute(session, 'prompt', { text: 'next' });
    await turnEnds();
    expect(child.prompts).toEqual(['next']);
  });

  it('takes back first what the agent has not begun: it waits again, at its place', async () => {
    const [one = ''] = await behind('one', 'two');
    child.gives = new Set([one]);
    await execute(session, 'send-queued', { promptId: one });
    child.emit({ kind: 'prompt', promptId: one, state: 'queued' });
    await execute(session, 'interrupt', {});
    await turnEnds();
    expect(child.prompts).toEqual(['one']);
    expect(waiting()).toEqual(['one', 'two']);
  });

  it('also what is just being handed over, while its files are read', async () => {
    let read: (() => void) | undefined;
    rig.agent.readRules = async () => {
      await new Promise<void>((resolve) => (read = resolve));
      return () => false;
    };
    session.recorder.prompts.accept({
      ...{ promptId: 'bos', text: 'of Bo', author: { member: 'bo', name: 'Bo' }, at: 1 },
      guest: true,
    });
    // Bo is no member of this room, and is not looked for here.
    session.checkQueue = () => undefined;
    session.driver?.target?.sendAccepted();
    const goOn = await waitUntil('its files are read', () => read);
    await execute(session, 'interrupt', {});
    goOn();
    await execute(session, 'prompt', { text: 'now this', now: true });
    await waitUntil('that runs', () => child.prompts.length > 0);
    expect(child.prompts).toEqual(['now this']);
    expect(waiting()).toEqual(['of Bo']);
  });

  it('ends with the session: who continues it is not held', async () => {
    await behind('one');
    await execute(session, 'interrupt', {});
    await rig.sessions.end(session.id);
    const again = await rig.sessions.continue({ session: session.id });
    await execute(again, 'prompt', { text: 'next' });
    await waitUntil('it runs', () => rig.agent.alive.at(-1)?.prompts.includes('next'));
  });

  it('Clear takes back what waits: the owner’s and, by the owner, everybody’s', async () => {
    await behind('one', 'two');
    session.recorder.prompts.accept({
      ...{ promptId: 'bos', text: 'of Bo', author: { member: 'bo', name: 'Bo' }, at: 1 },
    });
    expect(await execute(session, 'clear-queue', {})).toEqual({ cancelled: 3 });
    await turnEnds();
    expect(child.prompts).toEqual([]);
  });
});

it('the whole of a prompt that waits can be read, pictures by their sizes', async () => {
  const [first = ''] = await behind('x'.repeat(5000));
  const images = [{ mediaType: 'image/png', base64: 'a'.repeat(400) }];
  await execute(session, 'edit-queued', { promptId: first, text: 'y'.repeat(5000), images });
  expect(
    await hostedCommands(() => session.targetOf('fetch'), NO_ATTACHMENTS).fetchFacts(
      { what: 'queued', promptId: first },
      { role: 'owner' },
    ),
  ).toEqual({
    text: 'y'.repeat(5000),
    version: expect.any(String),
    images: [{ mediaType: 'image/png', totalBytes: 300 }],
  });
});

describe('[Q6] after a crash', () => {
  /** A host that was killed just after it had noted that this prompt goes out; the next one reads up. */
  async function crashedWith(isClean: boolean): Promise<OpenSession> {
    session.recorder.prompts.accept({
      ...{ promptId: 'mine', text: 'was it run?', author: { member: 'm', name: 'Ada' }, at: 1 },
    });
    session.recorder.prompts.mark('mine', 'sent');
    const { id } = session;
    rig.journal.sessions.saveChild({ session: id, pid: 999_999_999, processStart: 'gone' }, 1);
    rig.agent.endedCleanly = async () => isClean;
    await rig.rooms.close(session.room.id);
    const next = rig.makeSessions();
    await next.restore();
    const again = next.get(id);
    await waitUntil(
      'it is read up',
      () => again.recorder.problem === undefined && again.recorder.status === 'idle',
    );
    return again;
  }

  it('what the whole transcript does not have waits again, held, and runs once it is let', async () => {
    const again = await crashedWith(true);
    expect(again.recorder.prompts.queue()).toMatchObject([
      { text: 'was it run?', held: true, waits: 'crash' },
    ]);
    await execute(again, 'release-queued', { promptId: 'mine' });
    await waitUntil('it runs', () => rig.agent.alive.at(-1)?.prompts.includes('was it run?'));
  });

  it('what nobody can know of is told, and is not run again by itself', async () => {
    const again = await crashedWith(false);
    expect(again.recorder.prompts.queue()).toEqual([]);
    const log = rig.journal.room(again.recorder.stored.room).readLog(0, 100);
    expect(log.map(({ text }) => text).join('\n')).toContain('It is not known whether');
  });
});
