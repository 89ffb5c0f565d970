// Cards of requests in a browser: keys where the focus is, one step for each answer, nothing that moves under the hand.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEADERS } from '../../webview-ui/gallery/sampleHeaders.ts';
import { waitingRequest } from '../../webview-ui/gallery/sampleRequests.ts';
import type { PanelHeader } from '../../src/protocol/local/panel.ts';
import { GalleryRig, nextFrames, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

const keysAwake = (page: Page) => page.waitForSelector('kbd:not(.asleep, .away)');

function headerOf(name: string): PanelHeader {
  const header = HEADERS[name];
  if (header === undefined) throw new Error(`no header ${name}`);
  return header;
}

/** Lets requests wait besides what the page shows, one after the other. */
async function ask(page: Page, state: string, ...names: readonly string[]): Promise<PanelHeader> {
  let header = headerOf(state);
  for (const [at, name] of names.entries()) {
    const next = waitingRequest(name, 900 + at, header);
    if (next === undefined) throw new Error(`no request ${name}`);
    header = next.header;
    await send(page, { type: 'append', entries: [next.entry] }, { type: 'header', header });
  }
  return header;
}

const hints = (page: Page): Promise<string[]> =>
  page.locator('.pending kbd:not(.away)').allTextContents();

const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const active = document.activeElement;
    return active instanceof HTMLElement ? (active.dataset['request'] ?? active.id) : undefined;
  });

/** Where the buttons of the first card are. */
const buttonsAt = async (page: Page): Promise<unknown> => {
  await nextFrames(page);
  return page.evaluate(() =>
    [...document.querySelectorAll('[data-request=p1] .answers button')].map((button) => {
      const { x, y, width } = button.getBoundingClientRect();
      return [Math.round(x), Math.round(y), Math.round(width)];
    }),
  );
};

describe('the keyboard', () => {
  it('goes to a request that comes while the composer is empty, and what is no key of it becomes a prompt', async () => {
    const page = await rig.open('state=idle');
    await page.click('#composer');
    await ask(page, 'idle', 'permission');
    expect(await focused(page)).toBe('p1');
    await keysAwake(page);
    await page.keyboard.type('what is it');
    expect(await page.inputValue('#composer')).toBe('what is it');
    expect(await posted(page, 'answer')).toEqual([]);
  });

  it('stays in a composer with text, and no key is shown that would not work', async () => {
    const page = await rig.open('state=idle');
    await page.click('#composer');
    await page.keyboard.type('half');
    await ask(page, 'idle', 'permission');
    expect(await focused(page)).toBe('composer');
    expect(await hints(page)).toEqual([]);
    await page.keyboard.type(' y');
    expect(await page.inputValue('#composer')).toBe('half y');
    await page.locator('.pending').focus();
    expect(await hints(page)).toEqual(['y', 'n']);
    await page.getByPlaceholder('Why not').focus();
    expect(await hints(page)).toEqual([]);
  });

  it('answers the request that has it, and goes on with the next', async () => {
    const page = await rig.open('state=idle');
    const header = await ask(page, 'idle', 'permission', 'edit');
    await page.locator('[data-request=p2]').focus();
    await keysAwake(page);
    expect(await page.locator('[data-request=p1] kbd:not(.away)').count()).toBe(0);
    await page.keyboard.press('y');
    expect(await posted(page, 'answer')).toMatchObject([{ requestId: 'p2', behavior: 'allow' }]);
    await send(page, {
      type: 'header',
      header: { ...header, pending: header.pending.slice(0, 1) },
    });
    expect(await focused(page)).toBe('p1');
  });
});

describe('a no', () => {
  it('is one step; words beside it are an option, sent by Enter, and Escape interrupts nothing', async () => {
    const page = await rig.open('state=owner&request=permission');
    await keysAwake(page);
    const note = page.getByPlaceholder('Why not? (optional)');
    await note.fill('Use npm install');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('p1');
    await note.press('Enter');
    const answer = { type: 'answer', requestId: 'p1', inputHash: 'hash-p1', behavior: 'deny' };
    expect(await posted(page, 'answer')).toEqual([{ ...answer, message: 'Use npm install' }]);
    expect(await posted(page, 'interrupt')).toEqual([]);
    const second = await rig.open('state=owner&request=permission');
    await keysAwake(second);
    await second.keyboard.press('n');
    expect(await posted(second, 'answer')).toEqual([answer]);
  });

  it('[U9] keeps its words over a reload, and what was to be remembered', async () => {
    const page = await rig.open('state=owner&request=permission');
    await page.getByPlaceholder('Why not').fill('Use npm install');
    await page.getByLabel('Bash(npm ci:*)').check();
    await page.getByLabel('Where it is kept').selectOption('local');
    await page.reload();
    await page.waitForSelector('.pending');
    expect(await page.getByPlaceholder('Why not').inputValue()).toBe('Use npm install');
    expect(await page.getByLabel('Bash(npm ci:*)').isChecked()).toBe(true);
    expect(await page.getByLabel('Where it is kept').inputValue()).toBe('local');
  });

  it('[U9] keeps what a plan should have otherwise over a reload', async () => {
    const page = await rig.open('state=owner&request=plan');
    await page.getByPlaceholder('What should change').fill('Smaller steps');
    await page.reload();
    await page.waitForSelector('.pending');
    await page.getByRole('button', { name: 'Keep planning' }).click();
    expect(await posted(page, 'answer')).toMatchObject([
      { requestId: 'p4', behavior: 'deny', message: 'Smaller steps' },
    ]);
  });

  it('gives its words back when the request was allowed all the same', async () => {
    const page = await rig.open('state=owner&request=permission');
    await page.getByPlaceholder('Why not').fill('with care');
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await posted(page, 'answer')).toMatchObject([{ behavior: 'allow' }]);
    expect(await page.inputValue('#composer')).toBe('with care');
  });
});

