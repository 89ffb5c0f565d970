// Accessibility in a browser: axe in every theme, announcements, reach.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEADERS } from '../../webview-ui/gallery/sampleHeaders.ts';
import { GalleryRig, nextFrames, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

describe('accessibility', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

  async function faultsOf(page: Page): Promise<string[]> {
    await page.addScriptTag({ content: axe });
    return page.evaluate(async () => {
      const run: (
        context: object,
        options: object,
      ) => Promise<{
        violations: {
          id: string;
          impact: string;
          nodes: { html: string; failureSummary: string }[];
        }[];
      }> = Reflect.get(Reflect.get(window, 'axe'), 'run');
      const found = await run(
        // Colours of terminal output are the program's.
        { include: 'body', exclude: 'pre.output span[style]' },
        { resultTypes: ['violations'] },
      );
      return found.violations
        .filter((fault) => fault.impact === 'serious' || fault.impact === 'critical')
        .map(({ id, nodes }) =>
          [id, ...nodes.map((node) => node.html + node.failureSummary)].join('\n'),
        );
    });
  }

  it('has no serious fault in any card, opened, in any theme', async () => {
    const page = await rig.open('', { bypassCSP: true, viewport: { width: 900, height: 5000 } });
    await page.evaluate(() => {
      const heads = document.querySelectorAll<HTMLElement>('.card-head[aria-expanded=false]');
      for (const head of heads) head.click();
    });
    expect(await page.locator('.card').count()).toBeGreaterThan(10);
    for (const theme of ['dark', 'light', 'hc', 'hc-light', 'none']) {
      await page.evaluate((name) => window.showTheme(name), theme);
      await nextFrames(page);
      expect(await faultsOf(page), theme).toEqual([]);
    }
  });

  it.each([
    'theme=dark&outbox&live',
    'theme=light&request=permission&request=question',
    'theme=hc&state=asked&request=edit',
    'theme=hc-light&state=problem&request=plan',
    'theme=light&state=owner&request=form&request=typed',
    'theme=hc&state=owner&request=address&request=loopback',
    'theme=dark&state=guest&request=form&request=unfillable',
    'theme=light&state=offline',
    'theme=dark&state=queued&draft=x',
    'theme=none&state=over',
  ])('has no serious fault in %s', async (query) => {
    const page = await rig.open(query, { bypassCSP: true });
    expect(await faultsOf(page)).toEqual([]);
  });

  it('has a heading per turn, a named log, and speaks each reply once', async () => {
    const page = await rig.open('many=40');
    expect(await page.getAttribute('.transcript', 'role')).toBe('log');
    expect(await page.getAttribute('.transcript', 'aria-live')).toBe('off');
    await page.waitForSelector('h2.sr-only:has-text("Prompt: Prompt number 30")', {
      state: 'attached',
    });
    const entry = { kind: 'text', id: 't', at: 0, messageId: 'm', text: 'All **green**.' };
    await send(page, { type: 'append', entries: [{ index: 40, entry }] });
    expect(await page.textContent('[aria-live=polite]')).toBe('All green.');
  });

  it('says once that the picture is old, not each second how old', async () => {
    const page = await rig.open('state=offline');
    expect(await page.textContent('.header .truth')).toMatch(/last seen \d+ s ago/);
    const banner = page.locator('.banner[role=status]');
    expect((await banner.textContent())?.trim()).toBe('Ada’s MacBook is offline');
  });

  it.each([390, 1280])(
    'keeps every control in reach at %i px, however long the names',
    async (width) => {
      const page = await rig.open('state=asked', { viewport: { width, height: 900 } });
      const long = 'unbroken'.repeat(30);
      const header = HEADERS['asked'];
      await send(page, {
        type: 'header',
        header: {
          ...header,
          session: {
            ...header?.session,
            title: `A title as a first prompt makes one, ${'with many words, '.repeat(12)}`,
            branch: long,
            computer: long,
          },
          control: { ...header?.control, name: long },
          controlRequests: [{ member: 'm', window: 'w', name: long }],
        },
      });
      await page.click('.people > summary');
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll('.header button, .bottom button, #composer')]
          .filter((element) => {
            const box = element.getBoundingClientRect();
            return box.left < 0 || box.right > innerWidth;
          })
          .map((element) => element.outerHTML),
      );
      expect(outside).toEqual([]);
      expect(await page.locator('.bottom button').count()).toBeGreaterThan(4);
    },
  );

  it('shows on a phone why a prompt failed, and has no field that it zooms into', async () => {
    const page = await rig.open('outbox', {
      viewport: { width: 390, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    const box = await page.locator('.outbox-failed .bad').boundingBox();
    expect(box?.width).toBeGreaterThan(200);
    const size = await page
      .locator('#composer')
      .evaluate((field) => getComputedStyle(field).fontSize);
    expect(Number.parseFloat(size)).toBeGreaterThanOrEqual(16);
  });
});
