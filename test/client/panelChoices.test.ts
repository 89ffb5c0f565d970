// What a panel asks of what may be chosen, and what it sets.
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { say as words } from '../../src/base/say.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { setUp } from './panelRig.ts';
import { FakeView } from './samples.ts';

describe('what may be chosen', () => {
  test('[A4] the first fifty files are shown, and that there are more', async () => {
    const view = new FakeView();
    view.answer = Array.from({ length: 51 }, (_, at) => `file-${at}`);
    const { say, posted } = await setUp(view);
    say({ type: 'ready' });
    say({ type: 'look-up', list: 'files', query: 'file' });
    const found = await waitUntil('found', () => posted.find(({ type }) => type === 'found'));
    expect(found).toMatchObject({ list: 'files', query: 'file', more: true });
    expect(found.type === 'found' && found.items).toHaveLength(50);
    expect(view.sent.at(-1)).toEqual({ kind: 'fetch', args: { what: 'files', query: 'file' } });
  });

  test('why nothing was found is said where it was asked for', async () => {
    const view = new FakeView();
    view.request = () => Promise.reject(new AppError('timeout', { happened: words`Gone.` }));
    const { say, posted, reported } = await setUp(view);
    say({ type: 'ready' });
    say({ type: 'look-up', list: 'modes', query: '' });
    const found = await waitUntil('found', () => posted.find(({ type }) => type === 'found'));
    expect(found).toMatchObject({ items: [], error: 'Gone.' });
    expect(reported).toEqual([]);
  });

  test.each([
    [{ type: 'set-mode', mode: 'plan' }, 'set-mode', { mode: 'plan' }],
    [{ type: 'set-model', model: 'opus' }, 'set-model', { model: 'opus' }],
    [{ type: 'set-effort', effort: '' }, 'set-effort', { effort: '' }],
  ] as const)('%j is asked of the session', async (wish, kind, args) => {
    const view = new FakeView();
    const { say } = await setUp(view);
    say(wish);
    expect(view.sent.at(-1)).toEqual({ kind, args });
  });

  test('the page gets the keyboard once it is there, if somebody opened it', async () => {
    const { pump, say, posted } = await setUp();
    pump.focusComposer();
    expect(posted).toEqual([]);
    say({ type: 'ready' });
    expect(posted.filter(({ type }) => type === 'focus-composer')).toHaveLength(1);
    say({ type: 'ready' });
    expect(posted.filter(({ type }) => type === 'focus-composer')).toHaveLength(1);
  });
});
