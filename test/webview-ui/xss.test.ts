// Hostile text in every place of the panel: nothing runs, nothing is loaded, nothing navigates.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { GalleryRig, posted, send } from './galleryRig.ts';
import { hostileEntries } from './hostileEntries.ts';
import { PAYLOADS } from './payloads.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

interface Watch {
  readonly hits: () => Promise<number>;
  readonly foreign: string[];
  readonly navigations: string[];
}

async function watch(page: Page): Promise<Watch> {
  const foreign: string[] = [];
  const navigations: string[] = [];
  const origin = new URL(page.url()).origin;
  const here = page.url();
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:image/')) foreign.push(url);
  });
  // What the page keeps of itself is a navigation to where it is.
  page.on('framenavigated', (frame) => {
    if (frame !== page.mainFrame() || frame.url() !== here) navigations.push(frame.url());
  });
  await page.evaluate(() => {
    Object.assign(window, { hits: 0, __hit: () => Object.assign(window, { hits: hits() + 1 }) });
    function hits(): number {
      return Number(Reflect.get(window, 'hits'));
    }
  });
  return {
    hits: () => page.evaluate(() => Number(Reflect.get(window, 'hits'))),
    foreign,
    navigations,
  };
}

async function activateEverything(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('.transcript-rows *')) {
      for (const type of ['mouseover', 'mouseenter', 'focus', 'toggle', 'animationstart', 'click'])
        if (element.tagName !== 'BUTTON') {
          element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
        }
    }
  });
}

const FORBIDDEN = '.panel :is(script, iframe, img, style, form, object, embed, base, link, meta)';

describe('hostile text', () => {
  it('is seen to run where nothing protects the page (control of this test)', async () => {
    const page = await rig.browser.newPage();
    await page.goto('about:blank');
    const seen = await watch(page);
    await page.evaluate(
      (payloads) => {
        const frame = document.createElement('div');
        document.body.append(frame);
        for (const payload of payloads) frame.insertAdjacentHTML('beforeend', payload);
      },
      PAYLOADS.slice(0, 200),
    );
    await page.waitForFunction(() => Number(Reflect.get(window, 'hits')) > 5);
    expect(await seen.hits()).toBeGreaterThan(5);
    await page.close();
  });

  it(`never runs in the transcript (${PAYLOADS.length} texts)`, async () => {
    // High enough for a whole batch, so that every row is rendered; each pixel stands for many.
    const page = await rig.open('empty', {
      viewport: { width: 1000, height: 12_000 },
      deviceScaleFactor: 0.2,
    });
    const seen = await watch(page);
    const batch = 20;
    for (let at = 0; at < PAYLOADS.length; at += batch) {
      const texts = PAYLOADS.slice(at, at + batch);
      const entries = texts.flatMap((text, n) => hostileEntries(text, (at + n) * 10, at / batch));
      const blocks = texts.map((text, n) => ({
        messageId: `l${n}`,
        block: 0,
        type: 'text',
        text,
      }));
      await send(page, { type: 'entries', entries, hasOlder: false }, { type: 'live', blocks });
      expect(await page.locator('.row').count()).toBeGreaterThanOrEqual(2 * texts.length);
      expect(await page.locator('[data-live]').count()).toBe(texts.length);
      await activateEverything(page);
      expect(await page.locator(FORBIDDEN).count()).toBe(0);
    }
    expect(await seen.hits()).toBe(0);
    expect(seen.foreign).toEqual([]);
    expect(seen.navigations).toEqual([]);
    expect(await page.locator('[data-live]').last().textContent()).toContain('__hit()');
    await page.context().close();
  });

  it('never runs in the head, the requests or the composer', async () => {
    const page = await rig.open('empty');
    const seen = await watch(page);
    const session = ownerHeader.session;
    for (const text of PAYLOADS.filter((_, at) => at % 9 === 0)) {
      const request = {
        ...{ kind: 'request', id: 'r', at: 0, requestId: 'r', inputHash: 'h' },
        ...{ request: 'permission', tool: text, description: text, reason: text },
        input: { command: text, [text]: text },
        suggestions: [{ rule: text }],
        suggestionTexts: [text],
      };
      const header = {
        ...ownerHeader,
        session: { ...session, title: text, project: text, branch: text, model: text, cwd: text },
        alarms: [{ kind: 'fork', text }],
        controlRequests: [{ member: 'm', window: 'w', name: text }],
        pending: [{ requestId: 'r', index: 0, request: 'permission', tool: text, since: 0 }],
      };
      await send(
        page,
        { type: 'entries', entries: [{ index: 0, entry: request }], hasOlder: false },
        { type: 'header', header },
        { type: 'restore-draft', text, reason: text },
      );
      expect(await page.locator('.title').textContent()).toBe(text);
      expect(await page.locator('.pending-body .arg').count()).toBe(2);
    }
    expect(await seen.hits()).toBe(0);
    expect(seen.foreign).toEqual([]);
    expect(seen.navigations).toEqual([]);
    await page.context().close();
  });

  it('would be stopped by the policy that ships, were the panel to let it through', async () => {
    const page = await rig.open('empty');
    const seen = await watch(page);
    await page.evaluate(() => {
      const stopped: string[] = [];
      Reflect.set(window, 'stopped', stopped);
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        stopped.push(effectiveDirective);
      });
      const script = document.createElement('script');
      const element = document.createElement('div');
      document.body.append(element);
      const attempts = [
        () => document.body.append(script),
        () => element.setAttribute('style', 'color: red'),
        () => (element.innerHTML = '<b>x</b>'),
        () => script.append('__hit()'),
      ];
      for (const attempt of attempts) {
        try {
          attempt();
        } catch {
          // Trusted Types throw, and tell it by the event like the others.
        }
      }
      void fetch('/page.js').catch(() => undefined);
    });
    const directives = ['style-src-attr', 'connect-src', 'require-trusted-types-for'];
    await expect
      .poll(() => page.evaluate(() => String(Reflect.get(window, 'stopped')).split(',')))
      .toEqual(expect.arrayContaining(directives));
    expect(await seen.hits()).toBe(0);
    await page.context().close();
  });

  it('opens links only through the extension', async () => {
    const page = await rig.open('empty');
    const seen = await watch(page);
    const text = '[go](https://example.org/x)';
    const entry = { kind: 'text', id: 'a', at: 0, messageId: 'm', text };
    await send(page, { type: 'append', entries: [{ index: 0, entry }] });
    await page.click('.md a');
    await page.click('.md a', { button: 'middle' });
    expect(await posted(page, 'open-link')).toEqual([
      { type: 'open-link', url: 'https://example.org/x' },
      { type: 'open-link', url: 'https://example.org/x' },
    ]);
    expect(seen.navigations).toEqual([]);
    expect(page.context().pages()).toHaveLength(1);
    await page.context().close();
  });
});
