// Requests in a browser: exactly what is asked, answered by keys or buttons, once.
import { toolView } from '../../src/claude/entries/viewOfTool.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manyEntries } from '../../webview-ui/gallery/manyEntries.ts';
import { sampleEntries } from '../../webview-ui/gallery/sampleEntries.ts';
import { HEADERS } from '../../webview-ui/gallery/sampleHeaders.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { ToolView } from '../../src/protocol/toolView.ts';
import { tomorrow } from '../protocol/tomorrow.ts';
import { GalleryRig, holdTimers, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

/** Requests listen to keys only after a moment. */
const keysAwake = (page: Page) => page.waitForSelector('kbd:not(.asleep, .away)');

const REQUEST = {
  ...{ kind: 'request', requestId: 'r', request: 'permission', tool: 'Bash', inputHash: 'h' },
  input: { command: 'ls' },
  view: { family: 'shell', command: '/command' },
};

/** Requests that wait, at another place of the log. */
function withIndex(pending: Json | undefined, index: number): readonly Json[] {
  if (!Array.isArray(pending)) throw new Error('no list');
  return pending.map((one: object) => ({ ...one, index }));
}

describe('requests', () => {
  it('shows the exact command, and y allows it', async () => {
    const page = await rig.open('request=permission');
    expect(await page.textContent('.pending .command')).toContain(
      'rm -rf dist node_modules && npm ci',
    );
    const said = (await page.locator('.pending .cause').allTextContents()).map((one) => one.trim());
    expect(said).toEqual([
      'For Bo Svensson’s prompt “clean up and build it anew”',
      'Asked by the subagent general-purpose “clean the build”',
    ]);
    expect(await page.textContent('.header-facts')).toContain('From subagents: 1');
    await keysAwake(page);
    await page.keyboard.press('y');
    expect(await posted(page, 'answer')).toEqual([
      { type: 'answer', requestId: 'p1', inputHash: 'hash-p1', behavior: 'allow', isWhole: true },
    ]);
  });

  it('[R13] what is cut is loaded and shown whole before it can be allowed; an owner may without', async () => {
    const page = await rig.open('state=idle');
    const inputCut = { totalBytes: 37_000, blob: 'b1' };
    const entry = {
      ...REQUEST,
      id: 'r',
      at: 0,
      input: { command: 'echo … 9 more … end' },
      inputCut,
    };
    const pending = { requestId: 'r', index: 900, request: 'permission', tool: 'Bash', since: 0 };
    const header = { ...HEADERS['idle'], pending: [pending] };
    await send(
      page,
      { type: 'append', entries: [{ index: 900, entry }] },
      { type: 'header', header },
    );
    const allow = page.getByRole('button', { name: /^Allow y$/ });
    expect(await allow.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Allow without seeing all of it' }).click();
    expect(await posted(page, 'answer')).toMatchObject([{ requestId: 'r', unseen: true }]);
    await page.getByRole('button', { name: 'Show all (36 KB)' }).click();
    expect((await posted(page, 'fetch-blob')).at(-1)?.blob).toBe('b1');
    const text = JSON.stringify({ command: `echo ${'x'.repeat(30_000)} end` });
    await send(page, { type: 'blob', blob: 'b1', text });
    await page.locator('.pending .command', { hasText: 'xxxx' }).waitFor();
    expect(await page.locator('.cut-note').count()).toBe(0);
    await send(page, { type: 'header', header: { ...header, me: HEADERS['queued']?.me } });
    expect(await page.getByRole('button', { name: /without seeing/ }).count()).toBe(0);
  });

  it('takes no key in the first moment, nor one that is typed as text', async () => {
    const page = await rig.open('state=idle');
    const release = await holdTimers(page);
    const entry = { ...REQUEST, id: 'r', at: 0 };
    const pending = { requestId: 'r', index: 900, request: 'permission', tool: 'Bash', since: 0 };
    await send(
      page,
      { type: 'append', entries: [{ index: 900, entry }] },
      { type: 'header', header: { ...HEADERS['idle'], pending: [pending] } },
    );
    expect(await page.locator('kbd.asleep').count()).toBeGreaterThan(0);
    await page.keyboard.press('y');
    await release();
    await keysAwake(page);
    await page.click('#composer');
    await page.keyboard.type('yes, why not');
    expect(await posted(page, 'answer')).toEqual([]);
    await page.locator('.transcript').focus();
    await page.keyboard.press('y');
    expect(await posted(page, 'answer')).toHaveLength(1);
  });

  it('takes no key that is held down since before it came', async () => {
    const page = await rig.open('state=owner&request=permission');
    await keysAwake(page);
    await page.locator('.transcript').focus();
    await page.dispatchEvent('.transcript', 'keydown', { key: 'y', repeat: true, bubbles: true });
    expect(await posted(page, 'answer')).toEqual([]);
    await page.keyboard.press('y');
    expect(await posted(page, 'answer')).toHaveLength(1);
  });

  it('takes no key meant for the request before it, when one moves up', async () => {
    const page = await rig.open('state=owner&request=permission&request=edit');
    await keysAwake(page);
    await page.keyboard.press('y');
    await page.waitForSelector('.block-reason:has-text("Sending your answer")');
    const index = sampleEntries().length + 1;
    const pending = { requestId: 'p2', index, request: 'permission', tool: 'Edit', since: 0 };
    const release = await holdTimers(page);
    await send(page, { type: 'header', header: { ...HEADERS['owner'], pending: [pending] } });
    await page.keyboard.press('y');
    expect(await posted(page, 'answer')).toMatchObject([{ requestId: 'p1' }]);
    await release();
    await keysAwake(page);
    await page.keyboard.press('y');
    expect(await posted(page, 'answer')).toMatchObject([{ requestId: 'p1' }, { requestId: 'p2' }]);
  });

  it('takes no press of the pointer in the moment in which it appears or moves up', async () => {
    const page = await rig.open('state=owner&request=permission&request=edit');
    const pending = { requestId: 'p2', index: 0, request: 'permission', tool: 'Edit', since: 0 };
    const pointerEvents = (): Promise<string> =>
      page.evaluate(() => {
        const button = document.querySelector('.pending .button');
        return button === null ? '' : getComputedStyle(button).pointerEvents;
      });
    await expect.poll(pointerEvents).toBe('auto');
    // As long as a slow computer needs to look at it.
    await page.evaluate(() => {
      const style = new CSSStyleSheet();
      style.replaceSync('.pending { animation-duration: 1000s }');
      document.adoptedStyleSheets = [style];
    });
    const finish = (): Promise<void> =>
      page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    await finish();
    expect(await pointerEvents()).toBe('auto');
    pending.index = sampleEntries().length + 1;
    await send(page, { type: 'header', header: { ...HEADERS['owner'], pending: [pending] } });
    expect(await pointerEvents()).toBe('none');
    await finish();
    await page.click('.pending .button');
    expect(await posted(page, 'answer')).toMatchObject([{ requestId: 'p2' }]);
  });

  it('answers once, however often the button is pressed', async () => {
    const page = await rig.open('request=permission');
    await page.dblclick('.pending .button');
    expect(await posted(page, 'answer')).toHaveLength(1);
  });

  it('does not ask again between the answer that is done and the head that shows it', async () => {
    const page = await rig.open('request=permission');
    await page.click('.pending .button');
    const item = { id: 'a', kind: 'answer', text: 'p1', status: 'done', at: 0 };
    await send(page, { type: 'outbox', items: [item] });
    expect(await page.isDisabled('.pending .button')).toBe(true);
    const rejected = { ...item, status: 'rejected', message: 'Ada was first.' };
    await send(page, { type: 'outbox', items: [rejected] });
    expect(await page.isDisabled('.pending .button')).toBe(false);
    expect(await page.textContent('.pending [role=alert]')).toContain('Ada was first.');
  });

  it('gives the keyboard to the composer when an answered request goes', async () => {
    const page = await rig.open('request=permission');
    await keysAwake(page);
    await page.keyboard.press('n');
    await send(page, { type: 'header', header: HEADERS['owner'] });
    await page.waitForSelector('.pending', { state: 'detached' });
    await page.keyboard.type('next');
    expect(await page.inputValue('#composer')).toBe('next');
  });

  it('loads older entries until it can show what waits, and none for what is still to come', async () => {
    const page = await rig.open('many=40&first=1000');
    const asked = async (index: number): Promise<number> => {
      const pending = { requestId: 'r', index, request: 'permission', tool: 'Bash', since: 0 };
      await send(page, { type: 'header', header: { ...HEADERS['owner'], pending: [pending] } });
      await page.waitForSelector('.pending:has-text("Its details are not loaded yet.")');
      return (await posted(page, 'fetch-older')).length;
    };
    expect(await asked(2000)).toBe(0);
    expect(await asked(985)).toBe(1);
    await send(page, { type: 'prepend', entries: manyEntries(10, 990), hasOlder: true });
    await expect.poll(async () => (await posted(page, 'fetch-older')).length).toBe(2);
    const entry = { ...REQUEST, id: 'r', at: 0 };
    const before = manyEntries(10, 980).map((one) =>
      one.index === 985 ? { index: 985, entry } : one,
    );
    await send(page, { type: 'prepend', entries: before, hasOlder: true });
    // What scrolling near the top loads besides is not this card's.
    await page.waitForSelector('.pending .command');
  });

  it('shows everything that is asked for beside the command or the change', async () => {
    const page = await rig.open('state=idle');
    const ask = async (
      tool: string,
      input: Readonly<Record<string, Json>>,
      view: ToolView | undefined = toolView(tool, input),
    ): Promise<string> => {
      const entry = { ...REQUEST, id: 'r', at: 0, tool, input, view };
      const pending = { requestId: 'r', index: 900, request: 'permission', tool, since: 0 };
      await send(
        page,
        { type: 'entries', entries: [{ index: 900, entry }], hasOlder: false },
        { type: 'header', header: { ...HEADERS['idle'], pending: [pending] } },
      );
      return (await page.textContent('.pending-body')) ?? '';
    };
    expect(await ask('Bash', { command: 'ls', dangerouslyDisableSandbox: true })).toMatch(
      /ls.*dangerouslyDisableSandbox\s*true/,
    );
    expect(await ask('Bash', { command: 'ls', sandbox: false })).toMatch(/sandbox\s*false/);
    const edit = { file_path: '/a', old_string: 'a', new_string: 'b', replace_all: true };
    expect(await ask('Edit', edit)).toMatch(/replace_all\s*true/);
    expect(await ask('Edit', { ...edit, replace_all: false })).not.toContain('replace_all');
    // A change with more than its two texts is not shown by them.
    const edits = [{ old_string: 'a', new_string: 'b', replace_all: true }];
    expect(await ask('MultiEdit', { file_path: '/a', edits })).toMatch(/edits[^]*replace_all/);
    // [L2] A view that names more parts than this card shows hides none of them.
    const run = { family: 'shell', command: '/run', path: '/into', content: '/all', after: '/now' };
    const parts = { run: 'ls', into: '/etc/shadow', now: 'evil' };
    expect(await ask('other', parts, { ...run, content: undefined, after: undefined })).toMatch(
      /into\s*\/etc\/shadow\s*now\s*evil/,
    );
    expect(await ask('other', { ...parts, all: 'x' }, run)).toMatch(/now\s*evil/);
  });

  it('lets who may prompt answer a question, and only that', async () => {
    const guest = 'state=guest&request=question&request=permission';
    const page = await rig.open(guest);
    expect(await page.isDisabled('.pending:nth-of-type(1) >> text=Don’t answer')).toBe(false);
    expect(await page.isDisabled('.pending:nth-of-type(2) .button')).toBe(true);
    expect(await page.locator('.block-reason').allTextContents()).toContain(
      'You may not approve here: the owner kept that right.',
    );
  });

  it('takes answers to questions by digits, own words and Enter', async () => {
    const page = await rig.open('request=question');
    await keysAwake(page);
    await page.keyboard.press('2');
    await page.keyboard.press('1');
    await page.click('.question:nth-of-type(2) >> text=Other');
    await page.fill('.question textarea', 'Per country');
    await page.click('text=Send answer');
    expect(await posted(page, 'answer')).toMatchObject([
      {
        behavior: 'allow',
        answers: {
          'Which clock should the limiter use?': 'Wall',
          'Which limits change as well?': 'Per address, Per country',
        },
      },
    ]);
  });

  it('[R9] of an unknown kind is shown whole, and can only be denied', async () => {
    const page = await rig.open('state=idle');
    const pending = tomorrow.state['pending'];
    await send(
      page,
      { type: 'append', entries: [{ index: 1000, entry: tomorrow.entries[1] }] },
      { type: 'header', header: { ...HEADERS['idle'], pending: withIndex(pending, 1000) } },
    );
    const text = (await page.textContent('.pending')) ?? '';
    for (const part of ['Buy (payment)', '"amount": 12', 'payee', 'Evil Corp']) {
      expect(text).toContain(part);
    }
    await keysAwake(page);
    await page.keyboard.press('y');
    const buttons = await page.locator('.pending button').allTextContents();
    expect(buttons.map((one) => one.trim())).toEqual(['Deny n']);
    expect(await posted(page, 'answer')).toEqual([]);
    await page.getByPlaceholder('Why not').fill('Not now');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'answer')).toMatchObject([
      { requestId: 'r1', inputHash: 'hash', behavior: 'deny', message: 'Not now' },
    ]);
  });

  it('[R9] a session of an unknown source is read-only, and a banner says what cannot be read', async () => {
    const page = await rig.open('state=terminal');
    const session = { ...HEADERS['terminal']?.session, source: 'linked', status: 'compacting' };
    const alarms = [{ kind: 'update', text: 'Update Twinhelm here.' }];
    await send(page, { type: 'header', header: { ...HEADERS['terminal'], session, alarms } });
    expect(await page.textContent('.header-facts .status')).toBe('compacting');
    expect(await page.textContent('.control-text')).toContain('can be watched here');
    expect(await page.isDisabled('#composer')).toBe(true);
    expect(await page.textContent('.banner-bad')).toContain('Update Twinhelm here.');
  });

  it('cannot be answered by who may not, and says why', async () => {
    const page = await rig.open('state=viewer&request=permission');
    await keysAwake(page);
    await page.keyboard.press('y');
    expect(await page.isDisabled('.pending .button')).toBe(true);
    expect(await page.textContent('.pending .block-reason')).toContain('Viewers cannot answer');
    expect(await posted(page, 'answer')).toEqual([]);
  });

  it('says by whom a request was answered when it is gone', async () => {
    const page = await rig.open('state=guest&request=permission');
    await page.waitForSelector('.pending');
    const author = { member: 'ada', name: 'Ada Lovelace' };
    const decision = {
      kind: 'decision',
      id: 'd',
      at: 0,
      requestId: 'p1',
      outcome: 'allowed',
      author,
    };
    await send(
      page,
      { type: 'append', entries: [{ index: 500, entry: decision }] },
      { type: 'header', header: HEADERS['guest'] },
    );
    await page.waitForSelector('.pending-answered:has-text("Allowed by Ada Lovelace")');
    expect(await page.locator('.pending').count()).toBe(0);
  });
});
