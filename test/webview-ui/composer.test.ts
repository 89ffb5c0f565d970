// Composer and control bar in a browser: keys, drafts, refusals, who has control.
import type { PanelHeader } from '../../src/protocol/local/panel.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEADERS, ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { GalleryRig, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

function stopped(): PanelHeader {
  const header = HEADERS['stopped'];
  if (header === undefined) throw new Error('no sample');
  return header;
}

describe('composer', () => {
  it('sends with Enter, breaks lines with Shift+Enter, and shows what is on its way', async () => {
    const page = await rig.open('state=idle');
    await page.click('#composer');
    await page.keyboard.type('Fix it');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('now');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'prompt')).toEqual([{ type: 'prompt', text: 'Fix it\nnow' }]);
    expect(await page.inputValue('#composer')).toBe('');
    await page.waitForSelector('.outbox-item:has-text("Fix it")');
  });

  it('shows what is on its way until it is done, and then no more', async () => {
    const page = await rig.open('state=idle');
    const item = { id: 'p9', kind: 'prompt', text: 'On its way', at: 0 };
    const shown = page.locator('.outbox-item', { hasText: 'On its way' });
    for (const [status, count] of [
      ['sent', 1],
      ['running', 1],
      ['done', 0],
      ['rejected', 1],
    ] as const) {
      await send(page, { type: 'outbox', items: [{ ...item, status }] });
      expect([status, await shown.count()]).toEqual([status, count]);
    }
  });

  it('leaves Enter and Escape to an input method that is composing', async () => {
    const page = await rig.open('state=owner');
    await page.fill('#composer', '日本');
    for (const key of ['Enter', 'Escape']) {
      await page.dispatchEvent('#composer', 'keydown', { key, isComposing: true, bubbles: true });
      await page.dispatchEvent('#composer', 'keydown', { key, keyCode: 229, bubbles: true });
    }
    expect(await posted(page, 'prompt')).toEqual([]);
    expect(await posted(page, 'interrupt')).toEqual([]);
    expect(await page.inputValue('#composer')).toBe('日本');
  });

  it('brings the last own prompt back by the arrow key', async () => {
    const page = await rig.open('state=owner');
    await page.click('#composer');
    await page.keyboard.press('ArrowUp');
    expect(await page.inputValue('#composer')).toContain('The rate limiter drops requests');
  });

  it('keeps the text and says why, when somebody else has control', async () => {
    const page = await rig.open('state=guest');
    await page.click('#composer');
    await page.keyboard.type('My idea');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'prompt')).toEqual([]);
    expect(await page.inputValue('#composer')).toBe('My idea');
    expect(await page.textContent('.composer-reason')).toContain('Ada Lovelace has control');
    expect(await page.isDisabled('.button-send')).toBe(true);
  });

  it('takes a refused prompt back with its reason', async () => {
    const page = await rig.open('state=owner&draft=next');
    await send(page, { type: 'restore-draft', text: 'refused', reason: 'Ada took control back.' });
    expect(await page.inputValue('#composer')).toBe('refused\n\nnext');
    expect(await page.textContent('[role=alert]')).toContain('Ada took control back.');
  });

  it('cannot be typed into by a viewer, and says why', async () => {
    const page = await rig.open('state=viewer');
    expect(await page.isDisabled('#composer')).toBe(true);
    expect(await page.textContent('.control')).toContain('You are watching');
    expect(await page.textContent('#composer-block')).toContain('You are watching');
  });

  it('keeps what was typed before the connection ended readable', async () => {
    const page = await rig.open('state=over&draft=kept');
    expect(await page.isDisabled('#composer')).toBe(false);
    expect(await page.getAttribute('#composer', 'readonly')).not.toBeNull();
    await page.press('#composer', 'Enter');
    expect(await posted(page, 'prompt')).toEqual([]);
  });

  it('stops sending within about three seconds when the extension is gone, and says so', async () => {
    const page = await rig.open('state=idle&draft=text');
    await page.evaluate(() => {
      window.gallery.isAnswering = false;
    });
    await page.waitForSelector('.banner:has-text("not connected")');
    await page.press('#composer', 'Enter');
    expect(await posted(page, 'prompt')).toEqual([]);
    expect(await page.inputValue('#composer')).toBe('text');
    await page.evaluate(() => {
      window.gallery.isAnswering = true;
    });
    await page.waitForSelector('.banner', { state: 'detached' });
  });
});

