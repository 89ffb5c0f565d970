// What a reader of a panel wants, and what is done for it.
import { describe, expect, test } from 'vitest';
import { absolutePath } from '../../src/client/panel/filePath.ts';
import { type ReadingWish, ReadingWishes } from '../../src/client/panel/readingWishes.ts';
import { transcriptMarkdown } from '../../src/client/panel/transcriptMarkdown.ts';
import { untranslated } from '../../src/client/translate.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { ToPanel } from '../../src/protocol/local/panel.ts';
import { sampleEntries } from '../../webview-ui/gallery/sampleEntries.ts';
import { entries, FakeView, poolOf } from './samples.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';

async function setUp(view = new FakeView(), { isHere = false, isSaved = true } = {}) {
  const lease = poolOf(view).acquire({ kind: 'own', session: 's' });
  await waitUntil('joined', () => lease.room.view);
  const posted: ToPanel[] = [];
  const copied: string[] = [];
  const opened: unknown[] = [];
  const saved: string[] = [];
  const wishes = new ReadingWishes({
    room: lease.room,
    actions: {
      openFile: (path, line) => {
        opened.push([path, line]);
        return Promise.resolve(isHere);
      },
      copy: (text) => copied.push(text),
      saveText: (name) => {
        saved.push(name);
        return Promise.resolve(isSaved);
      },
    },
    post: (picture) => posted.push(...picture),
    endOlder: (hasOlder) => posted.push({ type: 'prepend', entries: [], hasOlder }),
    locale: 'en',
    t: untranslated,
  });
  return {
    view,
    wishes,
    posted,
    copied,
    opened,
    saved,
    say: (wish: ReadingWish) => wishes.carryOut(wish),
  };
}

