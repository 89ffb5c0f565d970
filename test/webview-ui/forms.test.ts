// Forms in a browser: real controls with their labels, what is wrong said while somebody types, by keyboard and by touch.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GalleryRig, posted } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

const send = (page: Page) => page.getByRole('button', { name: 'Send answer' });

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
    await send(page).click();
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
    expect(await send(page).isDisabled()).toBe(true);
    expect(await page.locator('.block-reason').textContent()).toContain('may not approve');
  });

  it('has targets of 44 px for a finger, and fits the width of a phone', async () => {
    const viewport = { width: 390, height: 844 };
    const page = await rig.open('state=owner&request=form', {
      ...{ viewport, hasTouch: true, isMobile: true },
    });
    await send(page).click();
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
  expect(await send(page).isDisabled()).toBe(true);
  expect(await number.getAttribute('aria-invalid')).toBe('true');
  await number.fill('60');
  await send(page).click();
  const answers = { 'What should it be called?': 'limiter', 'How long may it wait?': '60' };
  expect(await posted(page, 'answer')).toMatchObject([{ answers, content: answers }]);
});
