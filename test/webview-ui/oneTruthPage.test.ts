// One truth on the page as it is drawn: what stands on it in every state of the gallery, beside docs/one-truth.md.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HEADERS } from '../../webview-ui/gallery/sampleHeaders.ts';
import { GalleryRig, send } from './galleryRig.ts';
import { forbiddenIn, type Situation } from './truthTables.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

/** Everything but the transcript: texts, and what can be pressed as '[words]'. */
function saidOn(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    for (const list of document.querySelectorAll<HTMLDetailsElement>('details')) list.open = true;
    const parts = document.querySelectorAll<HTMLElement>('.header, .banners, .bottom');
    return [...parts].flatMap((part) => {
      const buttons = [...part.querySelectorAll('button')].map(
        (one) => `[${one.innerText.trim()}]`,
      );
      return [...part.innerText.split('\n'), ...buttons];
    });
  });
}

function situationOf(state: string): Situation {
  const header = HEADERS[state];
  if (header?.session === undefined) throw new Error(`no session in ${state}`);
  const { status } = header.session;
  return { connection: header.truth.kind, status, role: header.me?.role };
}

describe('no forbidden pair', () => {
  test('in any state', async () => {
    const page = await rig.open('state=owner&empty');
    for (const [state, header] of Object.entries(HEADERS)) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, on one page
      await send(page, { type: 'header', header });
      // oxlint-disable-next-line no-await-in-loop -- the same
      const said = await saidOn(page);
      expect(said).toContain(header.session?.title);
      expect([state, said.flatMap((text) => forbiddenIn(text, situationOf(state)))]).toEqual([
        ...[state, []],
      ]);
    }
  });

  test('when the extension stops to answer', async () => {
    const page = await rig.open('state=owner&empty&silent');
    await page.getByText('This panel is not connected to the extension.').waitFor();
    const said = await saidOn(page);
    expect(said).toContain('Working when last seen');
    expect(said).toContain('You had control when last seen');
    const situation = { ...situationOf('owner'), connection: 'no-extension' };
    expect(said.flatMap((text) => forbiddenIn(text, situation))).toEqual([]);
  });
});

test('[O10] text that was broken off stands at its place, marked, and does not count as streaming', async () => {
  const page = await rig.open('state=offline&broken');
  await page.getByText('Broken off when the computer stopped').waitFor();
  expect(await page.locator('[data-live]').count()).toBe(0);
  const rows = page.locator('.row');
  const texts = await rows.allInnerTexts();
  const at = texts.findIndex((text) => text.includes('Broken off'));
  expect(at).toBeGreaterThan(0);
  expect(at).toBeLessThan(texts.length - 1);
});
