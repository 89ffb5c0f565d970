// The head of the panel in a browser: the title, its change where it stands, the way and what it keeps secret.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PanelHeader } from '../../src/protocol/local/panel.ts';
import { HEADERS, ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { meaning } from '../../webview-ui/chrome/Way.tsx';
import { translate } from '../../webview-ui/strings.ts';
import { GalleryRig, nextFrames, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

const LONG = `A title that no window is wide enough for, ${'which goes on and on, '.repeat(7)}to here`;

function sessionOf(header: PanelHeader | undefined) {
  if (header?.session === undefined) throw new Error('a sample without a session');
  return { header, session: header.session };
}

async function withTitle(page: Page, sample: PanelHeader | undefined, title: string) {
  const { header, session } = sessionOf(sample);
  await send(page, { type: 'header', header: { ...header, session: { ...session, title } } });
}

const isCut = (page: Page) =>
  page.locator('.title-button').evaluate((one) => one.scrollWidth > one.clientWidth);

describe('the title', () => {
  test('[H3] an owner changes it where it stands, by press, F2 or Enter; Esc leaves it', async () => {
    const page = await rig.open('state=owner&empty');
    const title = page.locator('.title-button');
    const field = page.locator('.title-field');
    await title.click();
    expect(await field.inputValue()).toBe('Fix the rate limiter after sleep');
    await page.keyboard.type('Another name');
    await page.keyboard.press('Escape');
    expect(await field.count()).toBe(0);
    expect(await posted(page, 'rename')).toEqual([]);
    expect(await posted(page, 'interrupt')).toEqual([]);
    await nextFrames(page);
    expect(await title.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.keyboard.press('F2');
    await page.keyboard.type('  A new name ');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'rename')).toEqual([{ type: 'rename', title: 'A new name' }]);
    await nextFrames(page);
    await title.press('Enter');
    await page.keyboard.type('   ');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'rename')).toHaveLength(1);
  });

  test('[H3] what is too long is said before it is sent, and stays in the field', async () => {
    const page = await rig.open('state=owner&empty');
    await page.click('.title-button');
    await page.fill('.title-field', 'é'.repeat(101));
    await page.keyboard.press('Enter');
    expect(await page.textContent('.title-hint')).toContain('Too long');
    expect(await page.inputValue('.title-field')).toBe('é'.repeat(101));
    expect(await posted(page, 'rename')).toEqual([]);
    await page.fill('.title-field', 'é'.repeat(100));
    await page.keyboard.press('Enter');
    expect(await posted(page, 'rename')).toHaveLength(1);
  });

  test('[H3] it is not to be changed by a guest, nor by anybody where nothing reaches the session', async () => {
    const page = await rig.open('state=guest&empty');
    for (const state of ['guest', 'viewer', 'terminal', 'offline', 'ended']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, on one page
      await send(page, { type: 'header', header: HEADERS[state] });
      // oxlint-disable-next-line no-await-in-loop -- the same
      await page.press('.title-button', 'F2');
      // oxlint-disable-next-line no-await-in-loop -- the same
      expect([state, await page.locator('.title-field').count()]).toEqual([state, 0]);
    }
  });

  test('all of it is to be had: as its tooltip, and by a press', async () => {
    const page = await rig.open('state=guest&empty', { viewport: { width: 390, height: 700 } });
    await withTitle(page, HEADERS['guest'], LONG);
    expect(await isCut(page)).toBe(true);
    expect(await page.getAttribute('.title-button', 'title')).toBe(LONG);
    await page.click('.title-button');
    expect(await page.getAttribute('.title-button', 'aria-expanded')).toBe('true');
    expect(await isCut(page)).toBe(false);
  });

  test('one without a name has words to press', async () => {
    const page = await rig.open('state=owner&empty');
    await withTitle(page, HEADERS['owner'], '');
    expect(await page.textContent('.title-button')).toBe('Untitled session');
    await page.click('.title-button');
    expect(await page.inputValue('.title-field')).toBe('');
  });
});

describe('the way', () => {
  test('[H2] is said with its time; where nothing is measured no time stands', async () => {
    const page = await rig.open('state=guest&empty');
    const way = page.locator('.way summary');
    expect(await way.innerText()).toBe('Encrypted · by relay.example.com · 42 ms');
    const { way: known } = sessionOf(HEADERS['guest']).header;
    if (known === undefined) throw new Error('a sample without a way');
    const { roundTripMs: _, ...unmeasured } = known;
    const header = {
      ...HEADERS['guest'],
      way: { ...unmeasured, kind: 'network', host: '10.0.0.7' },
    };
    await send(page, { type: 'header', header });
    expect(await way.innerText()).toBe('Encrypted · this network: 10.0.0.7');
  });

  test('[H2] is measured once the session is reached, and again when somebody looks', async () => {
    const page = await rig.open('state=offline&empty');
    expect(await posted(page, 'measure-way')).toEqual([]);
    await send(page, { type: 'header', header: HEADERS['guest'] });
    await expect.poll(() => posted(page, 'measure-way')).toHaveLength(1);
    await page.click('.way summary');
    await expect.poll(() => posted(page, 'measure-way')).toHaveLength(2);
  });

  test('[H4] what “encrypted” means opens in the window, and Esc closes it', async () => {
    const page = await rig.open('state=guest&empty', { viewport: { width: 390, height: 500 } });
    await page.click('.way summary');
    const box = await page.locator('.way-list').boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    const said = await page.innerText('.way-list');
    expect(said).toContain('who connects from which address');
    expect(said).toContain('no safety words yet');
    await page.keyboard.press('Escape');
    expect(await page.locator('.way[open]').count()).toBe(0);
  });

  test('[H4] an owner alone is not told of links, and who has no TLS is told so', () => {
    const t: Parameters<typeof meaning>[1] = (key, ...values) => translate({}, key, values);
    const heads = (header: PanelHeader) => meaning(header, t).map(([head]) => head);
    const { sharing: _, ...alone } = ownerHeader;
    expect(meaning(alone, t).flat().join(' ')).toContain('It is not shared');
    expect(meaning(ownerHeader, t).flat().join(' ')).not.toContain('It is not shared');
    const open = { kind: 'network', host: '10.0.0.7', isSecure: false } as const;
    expect(heads({ ...ownerHeader, way: open })).toContain('No TLS');
    expect(heads({ ...ownerHeader, way: { ...open, isSecure: true } })).not.toContain('No TLS');
    expect(heads({ ...ownerHeader, way: { ...open, kind: 'computer' } })).not.toContain('No TLS');
  });
});
