// Reading in a browser: text that streams is rendered once, and code is coloured by a part that comes later.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GalleryRig, nextFrames, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

const live = (text: string) => ({
  type: 'live',
  blocks: [{ messageId: 'm', block: 0, type: 'text', text }],
});
const more = (text: string) => ({ type: 'live-append', messageId: 'm', block: 0, text });
const finished = (text: string) => [
  { type: 'live', blocks: [] },
  {
    type: 'append',
    entries: [{ index: 90_000, entry: { kind: 'text', id: 'x', at: 1, messageId: 'm', text } }],
  },
];

/** Marks every element of the text, to be known again. */
const mark = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const nodes = [...document.querySelectorAll('.reply-live .md *')];
    for (const node of nodes) Reflect.set(node, 'isMarked', true);
    return nodes.length;
  });
/** How many of the marked elements are there still. */
const marked = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      [...document.querySelectorAll('.md *')].filter((node) => Reflect.get(node, 'isMarked'))
        .length,
  );
const html = (page: Page): Promise<string> =>
  page.evaluate(() => document.querySelector('.row:last-child .md')?.innerHTML ?? '');

const TEXT = `# One\n\nA *text* with \`code\`.\n\n- first\n- second **bold**\n  - inner\n- third\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\`\`\`unheard\nlet a = 1;\nlet b = 2;\n\`\`\`\n\nEnd [link](https://example.org).`;

describe('[N1] text that streams', () => {
  it('leaves every element where it is that more text does not change', async () => {
    const page = await rig.open('empty');
    const cuts = [...Array(TEXT.length).keys()].filter((at) => at % 7 === 0);
    await send(page, live(''));
    let before = 0;
    for (const [n, at] of cuts.entries()) {
      await page.evaluate(
        (text) => window.gallery.sendRaw({ type: 'live-append', messageId: 'm', block: 0, text }),
        TEXT.slice(at, cuts[n + 1]),
      );
      await nextFrames(page);
      // The last element is the only one that may become another.
      expect(await marked(page)).toBeGreaterThanOrEqual(before - 2);
      before = await mark(page);
    }
    const streamed = await html(page);
    await send(page, ...finished(TEXT));
    expect(await html(page)).toBe(streamed);
    // The card of the finished text has taken the very elements over.
    expect(await marked(page)).toBe(before);
    const fresh = await rig.open('empty');
    await send(fresh, ...finished(TEXT));
    expect(streamed).toBe(await html(fresh));
  });

  it('appends to code that is being written, and keeps what is selected in it', async () => {
    const page = await rig.open('empty');
    await send(page, live('```unheard\nfirst line\nsecond'));
    await page.evaluate(() => {
      const text = document.querySelector('.md pre code')?.firstChild;
      if (text) getSelection()?.setBaseAndExtent(text, 0, text, 5);
    });
    await send(page, more(' line\nthird line\n'));
    const [selected, all] = await page.evaluate(() => [
      String(getSelection()),
      document.querySelector('.md pre code')?.textContent,
    ]);
    expect(selected).toBe('first');
    expect(all).toBe('first line\nsecond line\nthird line');
  });
});

describe('[N2] syntax colours', () => {
  it('come in a part of their own when code is shown, and not before', async () => {
    const page = await rig.open('empty');
    const parts = (): Promise<string[]> =>
      page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => new URL(name).pathname)
          .filter((name) => name.includes('syntax')),
      );
    await send(page, ...finished('No code.'));
    expect(await parts()).toEqual([]);
    const [, append] = finished('');
    const text = '```ts\nconst a = "x";\n```';
    const entry = { kind: 'text', id: 'y', at: 1, messageId: 'n', text };
    await send(page, { ...append, entries: [{ index: 90_001, entry }] });
    await page.waitForSelector('.md code .hl-keyword');
    expect(await parts()).toHaveLength(1);
    const code = page.locator('.md pre code');
    expect(await code.textContent()).toBe('const a = "x";');
    expect(await code.locator('.hl-string').textContent()).toBe('"x"');
  });

  it('colour code that has streamed when it is whole', async () => {
    const page = await rig.open('empty');
    await send(page, live('```ts\nconst a = 1;'));
    await send(page, more('\nconst b = 2;\n```\n\nAnd'));
    await page.waitForSelector('.reply-live code .hl-keyword');
    expect(await page.locator('.reply-live code .hl-keyword').count()).toBe(2);
  });

  it('colour the lines of a change, beside the mark on its words', async () => {
    const page = await rig.open('empty');
    const entry = {
      kind: 'tool-call',
      id: 'c',
      at: 1,
      messageId: 'm',
      callId: 'c',
      tool: 'Edit',
      input: { f: '/p/a.ts', o: 'const a = "old";', n: 'const a = "new";' },
      view: { family: 'edit', path: '/f', before: '/o', after: '/n' },
    };
    await send(page, { type: 'append', entries: [{ index: 0, entry }] });
    await page.waitForSelector('.diff .hl-keyword');
    const line = page.locator('.diff-added .diff-text');
    expect(await line.textContent()).toBe('const a = "new";');
    expect(await line.locator('.diff-changed').textContent()).toBe('new');
    expect(await line.locator('.diff-changed .hl-string').count()).toBe(1);
  });
});
