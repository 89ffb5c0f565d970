// All collected texts in the panel's page under its policy, in three browsers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BrowserPage,
  openFirefox,
  openWebKit,
  type PageSize,
} from '../../tools/browsers/otherBrowsers.ts';
import { serveGallery } from '../../tools/gallery/galleryServer.ts';
import type { PageServer } from '../../tools/gallery/pageServer.ts';
import { launchBrowser } from '../../tools/install/browser.ts';
import { corpora } from './corpora.ts';
import { runUnprotected, showTexts, watchTab } from './hostileTab.ts';

const SIZE: PageSize = { width: 1000, height: 12_000 };
const BATCH = 20;

async function openChromium(size: PageSize): Promise<BrowserPage> {
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 0.2 });
  return {
    go: async (url) => void (await page.goto(url)),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  };
}

let server: PageServer;
beforeAll(async () => {
  server = await serveGallery();
});
afterAll(() => server.close());

describe.each([
  ['Chromium', openChromium],
  ['Firefox', openFirefox],
  ['WebKitGTK', openWebKit],
] as const)('in %s', (_, open) => {
  let page: BrowserPage;
  beforeAll(async () => {
    page = await open(SIZE);
  });
  afterAll(() => page.close());

  it('texts run where nothing protects the page (control of this test)', async () => {
    await page.go('about:blank');
    const texts = (corpora()['payloadbox'] ?? []).slice(0, 20);
    expect(await runUnprotected(page, texts)).toBeGreaterThan(0);
  });

  it.each(Object.keys(corpora()))('none of %s runs, is loaded, or leads away', async (name) => {
    await page.go(`${server.url}?empty`);
    await page.evaluate(`new Promise((resolve) => {
      const look = () =>
        document.querySelector('.transcript[aria-busy=false]') ? resolve(true) : setTimeout(look, 20);
      look();
    })`);
    await watchTab(page);
    const href = await page.evaluate('location.href');
    const texts = corpora()[name] ?? [];
    // Our own are few enough to stand in every place at once.
    const batch = name === 'own' ? BATCH / 4 : BATCH;
    for (let at = 0; at < texts.length; at += batch) {
      // oxlint-disable-next-line no-await-in-loop -- one screen after the other
      const seen = await showTexts(
        page,
        texts.slice(at, at + batch),
        name === 'own' ? 'all' : at / BATCH,
      );
      const shown = Math.min(batch, texts.length - at);
      expect(seen).toMatchObject({ hits: 0, stopped: [], foreign: [], forbidden: 0, href });
      expect(seen.live).toBe(shown);
      expect(seen.rows).toBeGreaterThanOrEqual(2 * shown);
    }
    expect(texts.length).toBeGreaterThan(200);
  });
});
