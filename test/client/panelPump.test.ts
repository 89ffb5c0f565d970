// What travels between a room and its panel, and what becomes of prompts.
import { say as words } from '../../src/base/say.ts';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { AppError } from '../../src/base/errors.ts';
import { Drafts } from '../../src/client/prompts/drafts.ts';
import { PanelPump } from '../../src/client/panel/panelPump.ts';
import { returnRefusedPrompts } from '../../src/client/prompts/refusedPrompts.ts';
import type { SessionRef } from '../../src/client/rooms/sessionRef.ts';
import { untranslated } from '../../src/client/translate.ts';
import type { FromPanel } from '../../src/protocol/local/fromPanel.ts';
import { type Picture, type ToPanel, toPanelSchema } from '../../src/protocol/local/panel.ts';
import type { Problem } from '../../src/protocol/state.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { entries, MemoryStorage, FakeView, poolOf, sessionState } from './samples.ts';

const ref: SessionRef = { kind: 'own', session: 's' };
const otherRef: SessionRef = { kind: 'joined', room: 'other' };

interface SetUp {
  readonly problem?: Problem;
  readonly drafts?: Drafts;
  readonly ref?: SessionRef;
}

async function setUp(view = new FakeView(), options: SetUp = {}) {
  const clock = createFakeClock();
  const pool = poolOf(view, { clock });
  const {
    problem,
    drafts = new Drafts({ storage: new MemoryStorage(), now: () => clock.now() }),
    ref: shown = ref,
  } = options;
  returnRefusedPrompts({ pool, drafts, t: untranslated });
  const lease = pool.acquire(shown);
  await waitUntil('joined', () => lease.room.view);
  const posted: ToPanel[] = [];
  const pictures: Picture[] = [];
  const reported: AppError[] = [];
  const opened: string[] = [];
  const pump = new PanelPump({
    room: lease.room,
    post: (picture) => {
      pictures.push(picture);
      posted.push(...picture.map((message) => toPanelSchema.parse(message)));
    },
    drafts,
    actions: {
      openEntry: (entry) => opened.push(entry.entry.id),
      openLink: (url) => opened.push(url),
      openFile: () => Promise.resolve(false),
      saveText: () => Promise.resolve(false),
      copy: () => undefined,
      runCommand: (name) => opened.push(name),
      report: (error) => reported.push(error),
    },
    absence: () => ({ kind: 'connecting' }),
    problem: () => problem,
    strings: { Send: 'Senden' },
    locale: 'de',
    clock,
    log: silentLogger,
    t: untranslated,
  });
  const say = (message: FromPanel): void => pump.receive(message);
  const types = (): readonly string[] => posted.map(({ type }) => type);
  const settled = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve));
  const forget = (): void => {
    posted.length = 0;
    pictures.length = 0;
  };
  return {
    view,
    room: lease.room,
    clock,
    drafts,
    pump,
    posted,
    pictures,
    forget,
    reported,
    opened,
    say,
    types,
    settled,
  };
}

describe('from the room to the page', () => {
  test('nothing is posted before the page is ready; then it gets everything as one picture', async () => {
    const { view, posted, pictures, say, types, settled } = await setUp();
    view.entries = entries(0, 3);
    view.change('entries', 'state');
    await settled();
    expect(posted).toEqual([]);
    say({ type: 'ready' });
    expect(types()).toEqual(['init', 'entries', 'live', 'outbox', 'header']);
    expect(posted[0]).toMatchObject({ strings: { Send: 'Senden' }, locale: 'de', draft: '' });
    expect(pictures).toHaveLength(1);
  });

  test('changes of one moment are one picture, growth as growth', async () => {
    const { view, pictures, forget, say, types, settled } = await setUp();
    view.entries = entries(0, 3);
    say({ type: 'ready' });
    forget();
    view.entries = entries(0, 4);
    view.change('entries');
    view.change('state');
    view.change('truth');
    await settled();
    expect(types()).toEqual(['append', 'header']);
    expect(pictures).toHaveLength(1);
  });

  test('an entry that older ones overtake takes its streamed text along', async () => {
    const view = new FakeView();
    const { posted, pictures, forget, say, types, settled } = await setUp(view);
    view.live = [{ messageId: 'm', block: 0, type: 'text', text: 'hello' }];
    say({ type: 'ready' });
    forget();
    view.fetchOlder = () => {
      view.entries = entries(0, 1);
      view.live = [];
      // In the very moment in which the wait for older ones ends.
      queueMicrotask(() => view.change('entries', 'live'));
      return Promise.resolve(false);
    };
    say({ type: 'fetch-older' });
    await waitUntil('told', () => types().includes('prepend'));
    await settled();
    expect(posted).toContainEqual({ type: 'live', blocks: [] });
    const ends = pictures.find((picture) => picture.some(({ type }) => type === 'live'));
    expect(ends?.map(({ type }) => type)).toEqual(['entries', 'live', 'prepend']);
  });

  test('a page that was hidden gets everything again', async () => {
    const { view, pump, posted, say, types, settled } = await setUp();
    say({ type: 'ready' });
    pump.hidden();
    posted.length = 0;
    view.entries = entries(0, 2);
    view.change('entries');
    await settled();
    expect(posted).toEqual([]);
    say({ type: 'ready' });
    expect(types()).toContain('entries');
  });

  test('a room that is joined anew keeps what the page shows of it', async () => {
    const { view, room, pictures, forget, say, settled } = await setUp();
    view.entries = entries(0, 3);
    say({ type: 'ready' });
    forget();
    await room.rejoin();
    await settled();
    expect(pictures.flat().some(({ type }) => type === 'header')).toBe(true);
    expect(pictures.flat().filter(({ type }) => type === 'entries')).toEqual([]);
  });

  test('a host that does not run is told instead of the connection it took with it', async () => {
    const view = new FakeView();
    view.truth = { kind: 'relay-offline', since: 0, lastBeatAt: 0, reason: 'no connection' };
    const problem = { code: 'host-stopped', happened: 'It does not run.' };
    const { posted, say } = await setUp(view, { problem });
    say({ type: 'ready' });
    const header = { truth: { kind: 'host-offline', ageMs: 0 }, problem };
    expect(posted.at(-1)).toMatchObject({ type: 'header', header });
  });

  test('pings are answered, so that the page knows that somebody listens', async () => {
    const { posted, say } = await setUp();
    say({ type: 'ready' });
    say({ type: 'ping', n: 7 });
    expect(posted.at(-1)).toEqual({ type: 'pong', n: 7 });
  });
});

