// Sheets of the panel to look at, with every element: three themes at three widths, kept in artifacts/sheets.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPO_ROOT } from '../../tools/install/cache.ts';
import { SHEET_STATES } from './fits.ts';
import { GalleryRig, nextFrames } from './galleryRig.ts';

const FOLDER = join(REPO_ROOT, 'artifacts/sheets');
const THEMES = ['dark', 'light', 'hc'];
/** Widths and how high one panel is on them; the first one shows the whole transcript. */
const WIDTHS = [
  { width: 1280, height: 900, transcript: 5200 },
  { width: 768, height: 1000, transcript: 5600 },
  { width: 390, height: 1000, transcript: 7000 },
];
/** Borders of high contrast are the only difference that a theme may make. */
const SLACK_PX = 2;

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
  await mkdir(FOLDER, { recursive: true });
});
afterAll(() => rig.close());

/** One picture of all, below one another. */
async function keepSheet(name: string, width: number, pictures: readonly Buffer[]): Promise<void> {
  const page = await rig.browser.newPage({ viewport: { width, height: 600 } });
  const images = pictures.map(
    (picture) => `<img src="data:image/png;base64,${picture.toString('base64')}">`,
  );
  await page.setContent(
    `<style>body{margin:0}img{display:block;margin-bottom:8px}</style>${images.join('')}`,
  );
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
  await page.close();
}

/** Sizes of everything that has words or can be pressed, in the order of the page. */
function sizes(page: Page): Promise<{ readonly what: string; readonly size: number[] }[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.panel *:not(svg *)')].flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      const isOwn = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE);
      if (!isOwn && !element.matches('button, input, select, textarea')) return [];
      return [{ what: element.outerHTML.slice(0, 160), size: [width, height] }];
    }),
  );
}

it.each(WIDTHS)(
  '[LO4] every element has the same size in each theme at $width px',
  async ({ width, height, transcript }) => {
    const pictures = new Map<string, Buffer[]>(THEMES.map((theme) => [theme, []]));
    for (const [place, query] of SHEET_STATES.entries()) {
      const viewport = { width, height: place === 0 ? transcript : height };
      const page = await rig.open(query, { viewport });
      await page.evaluate(() => {
        const closed = document.querySelectorAll<HTMLElement>('.card-head[aria-expanded=false]');
        for (const head of closed) head.click();
      });
      let first: Awaited<ReturnType<typeof sizes>> | undefined;
      for (const theme of THEMES) {
        await page.evaluate((name) => window.showTheme(name), theme);
        await nextFrames(page);
        pictures.get(theme)?.push(await page.screenshot());
        const now = await sizes(page);
        first ??= now;
        expect(now.length, `${query} ${theme}`).toBe(first.length);
        expect(now.length).toBeGreaterThan(5);
        const others = now.filter(({ size }, at) =>
          size.some((px, axis) => Math.abs(px - (first?.[at]?.size[axis] ?? 0)) > SLACK_PX),
        );
        expect(others, `${query} ${theme}`).toEqual([]);
      }
    }
    for (const [theme, own] of pictures) await keepSheet(`${theme}-${width}`, width, own);
  },
);
