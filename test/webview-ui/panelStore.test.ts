// The store: messages in, state out; connection, announcements, unknown things.
import { effect } from '@preact/signals';
import { afterEach, describe, expect, it } from 'vitest';
import type { PanelEntry } from '../../src/protocol/local/panel.ts';
import { ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { manyEntries } from '../../webview-ui/gallery/manyEntries.ts';
import { PanelStore } from '../../webview-ui/model/panelStore.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { createFakePort } from './fakePort.ts';

const open: PanelStore[] = [];

function setUp() {
  const clock = createFakeClock();
  const fake = createFakePort();
  const store = new PanelStore({ port: fake.port, clock, schedule: (callback) => callback() });
  open.push(store);
  const posts = (type: string): unknown[] => fake.posted.filter((m) => m.type === type);
  return { clock, fake, store, posts };
}

afterEach(() => {
  for (const store of open.splice(0)) store.dispose();
});

const text = (index: number, words: string): PanelEntry => ({
  index,
  entry: { kind: 'text', id: `t${index}`, at: 0, messageId: 'm', text: words },
});

const said = (store: PanelStore): string[] => store.announcements.value.map(({ text }) => text);

describe('panel store', () => {
  it('says ready at once, and again until somebody answers', () => {
    const { clock, fake, posts } = setUp();
    expect(fake.posted[0]).toEqual({ type: 'ready' });
    clock.advance(3000);
    expect(posts('ready')).toHaveLength(2);
    fake.send({ type: 'init', strings: {}, locale: 'en', draft: '' });
    clock.advance(9000);
    expect(posts('ready')).toHaveLength(2);
  });

  it('calls itself disconnected after three seconds without an answer, and recovers', () => {
    const { clock, fake, store, posts } = setUp();
    fake.send({ type: 'init', strings: {}, locale: 'en', draft: '' });
    clock.advance(1000);
    fake.send({ type: 'pong', n: 1 });
    clock.advance(2000);
    expect(store.connection.isConnected.value).toBe(true);
    clock.advance(2000);
    expect(store.connection.isConnected.value).toBe(false);
    const before = posts('ready').length;
    fake.send({ type: 'pong', n: 5 });
    expect(store.connection.isConnected.value).toBe(true);
    expect(posts('ready')).toHaveLength(before + 1);
  });

  it('translates by the English text and fills the places', () => {
    const { fake, store } = setUp();
    const strings = { '{0} has control': '{0} hat die Kontrolle' };
    fake.send({ type: 'init', strings, locale: 'de', draft: '' });
    expect(store.t('{0} has control', 'Ada')).toBe('Ada hat die Kontrolle');
    expect(store.t('You have control')).toBe('You have control');
  });

  it('announces a finished reply once, and nothing of the history', () => {
    const { fake, store } = setUp();
    fake.send({ type: 'entries', entries: manyEntries(30), hasOlder: false });
    expect(said(store)).toEqual([]);
    fake.send({ type: 'append', entries: [text(30, 'All **done**.')] });
    expect(said(store)).toEqual(['All done.']);
    fake.send({ type: 'prepend', entries: [], hasOlder: false });
    expect(said(store)).toHaveLength(1);
  });

  it('announces all of what comes at the same time', () => {
    const { fake, store } = setUp();
    fake.send({ type: 'header', header: ownerHeader });
    const pending = { requestId: 'r', index: 1, request: 'permission' as const, tool: 'Bash' };
    const failed = { kind: 'turn' as const, id: 'f', at: 0, outcome: 'failed' as const };
    fake.send({ type: 'append', entries: [text(0, 'I run the tests.')] });
    fake.send({ type: 'header', header: { ...ownerHeader, pending: [{ ...pending, since: 0 }] } });
    fake.send({
      type: 'append',
      entries: [{ index: 1, entry: { ...failed, error: 'No credit.' } }],
    });
    expect(said(store)).toEqual([
      'I run the tests.',
      'Permission requested: Bash',
      'The turn failed No credit.',
    ]);
  });

  it('announces who asks for control, once', () => {
    const { fake, store } = setUp();
    const request = { member: 'bo', window: 'w', name: 'Bo' };
    const asking = { ...ownerHeader, controlRequests: [request] };
    fake.send({ type: 'header', header: ownerHeader });
    fake.send({ type: 'header', header: asking });
    fake.send({ type: 'header', header: asking });
    expect(said(store)).toEqual(['Bo asks for control']);
  });

  it('keeps no more announcements than can be heard', () => {
    const { fake, store } = setUp();
    fake.send({
      type: 'append',
      entries: Array.from({ length: 100 }, (_, n) => text(n, `Reply ${n}`)),
    });
    expect(said(store).at(-1)).toBe('Reply 99');
    expect(said(store).length).toBeLessThanOrEqual(8);
  });

  it('announces a request that comes, not one that was there before', () => {
    const { fake, store } = setUp();
    const pending = { requestId: 'r', index: 1, request: 'permission', tool: 'Bash', since: 0 };
    const waiting = { ...ownerHeader, pending: [{ ...pending, request: 'permission' as const }] };
    fake.send({ type: 'header', header: waiting });
    expect(said(store)).toEqual([]);
    fake.send({ type: 'header', header: ownerHeader });
    fake.send({ type: 'header', header: waiting });
    expect(said(store)).toEqual(['Permission requested: Bash']);
  });

  it('shows an entry of a kind it does not know', () => {
    const { fake, store } = setUp();
    const entry = { kind: 'hologram', id: 'h', at: 1, depth: 3 };
    fake.sendRaw({ type: 'append', entries: [{ index: 0, entry }] });
    expect(store.transcript.rows[0]?.entry).toMatchObject({ kind: 'unknown', type: 'hologram' });
  });

  it('survives messages that are none, and reports them without their content', () => {
    const { fake, store, posts } = setUp();
    for (const value of [null, 7, 'x', {}, { type: 'nothing' }, { type: 'live', blocks: 'secret' }])
      fake.sendRaw(value);
    expect(store.transcript.size).toBe(0);
    expect(posts('log')).toHaveLength(6);
    expect(JSON.stringify(posts('log'))).not.toContain('secret');
  });

  it('shows a picture as one: the entry is there when its live text is gone', () => {
    const { fake, store } = setUp();
    const block = { messageId: 'm', block: 0, type: 'text', text: 'Here' } as const;
    fake.send({ type: 'live', blocks: [block] });
    const shown: (readonly [live: number, entries: number])[] = [];
    const stop = effect(() => {
      void store.transcript.version.value;
      shown.push([store.live.rows.value.length, store.transcript.size]);
    });
    fake.send({ type: 'live', blocks: [] }, { type: 'append', entries: [text(0, 'Here.')] });
    stop();
    expect(shown).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('loses none of the messages that come with one it fails on', () => {
    const { fake, store, posts } = setUp();
    store.live.replace = () => {
      throw new Error('a defect');
    };
    fake.send({ type: 'live', blocks: [] }, { type: 'append', entries: [text(0, 'Here.')] });
    expect(store.transcript.size).toBe(1);
    expect(posts('log')).toEqual([
      { type: 'log', level: 'error', text: 'live could not be taken' },
    ]);
  });

  it('hears a request for control anew that was put aside and came again', () => {
    const { fake, store } = setUp();
    const request = { member: 'bo', window: 'w', name: 'Bo' };
    const asking = { ...ownerHeader, controlRequests: [request] };
    fake.send({ type: 'header', header: asking });
    store.keepControl(request);
    fake.send({ type: 'header', header: asking });
    expect(store.isKept(request)).toBe(true);
    fake.send({ type: 'header', header: ownerHeader });
    fake.send({ type: 'header', header: asking });
    expect(store.isKept(request)).toBe(false);
  });

  it('counts how long the truth is what it is, however many headers say so', () => {
    const { clock, fake, store } = setUp();
    const say = (kind: 'live' | 'unconfirmed'): void =>
      fake.send({ type: 'header', header: { ...ownerHeader, truth: { kind } } });
    say('live');
    clock.advance(5_000);
    say('unconfirmed');
    const since = store.truthSince;
    for (let n = 0; n < 4; n += 1) {
      clock.advance(5_000);
      say('unconfirmed');
    }
    expect(store.truthSince).toBe(since);
    expect(store.headerAt - since).toBe(20_000);
  });

  it('asks for older entries once until they came', () => {
    const { fake, store, posts } = setUp();
    fake.send({ type: 'entries', entries: manyEntries(5, 100), hasOlder: true });
    expect(store.fetchOlder()).toBe(true);
    expect(store.fetchOlder()).toBe(false);
    fake.send({ type: 'prepend', entries: manyEntries(5, 95), hasOlder: false });
    expect(store.isLoadingOlder.value).toBe(false);
    expect(store.fetchOlder()).toBe(false);
    expect(posts('fetch-older')).toHaveLength(1);
    expect(store.transcript.size).toBe(10);
  });

  it('does not ask again at each scroll for what could not be loaded, but does for the button', () => {
    const { clock, fake, store, posts } = setUp();
    fake.send({ type: 'entries', entries: manyEntries(5, 100), hasOlder: true });
    expect(store.fetchOlderByScroll()).toBe(true);
    fake.send({ type: 'prepend', entries: [], hasOlder: true });
    expect(store.fetchOlderByScroll()).toBe(false);
    expect(store.fetchOlder()).toBe(true);
    fake.send({ type: 'prepend', entries: [], hasOlder: true });
    clock.advance(10_000);
    expect(store.fetchOlderByScroll()).toBe(true);
    // As the extension tells it: first the entries, then that this was all of the answer.
    fake.send({ type: 'prepend', entries: manyEntries(5, 95), hasOlder: true });
    fake.send({ type: 'prepend', entries: [], hasOlder: true });
    expect(store.fetchOlderByScroll()).toBe(true);
    expect(posts('fetch-older')).toHaveLength(4);
  });

  it('hands an answer over once, until the outbox shows it or nobody took it', () => {
    const { clock, fake, store, posts } = setUp();
    const answer = { requestId: 'r', inputHash: 'h', behavior: 'allow' as const };
    store.answer(answer);
    store.answer(answer);
    expect(posts('answer')).toEqual([{ type: 'answer', ...answer }]);
    expect(store.isAnswering('r')).toBe(true);
    const item = { id: 'a', kind: 'answer', text: 'r', status: 'rejected' as const, at: 0 };
    fake.send({ type: 'outbox', items: [item] });
    expect(store.isAnswering('r')).toBe(false);
    store.answer(answer);
    clock.advance(6000);
    expect(store.isAnswering('r')).toBe(false);
    store.answer(answer);
    expect(posts('answer')).toHaveLength(3);
  });

  it('keeps only the newest of the long texts that were loaded', () => {
    const { fake, store } = setUp();
    const text = 'x'.repeat(4 * 1024 * 1024);
    for (let n = 0; n < 30; n++) fake.send({ type: 'blob', blob: `b${n}`, text });
    expect([...store.blobs.value.keys()].at(-1)).toBe('b29');
    expect(store.blobs.value.size).toBe(8);
    for (let n = 0; n < 100; n++) fake.send({ type: 'blob', blob: `c${n}`, text: 'short' });
    expect([...store.blobs.value.keys()].at(-1)).toBe('c99');
    expect(store.blobs.value.size).toBe(64);
  });

  it('adds streamed text to its block and keeps blocks that stay', () => {
    const { fake, store } = setUp();
    const block = { messageId: 'm', block: 0, type: 'text' as const, text: 'He' };
    fake.send({ type: 'live', blocks: [block] });
    const row = store.live.rows.value[0];
    fake.send({ type: 'live-append', messageId: 'm', block: 0, text: 'llo' });
    expect(row?.text.value).toBe('Hello');
    const nested = { messageId: 'n', block: 0, type: 'text' as const, text: 'x', parent: 'c1' };
    fake.send({ type: 'live', blocks: [{ ...block, text: 'Hello!' }, nested] });
    expect(store.live.rows.value).toEqual([row]);
    expect(row?.text.value).toBe('Hello!');
    expect(store.live.nested.value.get('c1')).toHaveLength(1);
  });

  it('fetches a long text once and shows why it failed', () => {
    const { fake, store, posts } = setUp();
    store.fetchBlob('b');
    store.fetchBlob('b');
    expect(posts('fetch-blob')).toHaveLength(1);
    fake.send({ type: 'blob', blob: 'b', error: 'The computer is offline.' });
    expect(store.blobs.value.get('b')).toEqual({
      kind: 'failed',
      error: 'The computer is offline.',
    });
  });
});