describe('prompts', () => {
  test('a prompt is sent, and its draft is gone', async () => {
    const { view, drafts, say, posted } = await setUp();
    say({ type: 'ready' });
    say({ type: 'draft', text: 'hello' });
    expect(drafts.get(ref)).toBe('hello');
    say({ type: 'prompt', text: 'hello' });
    expect(view.sent).toEqual([{ kind: 'prompt', args: { text: 'hello' } }]);
    expect(drafts.get(ref)).toBe('');
    expect(posted.some(({ type }) => type === 'restore-draft')).toBe(false);
  });

  test('a refused prompt goes back into the composer with its reason, and out of the outbox, in one picture', async () => {
    const { view, drafts, say, pictures, forget, settled } = await setUp();
    say({ type: 'ready' });
    say({ type: 'prompt', text: 'too late' });
    say({ type: 'draft', text: 'next' });
    await settled();
    forget();
    view.settle({ status: 'rejected', code: 'superseded', message: 'Ada has control.' });
    await settled();
    const restore = { type: 'restore-draft', text: 'too late', reason: 'Ada has control.' };
    expect(pictures).toEqual([[restore, { type: 'outbox', items: [] }]]);
    expect(drafts.get(ref)).toBe('too late\n\nnext');
    expect(view.outbox).toEqual([]);
  });

  test('a prompt that a hook refused goes back into its author’s composer, once', async () => {
    const { view, drafts, say, pictures, forget, settled } = await setUp();
    say({ type: 'ready' });
    say({ type: 'prompt', text: 'refused' });
    view.settle({ status: 'done' });
    await settled();
    forget();
    const notice = {
      kind: 'notice',
      level: 'warning',
      code: 'prompt-blocked',
      id: 'n',
      at: 0,
    } as const;
    const entry = { ...notice, text: 'A hook refused this prompt.', promptId: 'command1' };
    view.entries = [...view.entries, { index: (view.entries.at(-1)?.index ?? -1) + 1, entry }];
    view.change('entries');
    view.change('entries');
    await settled();
    expect(pictures.flat().filter(({ type }) => type === 'restore-draft')).toEqual([
      { type: 'restore-draft', text: 'refused', reason: 'A hook refused this prompt.' },
    ]);
    expect(drafts.get(ref)).toBe('refused');
  });

  test('typing that ends while the page is hidden does not say that somebody looks', async () => {
    const { view, clock, pump, say } = await setUp();
    say({ type: 'ready' });
    say({ type: 'typing' });
    expect(view.presences).toEqual([{ looksAt: 'session', typing: true }]);
    pump.hidden();
    clock.advance(10_000);
    expect(view.presences).toHaveLength(1);
  });

  test('a picture comes as a data: URL, a long text as text', async () => {
    const { posted, say, settled } = await setUp();
    say({ type: 'ready' });
    say({ type: 'fetch-blob', blob: 'b', mediaType: 'image/png' });
    say({ type: 'fetch-blob', blob: 'c' });
    await settled();
    expect(posted).toContainEqual({
      type: 'blob',
      blob: 'b',
      text: `data:image/png;base64,${btoa('the whole text').replaceAll('=', '')}`,
    });
    expect(posted).toContainEqual({ type: 'blob', blob: 'c', text: 'the whole text' });
  });

  test('a prompt refused while the page is hidden waits in the draft', async () => {
    const { view, say, pump, posted } = await setUp();
    say({ type: 'ready' });
    say({ type: 'prompt', text: 'unseen' });
    pump.hidden();
    view.settle({ status: 'rejected', message: 'No.' });
    posted.length = 0;
    say({ type: 'ready' });
    expect(posted[0]).toMatchObject({ type: 'init', draft: 'unseen' });
  });

  test('a prompt that came back when the page went is in its draft, once', async () => {
    const { drafts, say, pump, types, settled } = await setUp();
    say({ type: 'ready' });
    drafts.putBack(ref, 'unseen', 'No.');
    pump.hidden();
    await settled();
    say({ type: 'ready' });
    pump.refreshHeader();
    await settled();
    expect(types()).not.toContain('restore-draft');
  });

  test('a prompt whose outcome is unknown is shown, and never put back to be sent again', async () => {
    const { view, say, posted, drafts, settled } = await setUp();
    say({ type: 'ready' });
    say({ type: 'prompt', text: 'perhaps' });
    view.settle({ status: 'unknown', message: 'The computer crashed.' });
    await settled();
    expect(drafts.get(ref)).toBe('');
    expect(posted.findLast(({ type }) => type === 'outbox')).toMatchObject({
      items: [{ text: 'perhaps', status: 'unknown', message: 'The computer crashed.' }],
    });
  });

  test('a prompt that is too large comes back without being sent', async () => {
    const view = new FakeView();
    view.send = () => {
      throw new AppError('too-large', { happened: words`Too long.` });
    };
    const { say, posted, drafts, settled } = await setUp(view);
    say({ type: 'ready' });
    say({ type: 'prompt', text: 'long' });
    await settled();
    expect(posted.at(-1)).toEqual({ type: 'restore-draft', text: 'long', reason: 'Too long.' });
    expect(drafts.get(ref)).toBe('long');
  });
});