describe('control', () => {
  it('is interrupted by Escape only while a turn runs', async () => {
    const page = await rig.open('state=owner');
    await page.keyboard.press('Escape');
    expect(await posted(page, 'interrupt')).toHaveLength(1);
    await page.waitForSelector('.button-stop:has-text("Stopping")');
    await send(page, { type: 'header', header: HEADERS['idle'] });
    await page.keyboard.press('Escape');
    expect(await posted(page, 'interrupt')).toHaveLength(1);
    expect(await page.locator('.button-stop').count()).toBe(0);
  });

  it('is not interrupted by Escape where the interrupt would arrive later or never', async () => {
    const page = await rig.open('state=owner');
    const truth = { kind: 'relay-offline', ageMs: 1000, text: 'Refused.' };
    await send(page, { type: 'header', header: { ...ownerHeader, truth } });
    await page.keyboard.press('Escape');
    expect(await posted(page, 'interrupt')).toEqual([]);
    expect(await page.locator('.button-stop').count()).toBe(0);
  });

  it('is requested and released by its key, once per press', async () => {
    const page = await rig.open('state=guest');
    await page.keyboard.press('Control+Alt+h');
    await send(page, { type: 'header', header: ownerHeader });
    await page.keyboard.press('Control+Alt+h');
    expect((await posted(page, 'control')).map((message) => message.action)).toEqual([
      'request',
      'release',
    ]);
  });

  it('is given, kept, taken and allowed by its buttons', async () => {
    const page = await rig.open('state=asked');
    await page.click('text=Take back');
    await page.click('.ask >> text=Allow control');
    await page.click('.ask >> text=Give control');
    await page.click('.ask >> text=Keep');
    expect(await posted(page, 'control')).toEqual([{ type: 'control', action: 'take' }]);
    expect(await posted(page, 'allow-control')).toEqual([{ type: 'allow-control', member: 'dan' }]);
    expect(await posted(page, 'give-control')).toEqual([
      { type: 'give-control', member: 'cleo', window: 'w1' },
    ]);
    expect(await page.locator('.ask:has-text("asks for control")').count()).toBe(0);
  });

  it('closes the list of people by Escape, by a press beside it, and interrupts nothing', async () => {
    const page = await rig.open('state=owner');
    const open = page.locator('details.people[open]');
    await page.click('.people > summary');
    await page.keyboard.press('Escape');
    expect(await open.count()).toBe(0);
    expect(await posted(page, 'interrupt')).toEqual([]);
    await page.keyboard.press('Enter');
    expect(await open.count()).toBe(1);
    await page.click('.people-list .person >> nth=1');
    expect(await open.count()).toBe(1);
    await page.click('#composer');
    expect(await open.count()).toBe(0);
  });

  it('offers to cancel only the own queued prompts, to the owner all of them', async () => {
    const page = await rig.open('state=queued');
    const button = page.locator('[aria-label="Cancel this prompt"]');
    const queue = [{ promptId: 'q', text: 'x', author: { member: 'ada', name: 'Ada' }, since: 0 }];
    await send(page, { type: 'header', header: { ...HEADERS['queued'], queue } });
    expect(await button.count()).toBe(0);
    await send(page, { type: 'header', header: { ...HEADERS['viewer'], queue } });
    expect(await button.count()).toBe(0);
    queue[0] = { promptId: 'q', text: 'x', author: { member: 'bo', name: 'Bo' }, since: 0 };
    await send(page, { type: 'header', header: { ...ownerHeader, queue } });
    expect(await button.count()).toBe(1);
  });

  it('[R15] offers who has control to send one now and to let a held one run', async () => {
    const page = await rig.open('state=held');
    expect(await page.locator('.outbox-status').allInnerTexts()).toEqual(['held', 'queued']);
    await page.getByRole('button', { name: 'Let it run' }).click();
    await page.getByRole('button', { name: 'Send now' }).nth(1).click();
    expect(await posted(page, 'release-queued')).toEqual([
      { type: 'release-queued', promptId: 'q1' },
    ]);
    expect(await posted(page, 'send-queued')).toEqual([{ type: 'send-queued', promptId: 'q2' }]);
    const session = { ...HEADERS['held']?.session, others: { writers: [], holds: true } };
    await send(page, { type: 'header', header: { ...HEADERS['held'], session } });
    // [Z2] Nothing goes out beside others.
    expect(await page.getByRole('button', { name: 'Send now' }).count()).toBe(0);
    await send(page, { type: 'header', header: HEADERS['queued'] });
    expect(await page.getByRole('button', { name: /Send now|Let it run/ }).count()).toBe(0);
  });

  it('[Q5] says that Stop has held what waits, and offers to go on or to clear', async () => {
    const page = await rig.open('state=stopped');
    expect(await page.locator('.queue-hold').innerText()).toContain(
      '3 prompts wait: Bo Svensson pressed Stop.',
    );
    expect(await page.locator('.outbox-status').allInnerTexts()).toEqual([
      'queued',
      'queued',
      'not run',
    ]);
    expect(await page.locator('#composer').getAttribute('placeholder')).toBe(
      'Prompt Claude Code before what waits …',
    );
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await posted(page, 'resume-queue')).toHaveLength(1);
    expect(await posted(page, 'clear-queue')).toHaveLength(1);
    const other = { kind: 'other', name: 'Bo', place: 0, canRequest: true, canTake: true } as const;
    await send(page, { type: 'header', header: { ...stopped(), control: other } });
    expect(await page.getByRole('button', { name: 'Go on' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Clear' }).count()).toBe(1);
  });

  it('[G1] names what runs in the background, and offers to stop each', async () => {
    const page = await rig.open('state=stopped');
    const strip = page.locator('.task-strip');
    expect(await strip.locator('summary').innerText()).toContain('Working in the background (2)');
    await strip.locator('summary').click();
    await page.getByRole('button', { name: 'Stop “Review the limiter”' }).click();
    expect(await posted(page, 'stop-task')).toEqual([{ type: 'stop-task', taskId: 'a1' }]);
    await send(page, { type: 'header', header: { ...stopped(), canInterrupt: false } });
    expect(await page.getByRole('button', { name: /Stop “/ }).count()).toBe(0);
  });

  it('[Q4] moves what waits up and down', async () => {
    const page = await rig.open('state=stopped');
    await page.getByRole('button', { name: 'Move up' }).first().click();
    await page.getByRole('button', { name: 'Move down' }).first().click();
    await page.getByRole('button', { name: 'Move down' }).last().click();
    expect(await posted(page, 'move-queued')).toEqual([
      { type: 'move-queued', promptId: 'q2', before: 'q1' },
      { type: 'move-queued', promptId: 'q1', before: 'q3' },
      { type: 'move-queued', promptId: 'q2' },
    ]);
  });

  it('[Q3] edits the whole text, and its pictures', async () => {
    const page = await rig.open('state=stopped');
    await page.getByRole('button', { name: 'Edit this prompt' }).nth(1).click();
    const field = page.getByRole('textbox', { name: 'Edit this prompt' });
    await field.waitFor();
    expect(await field.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await field.inputValue()).toBe('And compare it with these two screenshots.');
    await field.fill('Compare it with the second.');
    await page.getByRole('button', { name: 'Drop picture 1' }).click();
    await field.press('Enter');
    expect(await posted(page, 'edit-queued')).toEqual([
      {
        type: 'edit-queued',
        promptId: 'q2',
        text: 'Compare it with the second.',
        keep: [1],
        version: 'of And compare it with these two screenshots.',
      },
    ]);
    await page.getByRole('button', { name: 'Edit this prompt' }).first().click();
    await field.waitFor();
    await field.fill('dropped');
    await field.press('Escape');
    expect(await field.count()).toBe(0);
    expect(await posted(page, 'edit-queued')).toHaveLength(1);
    expect(await posted(page, 'interrupt')).toEqual([]);
  });

  it('[Q3] an edit of what does not wait any more says so', async () => {
    const page = await rig.open('state=owner');
    const queue = [{ promptId: 'gone', text: 'x', author: { member: 'ada', name: 'A' }, since: 0 }];
    await send(page, { type: 'header', header: { ...ownerHeader, queue } });
    await page.getByRole('button', { name: 'Edit this prompt' }).click();
    await page.getByText('It does not wait any more.').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.locator('.outbox-item').count()).toBe(1);
  });

  it('[Q3] what is being written is back in the composer when its prompt goes out meanwhile', async () => {
    const page = await rig.open('state=stopped');
    await page.getByRole('button', { name: 'Edit this prompt' }).first().click();
    const field = page.getByRole('textbox', { name: 'Edit this prompt' });
    await field.waitFor();
    await field.fill('A careful rewrite.');
    await send(page, { type: 'header', header: { ...stopped(), queue: [] } });
    await field.waitFor({ state: 'detached' });
    expect(await page.locator('#composer').inputValue()).toBe('A careful rewrite.');
    await page.getByText(/has begun or was taken back.*Your text is kept/).waitFor();
    // Looked at only, or given up: nothing comes back.
    await page.locator('#composer').fill('');
    await send(page, { type: 'header', header: stopped() });
    await page.getByRole('button', { name: 'Edit this prompt' }).first().click();
    await field.waitFor();
    await send(page, { type: 'header', header: { ...stopped(), queue: [] } });
    await field.waitFor({ state: 'detached' });
    expect(await page.locator('#composer').inputValue()).toBe('');
  });

  it('[Q7] says that a turn failed and what waits is held, and offers to go on or to clear', async () => {
    const page = await rig.open('state=refused');
    expect(await page.locator('.queue-hold .line-text').innerText()).toBe(
      '1 prompt waits: the turn failed · The service is overloaded',
    );
    await page.getByRole('button', { name: 'Go on' }).click();
    expect(await posted(page, 'resume-queue')).toHaveLength(1);
    expect(await page.getByRole('button', { name: 'Clear' }).count()).toBe(1);
  });

  it('[R15] offers to let a held prompt run to its owner and to who has control, not to who could take it', async () => {
    const page = await rig.open('state=held');
    const letIt = page.getByRole('button', { name: 'Let it run' });
    const guest = { ...HEADERS['held'], me: HEADERS['queued']?.me };
    await send(page, { type: 'header', header: guest });
    expect(await letIt.count()).toBe(1);
    await send(page, { type: 'header', header: { ...guest, control: { kind: 'free' } } });
    expect(await letIt.count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Send now' }).count()).toBeGreaterThan(0);
  });

  it('lets a queued prompt be cancelled', async () => {
    const page = await rig.open('state=queued');
    await page.click('[aria-label="Cancel this prompt"]');
    expect(await posted(page, 'cancel-queued')).toEqual([
      { type: 'cancel-queued', promptId: 'q1' },
    ]);
  });
});