describe('what is remembered', () => {
  it('[R20] is each rule that was ticked, at the place that was chosen; nothing by itself', async () => {
    const page = await rig.open('state=owner&request=permission');
    const option = page.locator('.remember option');
    expect(await option.allTextContents()).toEqual([
      'for this session',
      'for me in this project · .claude/settings.local.json',
      'for everybody in this project · .claude/settings.json',
      'for me in all projects · ~/.claude/settings.json',
    ]);
    await page.getByLabel('Bash(npm ci:*)').check();
    await page.getByLabel('Where it is kept').selectOption('project');
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await posted(page, 'answer')).toMatchObject([
      { behavior: 'allow', remember: [0], place: 'project' },
    ]);
    const plain = await rig.open('state=owner&request=permission');
    await plain.getByRole('button', { name: 'Allow' }).click();
    const [answer] = await posted(plain, 'answer');
    expect(Object.keys(answer ?? {})).not.toContain('remember');
  });

  it('[R20] of a host that names no places is kept for this session', async () => {
    const page = await rig.open('state=idle');
    const next = waitingRequest('permission', 900, headerOf('idle'));
    const entry = { ...next?.entry.entry, places: undefined, suggestionTexts: undefined };
    await send(
      page,
      { type: 'append', entries: [{ index: 900, entry }] },
      { type: 'header', header: next?.header },
    );
    expect(await page.locator('.remember option').count()).toBe(1);
    await page.getByLabel('"ruleContent":"npm ci:*"').check();
    await page.getByRole('button', { name: 'Allow' }).click();
    const [answer] = await posted(page, 'answer');
    expect(answer).toMatchObject({ remember: [0] });
    expect(Object.keys(answer ?? {})).not.toContain('place');
  });

  it('[C12] is not for guests, whose card is the same otherwise', async () => {
    const look = async (state: string): Promise<readonly string[]> => {
      const page = await rig.open('state=idle');
      const me = headerOf(state).me;
      const next = waitingRequest('permission', 900, { ...headerOf('idle'), me, canAnswer: true });
      await send(
        page,
        { type: 'append', entries: [next?.entry] },
        { type: 'header', header: next?.header },
      );
      return page
        .locator('.pending > *:not(.remember, .cause), .pending .remember-rule')
        .evaluateAll((all) => all.map((one) => `${one.className} ${one.textContent ?? ''}`));
    };
    const guests = await look('guest');
    const page = await rig.open('state=guest&request=permission');
    expect(await page.isDisabled('.remember select')).toBe(true);
    expect(await page.textContent('.remember')).toContain('Only an owner’s answer is remembered.');
    expect(guests).toEqual(await look('owner'));
  });
});

describe('a plan', () => {
  it('[R21] is approved, approved into a mode, or worked on: one key each', async () => {
    for (const [key, answer] of [
      ['y', { behavior: 'allow' }],
      ['a', { behavior: 'allow', mode: 'acceptEdits' }],
      ['n', { behavior: 'deny' }],
    ] as const) {
      const page = await rig.open('state=owner&request=plan');
      expect(await page.textContent('.pending .plan')).toContain('Return tokens on cancel');
      await keysAwake(page);
      await page.keyboard.press(key);
      const [sent] = await posted(page, 'answer');
      expect(sent).toMatchObject({ requestId: 'p4', ...answer });
      expect(Object.hasOwn(sent ?? {}, 'mode')).toBe(key === 'a');
    }
    const guest = await rig.open('state=guest&request=plan');
    const buttons = await guest.locator('.answers button').allTextContents();
    expect(buttons.join()).not.toContain('accept edits');
  });
});

describe('several requests', () => {
  it('are all there with their answers, and nothing moves under the pointer', async () => {
    const page = await rig.open('state=idle');
    await ask(page, 'idle', 'permission');
    const before = await buttonsAt(page);
    const header = await ask(page, 'idle', 'permission', 'edit', 'plan');
    expect(await page.locator('.pending .button').count()).toBe(3);
    expect(await buttonsAt(page)).toEqual(before);
    await page.locator('[data-request=p1] .note').fill('words');
    expect(await buttonsAt(page)).toEqual(before);
    // On its way, and refused.
    const item = { id: 'a', kind: 'answer', text: 'p1', status: 'sending', at: 0 };
    await send(page, { type: 'outbox', items: [item] });
    await page.waitForSelector('.block-reason:has-text("Sending your answer")');
    expect(await buttonsAt(page)).toEqual(before);
    const rejected = { ...item, status: 'rejected', message: 'Ada was first.' };
    await send(page, { type: 'outbox', items: [rejected] });
    await page.waitForSelector('.pending [role=alert]');
    expect(await buttonsAt(page)).toEqual(before);
    // One above it goes while the pointer is on it: its room stays until the pointer leaves.
    await page.locator('[data-request=p1] .button').hover();
    await send(page, { type: 'header', header: { ...header, pending: header.pending.slice(1) } });
    expect(await page.locator('.pending-gone').count()).toBe(1);
    await page.mouse.move(5, 5);
    await page.waitForSelector('.pending-gone', { state: 'detached' });
  });
});
