// The gallery in a browser: opens it, sends messages to its panel, reads what the panel posted.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { FromPanel } from '../../src/protocol/local/fromPanel.ts';
// Declares the gallery's globals for the functions that run in its page.
import type {} from '../../webview-ui/gallery/galleryMain.tsx';
import { launchBrowser } from '../../tools/install/browser.ts';
import { serveGallery } from '../../tools/gallery/galleryServer.ts';
import type { PageServer } from '../../tools/gallery/pageServer.ts';
import { WAIT_MS } from '../../tools/run/waitBound.ts';

const VIEWPORT = { width: 1000, height: 800 };

/** A served gallery with a browser. */
export class GalleryRig {
  readonly browser: Browser;
  private readonly server: PageServer;
  /** One page per kind of context, the size of its window apart. */
  private readonly pages = new Map<string, Page>();

  private constructor(browser: Browser, server: PageServer) {
    this.browser = browser;
    this.server = server;
  }

  /** Builds, serves, launches. */
  static async start(): Promise<GalleryRig> {
    const [browser, server] = await Promise.all([launchBrowser(), serveGallery()]);
    return new GalleryRig(browser, server);
  }

  /**
   * Opens the gallery with a query such as 'state=guest&theme=light' and waits until it shows. The
   * document is a new one; its tab is that of the last time, which takes a third of the work.
   */
  async open(query: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.pageFor(options);
    // What a reload would bring back is not for another test.
    await page.evaluate(() => history.replaceState(null, ''));
    await page.goto(`${this.server.url}?${query}`);
    await page.waitForSelector('.header-facts');
    await page.waitForSelector('.transcript[aria-busy=false]');
    return page;
  }

  private async pageFor(options: BrowserContextOptions): Promise<Page> {
    const { viewport = VIEWPORT, ...kind } = options;
    const key = JSON.stringify(kind);
    const before = this.pages.get(key);
    if (before === undefined || before.isClosed()) {
      const context = await this.browser.newContext({
        viewport,
        reducedMotion: 'reduce',
        ...kind,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(WAIT_MS);
      this.pages.set(key, page);
      return page;
    }
    before.removeAllListeners();
    if (viewport !== null) await before.setViewportSize(viewport);
    // Where it is in a new tab: nothing is hovered over.
    await before.mouse.move(0, 0);
    return before;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }
}

/** Sends messages to the panel as they are, and waits until they are on the screen. */
export async function send(page: Page, ...messages: readonly unknown[]): Promise<void> {
  await page.evaluate((json) => {
    const values: unknown = JSON.parse(json);
    if (Array.isArray(values)) window.gallery.sendRaw(...values);
  }, JSON.stringify(messages));
  await nextFrames(page);
}

/** Two frames: what was sent before is rendered and measured. */
export async function nextFrames(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** What the panel posted of one type, oldest first. */
export async function posted<T extends FromPanel['type']>(
  page: Page,
  type: T,
): Promise<Extract<FromPanel, { type: T }>[]> {
  const all = await page.evaluate(() => JSON.stringify(window.gallery.posted));
  // The panel posts nothing but FromPanel; this is its own record of it.
  const messages = JSON.parse(all) as FromPanel[];
  return messages.filter(
    (message): message is Extract<FromPanel, { type: T }> => message.type === type,
  );
}

/** Holds back every timer of half a second or more that the page starts from now on; gives what lets them run. */
export async function holdTimers(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => {
    const original = window.setTimeout;
    const held: (() => void)[] = [];
    Reflect.set(window, 'setTimeout', (callback: () => void, ms = 0): number =>
      ms < 500 ? original(callback, ms) : -held.push(callback),
    );
    Reflect.set(window, 'releaseTimers', () => {
      Reflect.set(window, 'setTimeout', original);
      for (const callback of held) callback();
    });
  });
  return () =>
    page.evaluate(() => {
      const release: unknown = Reflect.get(window, 'releaseTimers');
      if (typeof release === 'function') release();
    });
}