describe('several panels', () => {
  test('a refused prompt comes back into the composer of its own session only', async () => {
    const one = await setUp();
    const other = await setUp(new FakeView(), { drafts: one.drafts, ref: otherRef });
    for (const { say, settled, forget } of [one, other]) {
      say({ type: 'ready' });
      await settled();
      forget();
    }
    one.say({ type: 'prompt', text: 'of the first' });
    one.view.settle({ status: 'rejected', message: 'No.' });
    await one.settled();
    expect(one.types()).toContain('restore-draft');
    expect(other.posted).toEqual([]);
    expect(one.drafts.get(otherRef)).toBe('');
  });
});

describe('other wishes of the page', () => {
  test('an answer carries the hash of what was shown and nothing undefined', async () => {
    const { view, say } = await setUp();
    say({ type: 'answer', requestId: 'r', inputHash: 'h', behavior: 'allow' });
    expect(view.sent).toEqual([
      { kind: 'answer', args: { requestId: 'r', inputHash: 'h', behavior: 'allow' } },
    ]);
    expect(Object.keys(Object(view.sent[0]?.args))).toHaveLength(3);
  });

  test('typing moves control from another window of mine, once', async () => {
    const view = new FakeView();
    view.state = sessionState({
      focus: { fence: 1, holder: { member: 'ada', window: 'other', since: 0 }, queue: [] },
    });
    const { say, clock } = await setUp(view);
    say({ type: 'typing' });
    say({ type: 'typing' });
    expect(view.sent).toEqual([{ kind: 'focus-request', args: {} }]);
    clock.advance(3_000);
    expect(view.presences.at(-1)).toEqual({ looksAt: 'session', typing: false });
  });

  test('older entries are fetched, told, and the waiting ends', async () => {
    const view = new FakeView();
    view.entries = entries(20, 25);
    const { say, posted, forget } = await setUp(view);
    say({ type: 'ready' });
    forget();
    say({ type: 'fetch-older' });
    await waitUntil('told', () => posted.at(-1)?.type === 'prepend' && posted.length >= 2);
    expect(posted.at(-1)).toEqual({ type: 'prepend', entries: [], hasOlder: true });
    expect(posted[0]).toMatchObject({ type: 'prepend', hasOlder: true });
  });

  test('at the very first entry there is nothing older to ask for', async () => {
    const view = new FakeView();
    view.entries = entries(5, 8);
    const { say, posted, forget } = await setUp(view);
    say({ type: 'ready' });
    forget();
    say({ type: 'fetch-older' });
    await waitUntil('told', () => posted.filter(({ type }) => type === 'prepend').length === 2);
    expect(view.entries[0]?.index).toBe(0);
    expect(posted.at(-1)).toEqual({ type: 'prepend', entries: [], hasOlder: false });
  });

  test('what is not a message of ours is dropped', async () => {
    const { view, pump, posted } = await setUp();
    pump.receive({ type: 'eval', code: '1' });
    pump.receive('ready');
    pump.receive(undefined);
    pump.receive({ type: 'prompt' });
    expect(view.sent).toEqual([]);
    expect(posted).toEqual([]);
  });
});
