// Menus and pickers of the composer in a browser: what they offer, what the keys do, what is sent.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { GalleryRig, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

const open = async (query = 'state=idle'): Promise<Page> => {
  const page = await rig.open(query);
  await page.focus('#composer');
  return page;
};
const active = (page: Page): Promise<string> =>
  page.locator('[role=option][aria-selected=true] .choice-name').innerText();
const value = (page: Page): Promise<string> => page.inputValue('#composer');

describe('the menu of commands', () => {
  it('narrows as one types, says which option is active, and completes with Tab', async () => {
    const page = await open();
    await page.keyboard.type('/c');
    await page.waitForSelector('.menu [role=option]');
    expect(await page.locator('.menu [role=option]').count()).toBeGreaterThan(3);
    await page.keyboard.type('o');
    expect(await active(page)).toMatch(/^\/compact/);
    const option = await page.getAttribute('#composer', 'aria-activedescendant');
    expect(await page.locator(`#${option}`).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowDown');
    expect(await active(page)).toBe('/context');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Tab');
    expect(await value(page)).toBe('/compact ');
    expect(await page.locator('.menu').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('composer');
  });

  it('runs with Enter what takes nothing behind it, and waits for what a command takes', async () => {
    const page = await open();
    await page.keyboard.type('/cont');
    await page.waitForSelector('.menu [role=option]');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'prompt')).toEqual([{ type: 'prompt', text: '/context ' }]);
    await page.keyboard.type('/mod');
    await page.waitForSelector('.menu [role=option]');
    await page.keyboard.press('Enter');
    expect(await value(page)).toBe('/model ');
    expect(await posted(page, 'prompt')).toHaveLength(1);
  });

  it('closes with Escape before Escape stops the turn', async () => {
    const page = await rig.open('state=owner');
    await page.focus('#composer');
    await page.keyboard.type('/c');
    await page.waitForSelector('.menu');
    await page.keyboard.press('Escape');
    expect(await page.locator('.menu').count()).toBe(0);
    expect(await posted(page, 'interrupt')).toEqual([]);
    expect(await value(page)).toBe('/c');
    await page.keyboard.press('Escape');
    expect(await posted(page, 'interrupt')).toHaveLength(1);
  });

  it('a command that is gone when it is sent is said to be, and sent when one insists', async () => {
    const page = await open();
    await page.keyboard.type('/context');
    await page.waitForSelector('.menu [role=option]');
    await send(page, { type: 'found', list: 'commands', query: '', items: [] });
    await page.keyboard.press('Enter');
    expect(await posted(page, 'prompt')).toEqual([]);
    expect(await page.locator('.composer-reason').innerText()).toContain('no command “/context”');
    expect(await value(page)).toBe('/context');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'prompt')).toHaveLength(1);
  });

  it('leaves its keys to an input method that is composing', async () => {
    const page = await open();
    await page.keyboard.type('/co');
    await page.waitForSelector('.menu [role=option]');
    for (const key of ['Enter', 'ArrowDown', 'Escape']) {
      await page.dispatchEvent('#composer', 'keydown', { key, isComposing: true, bubbles: true });
    }
    expect(await active(page)).toMatch(/^\/compact/);
    expect(await value(page)).toBe('/co');
  });
});

describe('the menu of files', () => {
  it('spells out what could deceive, says what no prompt can name, and writes the rest in its quotes', async () => {
    const page = await open();
    await page.keyboard.type('see @');
    await page.waitForSelector('.menu [role=option]');
    const names = await page.locator('.menu .choice-name').allInnerTexts();
    expect(names).toContain('@new⟨U+000A⟩line.txt');
    expect(names).toContain('@invoice⟨U+202E⟩fdp.exe');
    await page.locator('.menu [role=option]', { hasText: 'U+000A' }).click();
    expect(await page.locator('.composer-reason').innerText()).toContain('cannot be written');
    expect(await value(page)).toBe('see @');
    await page.locator('.menu [role=option]', { hasText: 'clock and bucket' }).click();
    expect(await value(page)).toBe('see @"src/limiter/clock and bucket.ts" ');
  });

  it('goes on in a folder, and says that fifty are not all', async () => {
    const page = await open();
    await page.keyboard.type('@sr');
    await page.waitForSelector('.menu [role=option]:has-text("src/")');
    await page.keyboard.press('Enter');
    expect(await value(page)).toBe('@src/');
    await page.waitForSelector('.menu [role=option]:has-text("limiter.ts")');
    await page.fill('#composer', '');
    await page.keyboard.type('@many');
    await page.waitForSelector('.menu-note:has-text("The first 50; type on for others.")');
    expect(await page.locator('.menu [role=option]').count()).toBe(50);
  });

  it('shows why nothing can be looked up', async () => {
    const page = await open();
    await page.keyboard.type('@zzz');
    await page.waitForSelector('.menu-note:has-text("No such file or folder.")');
    const error = 'The session is not connected.';
    await send(page, { type: 'found', list: 'files', query: 'zzz', items: [], error });
    expect(await page.locator('.menu-note').innerText()).toBe(error);
  });
});

