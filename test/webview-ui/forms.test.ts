// Forms in a browser: real controls with their labels, what is wrong said while somebody types, by keyboard and by touch.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { GalleryRig, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

const sendButton = (page: Page) => page.getByRole('button', { name: 'Send answer' });

describe('a form', () => {
  it('[U2] is sent with what was filled in and the defaults of the rest, by keyboard alone', async () => {
    const page = await rig.open('state=owner&request=form');
    await page.getByLabel('Name').focus();
    await page.keyboard.type('Ada');
    await page.keyboard.press('Tab');
    // A number keeps what is typed, also while it is none.
    await page.keyboard.press('End');
    await page.keyboard.type('x');
    await page.getByText('“Copies” must be a number.').waitFor({ state: 'detached' });
    await page.keyboard.press('Tab');
    await page.getByText('“Copies” must be a number.').waitFor();
    await page.getByLabel('Copies').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    await page.getByText('“Copies” must be a number.').waitFor({ state: 'detached' });
    await page.getByLabel('linux, glibc').focus();
    await page.keyboard.press('Space');
    await page.getByLabel('Color').selectOption('Green');
    await page.getByLabel('Day').fill('2026-02-28');
    await page.getByLabel('Name').focus();
    await page.keyboard.press('Enter');
    expect(await posted(page, 'answer')).toEqual([
      {
        ...{ type: 'answer', requestId: 'p5', inputHash: 'hash-p5', behavior: 'allow' },
        isWhole: true,
        content: {
          ...{ name: 'Ada', count: 3, draft: true, color: 'g', targets: ['linux, glibc'] },
          day: '2026-02-28',
        },
      },
    ]);
  });

  it('[U2] that does not fit sends nothing, and goes to the first field that is wrong', async () => {
    const page = await rig.open('state=owner&request=form');
    await sendButton(page).click();
    const name = page.getByLabel('Name');
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    expect(await name.evaluate((element) => element === document.activeElement)).toBe(true);
    const described = await name.getAttribute('aria-describedby');
    const texts = (described ?? '')
      .split(' ')
      .map((id) => page.evaluate((one) => document.getElementById(one)?.textContent ?? '', id));
    expect(await Promise.all(texts)).toEqual([
      '“Name” is needed.',
      'Of the release · 2 to 20 characters',
    ]);
    await page.getByText('“Targets” is needed.').waitFor();
    for (const label of ['linux, glibc', 'mac', 'win']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, on one page
      await page.getByLabel(label).check();
    }
    await page.getByText('“Targets” takes at most 2 options.').waitFor();
    expect(await posted(page, 'answer')).toEqual([]);
  });

  it('takes no key for a request that stands behind it, while text is typed into it', async () => {
    const page = await rig.open('state=owner&request=form&request=permission');
    await page.getByLabel('Name').focus();
    await page.keyboard.type('yes, no, 1');
    expect(await page.getByLabel('Name').inputValue()).toBe('yes, no, 1');
    await page.keyboard.press('Escape');
    expect(await posted(page, 'answer')).toEqual([]);
    expect(await posted(page, 'interrupt')).toEqual([]);
  });

  it('is declined by its own button', async () => {
    const page = await rig.open('state=owner&request=form');
    await page.getByRole('button', { name: 'Decline' }).click();
    expect(await posted(page, 'answer')).toMatchObject([{ requestId: 'p5', behavior: 'deny' }]);
  });

  it('cannot be filled in by who may not approve, and says why', async () => {
    const page = await rig.open('state=guest&request=form');
    expect(await page.getByLabel('Name').isDisabled()).toBe(true);
    expect(await sendButton(page).isDisabled()).toBe(true);
    expect(await page.locator('.block-reason').textContent()).toContain('may not approve');
  });

  it('has targets of 44 px for a finger, and fits the width of a phone', async () => {
    const viewport = { width: 390, height: 844 };
    const page = await rig.open('state=owner&request=form', {
      ...{ viewport, hasTouch: true, isMobile: true },
    });
    await sendButton(page).click();
    const small = await page
      .locator('.form :is(button, input:not([type=radio], [type=checkbox]), select, .option)')
      .evaluateAll((all) =>
        all.flatMap((one) => {
          const { height } = one.getBoundingClientRect();
          return height < 44 ? [`${one.outerHTML.slice(0, 80)}: ${height}`] : [];
        }),
      );
    expect(small).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
  });
});

describe('an address', () => {
  it('[U4] is named by its host, and opened by a click here, with which it is agreed to', async () => {
    const page = await rig.open('state=owner&request=address');
    await page.getByText('“release-tools” wants to open login.example.com').waitFor();
    await page.getByText('https://login.example.com/start?state=abc').waitFor();
    await page.locator('.transcript').focus();
    for (const key of ['y', 'Enter', '1']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, on one page
      await page.keyboard.press(key);
    }
    expect(await posted(page, 'open-link')).toEqual([]);
    await page.getByRole('button', { name: 'Open login.example.com' }).click();
    expect(await posted(page, 'open-link')).toEqual([
      { type: 'open-link', url: 'https://login.example.com/start?state=abc' },
    ]);
    expect(await posted(page, 'answer')).toMatchObject([{ requestId: 'p6', behavior: 'allow' }]);
  });

  it('[U4] of the session’s own computer is opened there, never here', async () => {
    const page = await rig.open('state=owner&request=loopback');
    await page.getByRole('button', { name: 'Open on Ada’s MacBook' }).click();
    expect(await posted(page, 'open-link')).toEqual([]);
    expect(await posted(page, 'answer')).toMatchObject([
      { requestId: 'p7', behavior: 'allow', open: true },
    ]);
  });
});

