// [W1] What an agent waits for on the page: one state that counts down by the host's time, and only while it is looked at.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WAIT_MS } from '../../tools/run/waitBound.ts';
import { HEADERS } from '../../webview-ui/gallery/sampleHeaders.ts';
import { PanelStore } from '../../webview-ui/model/panelStore.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { createFakePort } from './fakePort.ts';
import { GalleryRig, send } from './galleryRig.ts';

describe('the store', () => {
  it('counts what is left by the host’s time, each second, and only while somebody can look', () => {
    const clock = createFakeClock();
    const { port, send: tell } = createFakePort();
    let isVisible = true;
    const store = new PanelStore({
      ...{ port, clock, schedule: (callback: () => void) => callback() },
      isVisible: () => isVisible,
    });
    const header = HEADERS['limit'] ?? expect.fail('no sample');
    const leftMs = (): number | undefined => store.standing.value?.wait?.leftMs;
    tell({ type: 'header', header });
    const first = leftMs() ?? expect.fail('nothing waits');
    clock.advance(2000);
    expect(leftMs()).toBe(first - 2000);
    isVisible = false;
    clock.advance(60_000);
    expect(leftMs()).toBe(first - 2000);
    isVisible = true;
    clock.advance(1000);
    expect(leftMs()).toBe(first - 63_000);
    clock.advance(first);
    expect(leftMs()).toBe(0);
    store.dispose();
  });
});

describe('the page', () => {
  let rig: GalleryRig;
  beforeAll(async () => {
    rig = await GalleryRig.start();
  });
  afterAll(() => rig.close());

  it('says in its head which limit is reached and what is left, and in a banner what comes of it', async () => {
    const page = await rig.open('state=limit');
    const wait = page.locator('.header-facts .wait');
    expect(await wait.textContent()).toMatch(/^The usage limit is reached · resets in 5\d m$/);
    const banner = await page.locator('.banner').textContent();
    expect(banner).toMatch(/The usage limit is reached\. Resets: .+\. Until then prompts wait/);
    // A screen reader would say a countdown anew each second.
    expect(banner).not.toMatch(/resets in/);
  });

  it('shows the attempts of a run as one row that counts down, and no more when it went on', async () => {
    const page = await rig.open('state=overloaded&empty');
    const retry = (attempt: number) => ({
      index: attempt,
      entry: {
        ...{ kind: 'retry', id: `r${attempt}`, at: 0, error: 'overloaded', status: 529 },
        ...{ attempt, maxAttempts: 10, delayMs: 75_000 },
      },
    });
    await send(page, { type: 'append', entries: [3, 4, 5].map(retry) });
    const rows = page.locator('.transcript .notice-warning');
    await rows.first().waitFor({ timeout: WAIT_MS });
    expect(await rows.count()).toBe(1);
    expect(await rows.textContent()).toMatch(/Attempt 5 of at most 10 · again in \d+ s/);
    const header = { ...HEADERS['owner'], hostNow: 125_000 };
    await send(page, { type: 'header', header });
    expect(await rows.textContent()).not.toContain('again in');
    expect(await page.locator('.header-facts .wait').count()).toBe(0);
    expect(await page.locator('.banner').count()).toBe(0);
  });
});
