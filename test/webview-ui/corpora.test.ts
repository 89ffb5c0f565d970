// A slice of the collections in the panel's page under its policy; the deep run shows all of them in three browsers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpora } from './corpora.ts';
import { GalleryRig } from './galleryRig.ts';
import { runUnprotected, showTexts, type Tab, watchTab } from './hostileTab.ts';

const EVERY = 40;
const BATCH = 20;

let rig: GalleryRig;
let tab: Tab;
const asked: string[] = [];
const navigations: string[] = [];

beforeAll(async () => {
  rig = await GalleryRig.start();
  const page = await rig.open('empty', {
    viewport: { width: 1000, height: 12_000 },
    deviceScaleFactor: 0.2,
  });
  const origin = new URL(page.url()).origin;
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:image/')) asked.push(url);
  });
  page.on('framenavigated', (frame) => navigations.push(frame.url()));
  tab = {
    go: async (url) => void (await page.goto(url)),
    evaluate: (expression) => page.evaluate(expression),
  };
});
afterAll(() => rig.close());

describe('texts that others made against careless renderers', () => {
  it('are as many as were collected', () => {
    const counts = Object.entries(corpora()).map(([name, texts]) => [name, texts.length]);
    expect(Object.fromEntries(counts)).toMatchObject({
      payloadbox: 6613,
      naughty: 461,
      dompurify: 223,
      commonmark: 652,
    });
  });

  it('run where nothing protects the page (control of this test)', async () => {
    const page = await rig.browser.newPage();
    const bare: Tab = {
      go: async (url) => void (await page.goto(url)),
      evaluate: (expression) => page.evaluate(expression),
    };
    expect(
      await runUnprotected(bare, (corpora()['payloadbox'] ?? []).slice(0, 20)),
    ).toBeGreaterThan(0);
    await page.close();
  });

  it('neither run, nor are loaded, nor lead away', async () => {
    await watchTab(tab);
    const href = await tab.evaluate('location.href');
    const texts = Object.values(corpora())
      .flat()
      .filter((_, at) => at % EVERY === 0);
    expect(texts.length).toBeGreaterThan(190);
    for (let at = 0; at < texts.length; at += BATCH) {
      const seen = await showTexts(tab, texts.slice(at, at + BATCH), at / BATCH);
      expect(seen).toMatchObject({ hits: 0, stopped: [], foreign: [], forbidden: 0, href });
      // Nothing is left out of sight: a row for each answer, one for what is streamed, and the other place's.
      const shown = Math.min(BATCH, texts.length - at);
      expect(seen.live).toBe(shown);
      expect(seen.rows).toBeGreaterThanOrEqual(2 * shown);
    }
    expect(asked).toEqual([]);
    expect(navigations).toEqual([]);
  });
});
