// Finding, going to and fro, files, what is unread, and the reader's place, in a browser.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manyEntries } from '../../webview-ui/gallery/manyEntries.ts';
import { GalleryRig, nextFrames, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

/** Distance of the row with an entry's text from the top of the view, px; undefined: it is not in the page. */
const topOf = (page: Page, text: string): Promise<number | undefined> =>
  page.evaluate((wanted) => {
    const frame = document.querySelector('.transcript')?.getBoundingClientRect();
    const row = [...document.querySelectorAll('article.row')].find((one) =>
      one.textContent.includes(wanted),
    );
    return row && frame && Math.round(row.getBoundingClientRect().top - frame.top);
  }, text);
const hit = (index: number, query: string) => ({
  ...{ index, kind: 'text', at: 1, snippet: `a ${query} b` },
  ...{ from: 2, to: 2 + query.length },
});

describe('[N6] finding', () => {
  it('asks the computer, goes to the newest hit, and from hit to hit', async () => {
    const page = await rig.open('many=400');
    await page.keyboard.press('Control+f');
    await page.fill('.find-input', 'reply');
    await expect.poll(() => posted(page, 'find')).toEqual([{ type: 'find', query: 'reply' }]);
    await page.waitForSelector('.hit-marked');
    await expect.poll(() => page.locator('.row-marked').textContent()).toContain('Reply 399');
    await page.press('.find-input', 'Enter');
    await expect.poll(() => page.locator('.row-marked').textContent()).toContain('Reply 398');
    await page.press('.find-input', 'Shift+Enter');
    await expect.poll(() => page.locator('.row-marked').textContent()).toContain('Reply 399');
    await page.press('.find-input', 'Escape');
    expect(await page.locator('.find').count()).toBe(0);
    // Escape has closed the bar, and stopped nothing.
    expect(await posted(page, 'interrupt')).toEqual([]);
  });

  it('loads what a hit needs, shows it, and says what is not understood', async () => {
    const page = await rig.open('many=100&first=400');
    await page.evaluate(() => (window.gallery.isFinding = false));
    await page.keyboard.press('Control+f');
    await page.fill('.find-input', 'deeper');
    await page.waitForSelector('.find-state .spinner');
    const found = { type: 'found-entries', query: 'deeper', next: 30 };
    // Of a search before this one.
    await send(page, { ...found, query: 'deep', hits: [hit(450, 'deep')] });
    expect(await page.locator('.hit').count()).toBe(0);
    await send(page, { ...found, hits: [hit(120, 'deeper')] });
    await expect
      .poll(() => posted(page, 'fetch-until'))
      .toEqual([{ type: 'fetch-until', index: 120 }]);
    await send(page, { type: 'prepend', entries: manyEntries(300, 100), hasOlder: true });
    await expect.poll(() => topOf(page, 'Prompt number 120')).toBeLessThan(40);
    await page.click('.find-state .link-button');
    expect((await posted(page, 'find')).at(-1)).toEqual({
      type: 'find',
      query: 'deeper',
      before: 30,
    });
    await send(page, {
      ...found,
      before: 30,
      hits: [],
      next: 0,
      error: 'Too old.',
    });
    expect(await page.locator('.find-state').textContent()).toContain('Too old.');
  });

  it('goes from prompt to prompt, and takes the transcript along', async () => {
    const page = await rig.open('many=400');
    await page.keyboard.press('Control+f');
    await page.click('[aria-label="Previous prompt or decision"]');
    await expect.poll(() => topOf(page, 'Prompt number 3')).toBeDefined();
    const marked = () => page.locator('.row-marked').textContent();
    const first = await marked();
    await page.click('[aria-label="Previous prompt or decision"]');
    await expect.poll(marked).not.toBe(first);
    const second = await marked();
    await page.click('[aria-label="Next prompt or decision"]');
    await expect.poll(marked).toBe(first);
    expect(first).toContain('Prompt number');
    expect(second).toContain('Prompt number');
    await page.click('[aria-label="Copy the transcript as Markdown"]');
    await page.click('[aria-label="Save the transcript as Markdown"]');
    expect((await posted(page, 'export')).map(({ to }) => to)).toEqual(['clipboard', 'file']);
  });

  it('opens what hides a hit', async () => {
    const page = await rig.open('');
    await page.keyboard.press('Control+f');
    await page.fill('.find-input', 'session/lease.ts-8');
    await page.waitForSelector('.hit');
    // In the result of a search, in a row of three quiet calls.
    await expect
      .poll(() => page.locator('.row-marked .output').first().textContent())
      .toContain('lease.ts-8');
  });
});

describe('[N7] files', () => {
  it('are opened from the head of a card and from a hit, by a click only', async () => {
    const page = await rig.open('');
    expect(await posted(page, 'open-file')).toEqual([]);
    await page.keyboard.press('Control+f');
    await page.fill('.find-input', 'session/lease.ts-8');
    await page.waitForSelector('.row-marked .file-link');
    await page.locator('.file-link', { hasText: 'src/limits/bucket.ts:40' }).click();
    await page.locator('.row-marked .head-action').last().click();
    expect(await posted(page, 'open-file')).toEqual([
      { type: 'open-file', path: '/home/ada/shop/src/limits/bucket.ts', line: 40 },
      { type: 'open-file', path: '/home/ada/shop/src/session/lease.ts' },
    ]);
    await page.waitForSelector('.said-line');
    expect(await page.locator('.said-line').textContent()).toContain('copied');
  });
});

it('[N5] a change that waits is shown in what stands around it, with its lines', async () => {
  const page = await rig.open('request=edit');
  await page.waitForSelector('.pending .diff-number');
  expect(await posted(page, 'fetch-context')).toHaveLength(1);
  const numbers = await page.locator('.pending .diff-number').allTextContents();
  expect(numbers.map(Number)).toEqual([41, 42, 43, 43, 44, 45, 46]);
});

describe('[N12] the place of a reader', () => {
  const scrollTo = async (page: Page, top: number): Promise<void> => {
    await page.hover('.transcript');
    await page.mouse.wheel(0, -50);
    await page.evaluate((px) => document.querySelector('.transcript')?.scrollTo(0, px), top);
    await nextFrames(page);
  };

  it('is the same after a reload, and stays while older entries come', async () => {
    const page = await rig.open('many=600&first=200');
    await scrollTo(page, 9000);
    await page.waitForSelector('.jump');
    const seen = await page.evaluate(() => {
      const frame = document.querySelector('.transcript')?.getBoundingClientRect();
      const rows = [...document.querySelectorAll('article.row')];
      const row = rows.find((one) => one.getBoundingClientRect().bottom > (frame?.top ?? 0) + 1);
      return /(?:Reply|number|echo) (\d+)/.exec(row?.textContent ?? '')?.[0] ?? '';
    });
    expect(seen).not.toBe('');
    const before = await topOf(page, seen);
    const kept = (): Promise<string> => page.evaluate(() => JSON.stringify(history.state));
    await expect.poll(kept).toContain('place');
    await page.reload();
    await page.waitForSelector('.jump');
    const moved = async (): Promise<number> =>
      Math.abs(((await topOf(page, seen)) ?? 999) - (before ?? 0));
    await expect.poll(moved).toBeLessThan(3);
    await send(page, { type: 'prepend', entries: manyEntries(200, 0), hasOlder: false });
    await nextFrames(page);
    await expect.poll(moved).toBeLessThan(3);
  });

  it('what came while the page was gone is below a line, which goes when they say something', async () => {
    const page = await rig.open('many=300');
    await send(page, { type: 'append', entries: manyEntries(1, 300) });
    const kept = (): Promise<string> => page.evaluate(() => JSON.stringify(history.state));
    await expect.poll(kept).toContain('"read":300');
    await page.evaluate(() => history.replaceState(history.state, '', '?many=303'));
    await page.reload();
    await page.waitForSelector('.unread');
    const first = await page.locator('article:has(.unread)').textContent();
    expect(first).toContain('Reply 301');
    await page.fill('.composer textarea', 'Go on');
    await page.press('.composer textarea', 'Enter');
    await page.waitForSelector('.unread', { state: 'detached' });
  });

  it('what comes while they read further up is below a line too', async () => {
    const page = await rig.open('many=300');
    await scrollTo(page, 4000);
    await page.waitForSelector('.jump');
    await send(page, { type: 'append', entries: manyEntries(4, 300) });
    await page.click('.jump');
    await page.waitForSelector('.unread');
    expect(await page.locator('article:has(.unread)').textContent()).toContain('Prompt number 300');
  });
});

it('[N4] thinking that streams says for how long, and nothing where its beginning was not seen', async () => {
  const page = await rig.open('empty');
  const block = { messageId: 'm', block: 0, type: 'thinking', text: 'Hm' };
  await send(page, { type: 'live', blocks: [block] });
  await expect
    .poll(() => page.locator('.thinking .card-subtitle').textContent())
    .toMatch(/^\d+ s$/);
  await send(page, { type: 'live', blocks: [{ ...block, messageId: 'n', text: 'x'.repeat(400) }] });
  expect(await page.locator('.thinking .card-subtitle').textContent()).toBe('');
});
