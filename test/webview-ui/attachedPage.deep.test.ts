// A picture from a paste on a page to the model: real browser, relay, host and every claude that is supported.
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLink } from '../../src/protocol/link.ts';
import { type PageServer, servePage } from '../../tools/gallery/pageServer.ts';
import { launchBrowser } from '../../tools/install/browser.ts';
import { installClaude } from '../../tools/install/claudeCli.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { WAIT_MS } from '../../tools/run/waitBound.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { type Guest, HostRig } from '../host/hostRig.ts';

const ENTRY = fileURLToPath(new URL('./seamPage.ts', import.meta.url));
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

/** Draws a photograph of noise with about so many bytes into the composer of the page, by a paste. */
async function paste(page: Page, [width, height]: readonly [number, number]): Promise<number> {
  return page.evaluate(
    async ([w, h]) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: w, height: h });
      const context = canvas.getContext('2d');
      const pixels = context?.createImageData(w, h);
      for (let at = 0; pixels && at < pixels.data.length; at += 1) {
        pixels.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
      }
      if (pixels) context?.putImageData(pixels, 0, 0);
      const blob = await new Promise<Blob | null>((done) => {
        canvas.toBlob(done, 'image/jpeg', 0.9);
      });
      const data = new DataTransfer();
      if (blob) data.items.add(new File([blob], 'photo.jpg', { type: 'image/jpeg' }));
      document
        .querySelector('#composer')
        ?.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, clipboardData: data }));
      return blob?.size ?? 0;
    },
    [width, height] as const,
  );
}

describe.each(CLAUDE_VERSIONS)('a picture for claude %s from a page', (version) => {
  let rig: HostRig;
  let ada: Guest & { readonly session: string };
  let server: PageServer;
  let page: Page;

  beforeAll(async () => {
    rig = await HostRig.create({ claudePath: await installClaude(version) });
    await rig.start();
    const machine = await rig.machine();
    ada = await machine.startSession();
    const shared = await machine.request('share', {
      ...{ session: ada.session, role: 'controller', allowControl: true },
      where: { kind: 'loopback' },
    });
    const link = /"link":"([^"]+)"/.exec(JSON.stringify(shared))?.[1] ?? '';
    server = await servePage({ entry: ENTRY, sockets: parseLink(link).relay });
    page = await browser.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${server.url}#${link}`);
    await page.locator('.control').waitFor();
  });
  afterAll(async () => {
    await page.close();
    await server.close();
    await rig.close();
  });

  it('[I7] 5 MB that are pasted reach the model made smaller, and are seen by everybody', async () => {
    await page.locator('#composer').fill('what is this? [[text:noise]]');
    const from = performance.now();
    const bytes = await paste(page, [3200, 2400]);
    expect(bytes).toBeGreaterThan(4_500_000);
    await page.locator('.attachment-thumb').waitFor();
    const attachedMs = performance.now() - from;
    await page.getByRole('button', { name: 'Send' }).click();
    const isAsked = (): boolean =>
      rig.model.requests.some(({ body }) => {
        const text = JSON.stringify(body);
        return text.includes('[[text:noise]]') && text.includes('"image"');
      });
    await waitUntil('the model is asked', isAsked);
    console.info({ version, bytes, attachedMs, ms: performance.now() - from });
    await ada.until('the model answered', () => ada.text.includes('noise'));
    await page.locator('.prompt img.picture').waitFor();
    const entry = ada.ofKind('prompt').findLast(({ images }) => images !== undefined);
    const [image] = entry?.images ?? [];
    expect(image).toMatchObject({ mediaType: 'image/jpeg' });
    expect((await ada.view.fetchBlob(image?.blob ?? '')).length).toBe(image?.totalBytes);
  });
});