describe('the permission mode', () => {
  it('[A3] is shown in words, and Shift+Tab steps through those that ask about something', async () => {
    const page = await open();
    await page.waitForSelector('.picker:has-text("Ask before edits")');
    for (const [mode, name] of [
      ['acceptEdits', 'Edit automatically'],
      ['plan', 'Plan'],
      ['default', 'Ask before edits'],
    ] as const) {
      await page.keyboard.press('Shift+Tab');
      expect((await posted(page, 'set-mode')).at(-1)).toEqual({ type: 'set-mode', mode });
      const session = { ...ownerHeader.session, status: 'idle', mode };
      await send(page, { type: 'header', header: { ...ownerHeader, session } });
      await page.waitForSelector(`.picker:has-text("${name}")`);
    }
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('composer');
  });

  it('of a host that has no words for it is called by its id, and says why nothing can be chosen', async () => {
    const page = await open();
    const error = 'This version of the session’s computer does not know it.';
    await send(page, { type: 'found', list: 'modes', query: '', items: [], error });
    const session = { ...ownerHeader.session, mode: 'plan', modeKind: 'guarded' };
    await send(page, { type: 'header', header: { ...ownerHeader, session } });
    await page.click('button.picker:has-text("plan")');
    expect(await page.locator('.menu-note').innerText()).toBe(error);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+Tab');
    expect(await posted(page, 'set-mode')).toEqual([]);
  });

  it('after Escape, Shift+Tab moves on as everywhere', async () => {
    const page = await open();
    await page.waitForSelector('.picker:has-text("Ask before edits")');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+Tab');
    expect(await posted(page, 'set-mode')).toEqual([]);
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe('composer');
  });

  it('that asks nobody is asked about first, and Escape changes nothing', async () => {
    const page = await open();
    await page.click('.picker:has-text("Ask before edits")');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const question = page.locator('[role=alertdialog]');
    expect(await question.innerText()).toContain('without asking anybody');
    await page.keyboard.press('Escape');
    expect(await posted(page, 'set-mode')).toEqual([]);
    await page.click('.picker:has-text("Ask before edits")');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await question.locator('text=Use this mode').click();
    expect(await posted(page, 'set-mode')).toEqual([
      { type: 'set-mode', mode: 'bypassPermissions' },
    ]);
  });

  it('is text for guests, and of those with the right the modes that are theirs', async () => {
    const page = await rig.open('state=guest');
    await page.waitForSelector('.picker-fixed:has-text("Ask before edits")');
    expect(await page.locator('button.picker').count()).toBe(0);
    const me = { ...ownerHeader.me, role: 'controller', scopes: ['prompt', 'mode'], isMe: true };
    await send(page, { type: 'header', header: { ...ownerHeader, me } });
    await page.click('button.picker:has-text("Ask before edits")');
    expect(await page.locator('.menu .choice-name').allInnerTexts()).toEqual([
      ...['Ask before edits', 'Edit automatically', 'Plan'],
    ]);
    expect(await page.locator('.picker-fixed').allInnerTexts()).not.toEqual([]);
  });
});

describe('model and effort', () => {
  it('[A1] are chosen by keys, and the keyboard is back in the field', async () => {
    const page = await open();
    await page.click('button.picker:has-text("Opus")');
    expect(await active(page)).toBe('Opus');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'set-model')).toEqual([{ type: 'set-model', model: 'haiku' }]);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('composer');
    await page.click('button.picker:has-text("Effort: medium")');
    expect(await active(page)).toBe('medium');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'set-effort')).toEqual([{ type: 'set-effort', effort: '' }]);
  });

  it('[A1] a model that takes no effort says so', async () => {
    const page = await open();
    const session = { ...ownerHeader.session, model: 'haiku', effort: undefined };
    await send(page, { type: 'header', header: { ...ownerHeader, session } });
    await page.click('button.picker:has-text("Effort")');
    expect(await page.locator('.menu-note').innerText()).toBe('This model takes no effort.');
  });
});

describe('around the field', () => {
  const selection = { path: 'src/limiter.ts', from: 3, to: 9, isUnsaved: false };

  it('selected lines go along once, and can be left out', async () => {
    const page = await open();
    await send(page, { type: 'selection', selection });
    expect(await page.locator('.chip').innerText()).toContain('Lines 3–9 of limiter.ts');
    await page.keyboard.type('why?');
    await page.keyboard.press('Enter');
    await page.keyboard.type('and now?');
    await page.keyboard.press('Enter');
    await send(page, { type: 'selection', selection });
    await page.click('.chip-close');
    await page.keyboard.type('without');
    await page.keyboard.press('Enter');
    expect((await posted(page, 'prompt')).map((one) => one.type === 'prompt' && one.text)).toEqual([
      ...['why?\n\n@src/limiter.ts#L3-9', 'and now?', 'without'],
    ]);
  });

  it('a fresh session offers ways to begin, of which none is sent by a click', async () => {
    const page = await open('state=idle&empty');
    await page.click('.suggestions button >> nth=1');
    expect(await value(page)).toBe('What has changed since the last commit?');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('composer');
    expect(await posted(page, 'prompt')).toEqual([]);
    expect(await page.locator('.suggestions').count()).toBe(0);
  });

  it('the draft of another window is taken over behind what is there, and kept before it is told', async () => {
    const page = await open('state=idle&draft=mine');
    await send(page, { type: 'drafts', other: { id: 'w2', text: 'theirs', at: 0 } });
    await page.click('text=Use it here');
    expect(await value(page)).toBe('mine\n\ntheirs');
    const all = await page.evaluate(() => window.gallery.posted.map((one) => JSON.stringify(one)));
    expect(all.filter((one) => /draft/.test(one)).slice(-2)).toEqual([
      JSON.stringify({ type: 'draft', text: 'mine\n\ntheirs' }),
      JSON.stringify({ type: 'take-draft', id: 'w2' }),
    ]);
  });

  it('a draft that is read late does not undo what was typed meanwhile, and one that was sent goes', async () => {
    const page = await open('state=idle&draft=old');
    await send(page, { type: 'drafts', own: '' });
    expect(await value(page)).toBe('');
    await page.keyboard.type('new');
    await send(page, { type: 'drafts', own: 'older', isNewer: true });
    expect(await value(page)).toBe('new');
    await page.waitForSelector('text=It is left as it is.');
  });
});
