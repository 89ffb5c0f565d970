// [R18] What a command printed for the owner alone, in a panel: loaded and open for owners, a line for guests.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GalleryRig, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

const LINE = 'Output of a command, for the owner alone';

async function append(page: Page, ...blobs: readonly string[]): Promise<void> {
  const entries = blobs.map((blob, index) => {
    const cut = { tail: '', totalBytes: 2048, blob };
    const body = { kind: 'command', command: '', text: '', cut, ownerOnly: true };
    return { index, entry: { ...body, id: blob, at: 0 } };
  });
  await send(page, { type: 'append', entries });
}

describe('what a command printed for the owner alone', () => {
  it('loads by itself for the owner, and is open', async () => {
    const page = await rig.open('empty');
    await append(page, 'b');
    await page.waitForSelector('.cut:has-text("Loading 2 KB")');
    expect(await posted(page, 'fetch-blob')).toMatchObject([{ blob: 'b' }]);
    const text = `${'a line\n'.repeat(60)}the end`;
    await send(page, { type: 'blob', blob: 'b', text });
    const card = page.locator('.card:has-text("Guests do not see this")');
    expect(await card.locator('pre').textContent()).toContain('a line');
    // Long ones are folded like any other.
    await card.locator('button:has-text("Show all 61 lines")').click();
    expect(await card.locator('pre').textContent()).toContain('the end');
    expect(await page.textContent('.transcript')).not.toContain(LINE);
  });

  it('is a line for a guest and a viewer, who ask for nothing', async () => {
    for (const state of ['guest', 'viewer']) {
      const page = await rig.open(`empty&state=${state}`);
      await append(page, 'b');
      expect(await page.textContent('.transcript')).toContain(LINE);
      expect(await page.locator('.card, .cut').count()).toBe(0);
      expect(await posted(page, 'fetch-blob')).toEqual([]);
    }
  });

  it('says why it does not come, and is asked for again', async () => {
    const page = await rig.open('empty');
    await append(page, 'b');
    await send(page, { type: 'blob', blob: 'b', error: 'The computer is offline.' });
    await page.waitForSelector('.cut:has-text("The computer is offline.")');
    await page.click('text=Show all (2 KB)');
    await send(page, { type: 'blob', blob: 'b', text: 'there it is' });
    expect(await page.textContent('.card pre')).toBe('there it is');
  });

  it('many of them stay loaded beside each other', async () => {
    const page = await rig.open('empty');
    const blobs = Array.from({ length: 12 }, (_, n) => `b${n}`);
    await append(page, ...blobs);
    await send(page, ...blobs.map((blob) => ({ type: 'blob', blob, text: `output of ${blob}` })));
    const shown = await page.locator('.card pre').allTextContents();
    expect(shown).toEqual(blobs.map((blob) => `output of ${blob}`));
    expect(await page.locator('.cut').count()).toBe(0);
  });
});