/** Answers each request with the next of these. */
function answering(...answers: readonly (Json | Error)[]): FakeView {
  const view = new FakeView();
  let next = 0;
  view.request = (kind, args) => {
    // Arguments are JSON by their schema.
    view.sent.push({ kind, args: args as Json });
    const answer = answers[next++];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return view;
}

const hit = { index: 9, kind: 'text', at: 1, snippet: 'a needle', from: 2, to: 8 };

describe('[N3] looking for a text', () => {
  test('goes on until something is found', async () => {
    const view = answering(
      { hits: [], next: 400 },
      { hits: [], next: 200 },
      { hits: [hit], next: 8 },
    );
    const { say, posted } = await setUp(view);
    await say({ type: 'find', query: 'needle' });
    expect(view.sent.map(({ args }) => args)).toEqual([
      { what: 'find', query: 'needle' },
      { what: 'find', query: 'needle', before: 400 },
      { what: 'find', query: 'needle', before: 200 },
    ]);
    expect(posted).toEqual([{ type: 'found-entries', query: 'needle', hits: [hit], next: 8 }]);
  });

  test('ends at the beginning, and with a computer that never gets there', async () => {
    const ended = await setUp(answering({ hits: [], next: 0 }));
    await ended.say({ type: 'find', query: 'x', before: 5 });
    expect(ended.posted).toEqual([
      { type: 'found-entries', query: 'x', before: 5, hits: [], next: 0 },
    ]);
    const stuck = await setUp(answering({ hits: [], next: 7 }, { hits: [], next: 7 }));
    await stuck.say({ type: 'find', query: 'x' });
    expect(stuck.posted).toMatchObject([{ type: 'found-entries', hits: [], next: 0 }]);
  });

  test('says why it was not done: by an older computer, or in a form that is not understood', async () => {
    for (const answer of [new Error('no'), { odd: true }]) {
      const { say, posted } = await setUp(answering(answer));
      await say({ type: 'find', query: 'x' });
      expect(posted).toMatchObject([{ type: 'found-entries', hits: [], next: 0 }]);
      expect(posted[0]).toHaveProperty('error');
    }
  });
});

test('older entries are loaded until the one that is wanted is there, and no further', async () => {
  const view = new FakeView();
  view.entries = entries(95, 100);
  const { say, posted } = await setUp(view);
  await say({ type: 'fetch-until', index: 70 });
  expect([view.olderPages, view.entries[0]?.index]).toEqual([3, 65]);
  expect(posted).toEqual([{ type: 'prepend', entries: [], hasOlder: true }]);
  await say({ type: 'fetch-until', index: 80 });
  expect(view.olderPages).toBe(3);
});

test('[N5] what stands around a change is told, and nothing where that is not to be had', async () => {
  const place = { change: 0, line: 3, head: 'a', tail: 'b' };
  const told = await setUp(answering({ places: [place] }));
  await told.say({ type: 'fetch-context', index: 4 });
  expect(told.posted).toEqual([{ type: 'context', index: 4, places: [place] }]);
  const silent = await setUp(answering(new Error('old')));
  await silent.say({ type: 'fetch-context', index: 4 });
  expect(silent.posted).toEqual([{ type: 'context', index: 4, places: [] }]);
});

describe('[N7] a path that is clicked', () => {
  test('opens where the file is here, and is copied and said where it is not', async () => {
    const here = await setUp(new FakeView(), { isHere: true });
    await here.say({ type: 'open-file', path: '/p/a.ts', line: 3 });
    expect([here.opened, here.copied, here.posted]).toEqual([[['/p/a.ts', 3]], [], []]);
    const away = await setUp();
    await away.say({ type: 'open-file', path: '/p/a.ts', line: 3 });
    expect(away.copied).toEqual(['/p/a.ts:3']);
    expect(away.posted).toMatchObject([
      { type: 'said', text: expect.stringContaining('/p/a.ts:3') },
    ]);
  });

  test('is never the address of something else', async () => {
    const { say, opened, copied } = await setUp(new FakeView(), { isHere: true });
    const paths = [
      String.raw`\\server\share\a`,
      '//server/a',
      '~/a',
      'C:a',
      '',
      'a\nb',
      '/a\u0000b',
    ];
    for (const path of paths) await say({ type: 'open-file', path });
    expect(opened).toEqual([]);
    expect(copied).toEqual(paths);
  });

  test.each([
    ['/a/b', '/p', '/a/b'],
    ['src/a.ts', '/p/', '/p/src/a.ts'],
    ['./a.ts', String.raw`C:\p`, String.raw`C:\p\a.ts`],
    [String.raw`D:\a`, '/p', String.raw`D:\a`],
    ['command:x', '/p', '/p/command:x'],
    ['a', undefined, undefined],
    ['a', 'p', undefined],
  ])('%s in %s is %s', (path, folder, full) => {
    expect(absolutePath(path, folder)).toBe(full);
  });
});

describe('[N8] a transcript as Markdown', () => {
  test('is copied or saved whole, older entries too', async () => {
    const view = new FakeView();
    view.entries = entries(25, 30);
    const { say, copied, saved, posted } = await setUp(view);
    await say({ type: 'export', to: 'clipboard' });
    expect(copied[0]).toContain('entry 0\n');
    expect(copied[0]).toContain('entry 29\n');
    expect(posted.at(-1)).toMatchObject({ type: 'said', text: expect.stringContaining('copied') });
    await say({ type: 'export', to: 'file' });
    expect(saved).toEqual([expect.stringMatching(/^[\p{L}\p{N}._-]+\.md$/u)]);
    expect(posted.at(-1)).toEqual({ type: 'said', text: 'Saved.' });
  });

  test('says nothing when nobody wants it saved', async () => {
    const { say, posted } = await setUp(new FakeView(), { isSaved: false });
    await say({ type: 'export', to: 'file' });
    expect(posted.at(-1)).toEqual({ type: 'said', text: '' });
  });

  test('has every kind of entry, and fences that what is in them cannot leave', () => {
    const markdown = transcriptMarkdown(sampleEntries(0), {
      title: 'One\ntwo',
      locale: 'en',
      t: untranslated,
    });
    expect(markdown.startsWith('# One two\n\n')).toBe(true);
    expect(markdown).not.toContain('undefined');
    expect(markdown).not.toContain('[object');
    const text = 'before\n```\ninside\n````';
    const result = {
      kind: 'tool-result',
      id: 'r',
      at: 1,
      callId: 'c',
      outcome: 'ok',
      text,
    } as const;
    const fenced = transcriptMarkdown([{ index: 0, entry: result }], {
      title: 'x',
      locale: 'en',
      t: untranslated,
    });
    expect(fenced).toBe(`# x\n\n\`\`\`\`\`\n${text}\n\`\`\`\`\`\n`);
  });

  test('[R18] leaves out what a command printed for owners alone', () => {
    const entry = {
      kind: 'command',
      id: 'c',
      at: 1,
      command: '/context',
      text: '',
      ownerOnly: true,
    } as const;
    const markdown = transcriptMarkdown([{ index: 0, entry }], {
      title: 'x',
      locale: 'en',
      t: untranslated,
    });
    expect(markdown).toContain('for the owner alone');
  });
});