describe('a window that reloads', () => {
  it('[U9] keeps what was filled in but secrets, posts none of it, and forgets it with the request', async () => {
    const page = await rig.open('state=owner&request=odd');
    await page.getByLabel('Access token').fill('hunter2');
    await page.getByLabel('⟨U+202E⟩Delete⟨U+200B⟩ all').fill('kept');
    await page.getByLabel('Yes (drop)').check();
    const before = await page.evaluate(() => JSON.stringify(window.gallery.posted));
    expect(before).not.toMatch(/kept|hunter2|drop/);
    await page.reload();
    await page.getByText('Access token').waitFor();
    expect(await page.getByLabel('Access token').inputValue()).toBe('');
    expect(await page.getByLabel('Access token').getAttribute('type')).toBe('password');
    expect(await page.getByLabel('⟨U+202E⟩Delete⟨U+200B⟩ all').inputValue()).toBe('kept');
    expect(await page.getByLabel('Yes (drop)').isChecked()).toBe(true);
    const kept = (): Promise<string> => page.evaluate(() => JSON.stringify(history.state));
    expect(await kept()).toContain('kept');
    expect(await kept()).not.toContain('hunter2');
    await send(page, { type: 'header', header: ownerHeader });
    await page.locator('.pending').waitFor({ state: 'detached' });
    expect(await kept()).not.toContain('kept');
  });

  it('[U9] keeps what was chosen for questions', async () => {
    const page = await rig.open('state=owner&request=question');
    await page.getByLabel('Monotonic').check();
    await page.getByLabel('Per room').check();
    await page.getByLabel('Per member').check();
    await page.reload();
    await page.getByLabel('Monotonic').waitFor();
    expect(await page.getByLabel('Monotonic').isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Send answer' }).click();
    expect(await posted(page, 'answer')).toMatchObject([
      { content: { 'Which limits change as well?': ['Per room', 'Per member'] } },
    ]);
  });
});

describe('a form of a server that means ill', () => {
  it.each([
    ['odd', 390, 800],
    ['odd', 1280, 800],
    ['trap', 390, 844],
    ['long', 390, 844],
  ])('%s leaves its title and its buttons in sight at %i × %i', async (name, width, height) => {
    const page = await rig.open(`state=owner&request=${name}`, { viewport: { width, height } });
    const decline = page.getByRole('button', { name: 'Decline' });
    await expectInSight(page.locator('.pending-title'));
    await expectInSight(decline);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
  });

  it('has a long message scrolled by keys', async () => {
    const page = await rig.open('state=owner&request=odd');
    await page.locator('.form-body').focus();
    await page.keyboard.press('End');
    await page.waitForFunction(() => (document.querySelector('.form-body')?.scrollTop ?? 0) > 100);
  });

  it('has an empty option chosen like any other, and what is optional left out again', async () => {
    const page = await rig.open('state=owner&request=odd');
    await page.getByLabel('Access token').fill('x');
    await page.getByLabel('⟨U+202E⟩Delete⟨U+200B⟩ all').fill('x');
    await page.getByLabel('“”').check();
    await page.getByLabel('Yes', { exact: true }).check();
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('radio');
    await page.getByRole('button', { name: 'Send answer' }).click();
    const content = { token: 'x', rtl: 'x', keep: '' };
    expect(await posted(page, 'answer')).toMatchObject([{ content }]);
  });

  it('says how many fields are wrong once, and each with its field', async () => {
    const page = await rig.open('state=owner&request=odd');
    await page.getByRole('button', { name: 'Send answer' }).click();
    const status = page.getByRole('status').filter({ hasText: 'fields are not filled in' });
    expect(await status.textContent()).toBe('3 fields are not filled in as they should be.');
    expect(await page.locator('.pending [role=alert]').count()).toBe(0);
    await page.keyboard.press('Tab');
    expect(await page.locator('.pending [role=alert]').allTextContents()).toEqual([
      '“Access token” is needed.',
    ]);
  });

  it('[U4] is warned of before its address is shown', async () => {
    const page = await rig.open('state=owner&request=trap');
    expect(await page.locator('.form-body > *').allTextContents()).toEqual([
      'What stands before the @ is no part of where it leads.',
      'The name has letters of other alphabets, which can look like usual ones.',
      'It is not encrypted on the way.',
      expect.stringContaining('http://github.com@login.accounts.'),
      expect.stringContaining('Twinhelm: your session has ended.'),
    ]);
  });
});

async function expectInSight(locator: Locator): Promise<void> {
  const isInSight = await locator.evaluate((element) => {
    const shown = document.querySelector('.pending-list')?.getBoundingClientRect();
    const { top, bottom } = element.getBoundingClientRect();
    return shown !== undefined && top >= shown.top && bottom <= shown.bottom + 1;
  });
  expect(isInSight).toBe(true);
}

it('[U3] a form that cannot be read is shown as it came, and can only be declined', async () => {
  const page = await rig.open('state=owner&request=unfillable');
  await page.getByText('This form can’t be read. It can only be declined.').waitFor();
  await page.locator('.pending').getByText('requested_schema').waitFor();
  expect(await page.locator('.pending button').allTextContents()).toEqual(['Decline']);
});

it('questions that take a text or a number have a field, and the number its bounds', async () => {
  const page = await rig.open('state=owner&request=typed');
  const [text, number] = [page.locator('.question textarea'), page.locator('.question input')];
  await text.fill('limiter');
  expect(await number.inputValue()).toBe('5');
  await number.fill('61');
  expect(await sendButton(page).isDisabled()).toBe(true);
  expect(await number.getAttribute('aria-invalid')).toBe('true');
  await number.fill('60');
  await sendButton(page).click();
  const answers = { 'What should it be called?': 'limiter', 'How long may it wait?': '60' };
  expect(await posted(page, 'answer')).toMatchObject([{ answers, content: answers }]);
});
