// Every text of the page in a language that does not exist: what is still English was never translated.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { say } from '../../src/base/say.ts';
import { saidText } from '../../src/protocol/said.ts';
import { sampleChoices } from '../../webview-ui/gallery/sampleChoices.ts';
import { sampleEntries } from '../../webview-ui/gallery/sampleEntries.ts';
import { HEADERS, ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { waitingRequest } from '../../webview-ui/gallery/sampleRequests.ts';
import { PSEUDO_TEXTS as STRINGS } from '../probes/pseudoLanguage.ts';
import { GalleryRig, nextFrames, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

/** What is data: it comes from people, agents and programs. */
function dataOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [key, ...dataOf(one)]);
}
const plain = (text: string): string => text.replaceAll(/[*`#|>[\]_-]/g, '');
/** The requests of the gallery. */
const REQUESTS = ['permission', 'edit', 'question', 'plan'].map((name) =>
  waitingRequest(name, 0, ownerHeader),
);
/** Modes and models, which the extension translates before the page gets them. */
const CHOICES = (['modes', 'models', 'commands'] as const).map((list) => sampleChoices(list, ''));
const DATA = plain(dataOf([sampleEntries(), HEADERS, REQUESTS, CHOICES]).join('\n'));

/** Times, sizes, counts: the same everywhere, or made by `Intl`. */
const FIGURES = /^[\d\s.,:·%$+−–→/()×-]*(?:(?:AM|PM|ms|s|m|h|d|k|M|B|KB|MB)[\d\s.,:·→+−–-]*)*$/;
/** Initials of people, and keys. */
const SIGNS = /^(?:\p{Lu}{2}|(?:Ctrl|Alt|Shift|Cmd)\+.*)$/u;

function isData(text: string): boolean {
  const pieces = text.split(/ · |, |; /);
  return pieces.every((one) => DATA.includes(plain(one)) || SIGNS.test(one) || FIGURES.test(one));
}

/** Texts that a person can read or hear, and that are neither translated nor data. */
async function untranslated(page: Page): Promise<readonly string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent?.closest('script, style, pre, code, .markdown, .reply') === null) {
        found.push(node.textContent ?? '');
      }
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) {
        found.push(element.getAttribute(name) ?? '');
      }
    }
    return found;
  });
  const said = texts.map((text) => text.trim()).filter((text) => /\p{L}{2}/u.test(text));
  expect(said.filter((text) => text.includes('⟦')).length).toBeGreaterThan(5);
  return [...new Set(said)].filter((text) => !text.includes('⟦') && !isData(text));
}

describe('no text of the page is left in English', () => {
  it.each([
    ...Object.keys(HEADERS).map((state) => `state=${state}`),
    ...['permission', 'edit', 'question', 'plan'].map((name) => `state=owner&request=${name}`),
    'state=viewer&request=permission',
    'state=owner&empty',
  ])('%s', async (query) => {
    const page = await rig.open(query);
    await send(page, { type: 'init', strings: STRINGS, locale: 'en', draft: '' });
    await page.evaluate(() => {
      const closed = document.querySelectorAll<HTMLElement>('.card-head[aria-expanded=false]');
      for (const head of closed) head.click();
    });
    await nextFrames(page);
    expect(await untranslated(page)).toEqual([]);
  });
});

it('what another computer has said is translated by its code, and shown as it came where that is not known', async () => {
  const page = await rig.open('state=owner');
  await send(page, { type: 'init', strings: STRINGS, locale: 'en', draft: '' });
  const model: string = 'opus';
  const known = saidText(say`Model changed to “${model}”.`);
  const notice = { kind: 'notice', at: 0, level: 'info', code: 'x' };
  const entries = [
    { ...notice, id: 'a', ...known },
    { ...notice, id: 'b', text: 'A later version says this.', said: { code: 'unheard-of' } },
    { ...notice, id: 'c', text: 'An older version says this.' },
  ];
  const placed = entries.map((entry, at) => ({ index: 900 + at, entry }));
  await send(page, { type: 'append', entries: placed });
  for (const text of [
    '⟦Model changed to “opus”.⟧',
    'A later version says this.',
    'An older version says this.',
  ]) {
    await page.locator('.notice').getByText(text, { exact: true }).waitFor();
  }
});
