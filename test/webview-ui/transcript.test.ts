// The transcript in a browser: following, staying, loading older entries, size.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manyEntries } from '../../webview-ui/gallery/manyEntries.ts';
import { ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { GalleryRig, nextFrames, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());

const gap = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const frame = document.querySelector('.transcript');
    return frame === null ? -1 : frame.scrollHeight - frame.scrollTop - frame.clientHeight;
  });

describe('transcript', () => {
  it('[J8] says what the author of a prompt may do, but of this person', async () => {
    const page = await rig.open('state=owner');
    const badge = page.locator('.author', { hasText: 'Bo Svensson' }).first();
    await badge.waitFor();
    expect(await badge.locator('.author-role').textContent()).toBe('Controller');
    const mine = page.locator('.author', { hasText: 'You' }).first();
    expect(await mine.locator('.author-role').count()).toBe(0);
  });

  it('shows what joins a card when nothing else changes: request, decision, result, news of its task', async () => {
    const page = await rig.open('many=300');
    const view = { family: 'agent', prompt: '/prompt' };
    const call = { kind: 'tool-call', messageId: 'm', callId: 'one', tool: 'Helper', view };
    const steps: readonly (readonly [object, string])[] = [
      [{ ...call, input: { prompt: 'Look' } }, 'Running'],
      [
        { kind: 'task', taskId: 't', callId: 'one', status: 'running', title: 'x', toolUses: 4 },
        '4 tool uses',
      ],
      [
        {
          kind: 'request',
          requestId: 'r',
          request: 'permission',
          callId: 'one',
          tool: 'Helper',
          input: {},
          inputHash: 'h',
        },
        '4 tool uses',
      ],
      [
        { kind: 'decision', requestId: 'r', outcome: 'allowed', author: { name: 'Zoe' } },
        '4 tool uses',
      ],
      [{ kind: 'text', messageId: 'n', text: 'inner', parent: 'one' }, '4 tool uses'],
      [
        { kind: 'task', taskId: 't', callId: 'one', status: 'completed', title: 'x', toolUses: 5 },
        '5 tool uses',
      ],
      [{ kind: 'tool-result', callId: 'one', outcome: 'error', text: 'no' }, 'failed'],
    ];
    for (const [at, [body, word]] of steps.entries()) {
      const entry = { ...body, id: `j${at}`, at: 0 };
      await send(page, { type: 'append', entries: [{ index: 300 + at, entry }] });
      await page.locator('.tool', { hasText: 'Helper' }).getByText(word).first().waitFor();
    }
    const card = page.locator('.tool', { hasText: 'Helper' });
    expect(await card.textContent()).toMatch(/1 steps.*Allowed by Zoe/);
  });

  it('follows the end while text streams and entries come', async () => {
    const page = await rig.open('many=300');
    expect(await gap(page)).toBeLessThanOrEqual(2);
    const block = { messageId: 'x', block: 0, type: 'text', text: 'Begin. ' };
    await send(page, { type: 'live', blocks: [block] });
    let worst = 0;
    for (let n = 0; n < 60; n++) {
      const text = n % 7 === 0 ? '\n\nA new paragraph. ' : 'Some more words that fill the line. ';
      await send(page, { type: 'live-append', messageId: 'x', block: 0, text });
      worst = Math.max(worst, await gap(page));
    }
    await send(
      page,
      { type: 'append', entries: manyEntries(15, 300) },
      { type: 'live', blocks: [] },
    );
    worst = Math.max(worst, await gap(page));
    expect(worst).toBeLessThanOrEqual(2);
  });

  it('stays where the reader is, counts what is new, and jumps back', async () => {
    const page = await rig.open('many=300');
    await page.hover('.transcript');
    await page.mouse.wheel(0, -1500);
    await page.waitForSelector('.jump');
    await nextFrames(page);
    const topText = (): Promise<string> =>
      page.evaluate(() => {
        const box = document.querySelector('.transcript')?.getBoundingClientRect();
        const hit = document.elementFromPoint((box?.left ?? 0) + 200, (box?.top ?? 0) + 20);
        return hit?.closest('.row')?.textContent ?? '';
      });
    const before = await topText();
    await send(page, { type: 'append', entries: manyEntries(25, 300) });
    expect(await topText()).toBe(before);
    expect(await page.textContent('.jump')).toMatch(/\d+ new/);
    await page.click('.jump');
    await page.waitForSelector('.jump', { state: 'detached' });
    await expect.poll(() => gap(page)).toBeLessThanOrEqual(2);
  });

  it('goes to the end for who says something, wherever they read', async () => {
    const page = await rig.open('many=300');
    await page.hover('.transcript');
    await page.mouse.wheel(0, -1500);
    await page.waitForSelector('.jump');
    await page.fill('.composer textarea', 'and now?');
    expect(await page.locator('.jump').count()).toBe(1);
    await page.press('.composer textarea', 'Enter');
    await page.waitForSelector('.jump', { state: 'detached' });
    await send(page, { type: 'append', entries: manyEntries(5, 300) });
    await expect.poll(() => gap(page)).toBeLessThanOrEqual(2);
  });

  it('lets a reader go up by little steps while text streams', async () => {
    const page = await rig.open('many=300');
    await page.hover('.transcript');
    const block = { messageId: 'x', block: 0, type: 'text', text: 'Begin. ' };
    await send(page, { type: 'live', blocks: [block] });
    const text = 'Some more words that fill the line. ';
    // As a trackpad: each step far below the distance within which the end is followed.
    for (let n = 0; n < 25; n++) {
      await page.mouse.wheel(0, -6);
      await send(page, { type: 'live-append', messageId: 'x', block: 0, text });
    }
    await page.waitForSelector('.jump');
    expect(await gap(page)).toBeGreaterThan(100);
    await page.mouse.wheel(0, 10_000);
    await page.waitForSelector('.jump', { state: 'detached' });
    await send(page, { type: 'live-append', messageId: 'x', block: 0, text: text.repeat(20) });
    await expect.poll(() => gap(page)).toBeLessThanOrEqual(2);
  });

  it('takes a move of two pixels for rounding, not for a reader', async () => {
    const page = await rig.open('many=300');
    const move = (by: number): Promise<void> =>
      page.evaluate((px) => document.querySelector('.transcript')?.scrollBy(0, px), by);
    await move(-2);
    await nextFrames(page);
    await send(page, { type: 'append', entries: manyEntries(5, 300) });
    expect(await page.locator('.jump').count()).toBe(0);
    await expect.poll(() => gap(page)).toBeLessThanOrEqual(2);
    // A step that falls together with a size that is measured anew counts for that: a reader makes another.
    await expect
      .poll(async () => {
        await move(-9);
        return page.locator('.jump').count();
      })
      .toBe(1);
  });

  it('stays at the end when what is below it goes just as more comes', async () => {
    const page = await rig.open('many=300');
    const pending = { requestId: 'r', index: 999, request: 'permission', tool: 'Bash', since: 0 };
    let index = 300;
    for (let n = 0; n < 8; n++) {
      await send(page, { type: 'header', header: { ...ownerHeader, pending: [pending] } });
      await page.waitForSelector('.pending');
      await send(
        page,
        { type: 'header', header: ownerHeader },
        { type: 'append', entries: manyEntries(7, index) },
      );
      index += 7;
      await nextFrames(page);
    }
    expect(await page.locator('.jump').count()).toBe(0);
    await expect.poll(() => gap(page)).toBeLessThanOrEqual(2);
  });

  it('stays at the end, or where the reader is, when a request appears and goes', async () => {
    const page = await rig.open('many=300');
    const entry = { kind: 'request', requestId: 'r', request: 'permission', tool: 'Bash' };
    const request = {
      ...entry,
      id: 'r',
      at: 0,
      inputHash: 'h',
      input: { command: 'ls\n'.repeat(9) },
    };
    const pending = { requestId: 'r', index: 300, request: 'permission', tool: 'Bash', since: 0 };
    const waiting = { type: 'header', header: { ...ownerHeader, pending: [pending] } };
    await send(page, { type: 'append', entries: [{ index: 300, entry: request }] }, waiting);
    await page.waitForSelector('.pending');
    await expect.poll(() => gap(page)).toBeLessThanOrEqual(2);
    await send(page, { type: 'header', header: ownerHeader });
    await expect.poll(() => gap(page)).toBeLessThanOrEqual(2);
    expect(await page.locator('.jump').count()).toBe(0);
    await page.hover('.transcript');
    await page.mouse.wheel(0, -1500);
    await page.waitForSelector('.jump');
    await nextFrames(page);
    const top = (): Promise<number> =>
      page.evaluate(() => document.querySelector('.transcript')?.scrollTop ?? -1);
    const before = await top();
    await send(page, waiting);
    await page.waitForSelector('.pending');
    await nextFrames(page);
    expect(await top()).toBe(before);
  });

  it('does not call older entries new', async () => {
    const page = await rig.open('many=200&first=1000');
    await page.hover('.transcript');
    await page.mouse.wheel(0, -3000);
    await page.waitForSelector('.jump');
    await send(page, { type: 'prepend', entries: manyEntries(200, 800), hasOlder: true });
    expect(await page.textContent('.jump')).toBe('Jump to latest');
    await send(page, { type: 'append', entries: manyEntries(1, 1205) });
    expect(await page.textContent('.jump')).toBe('Jump to latest · 1 new');
  });

  it('says when a text that was opened is still not all of it', async () => {
    const page = await rig.open('empty');
    const cut = { tail: 'end', totalBytes: 900_000, blob: 'b' };
    const entry = { kind: 'command', id: 'c', at: 0, command: '/x', text: 'head', cut };
    await send(page, { type: 'append', entries: [{ index: 0, entry }] });
    await page.click('text=Show all (879 KB)');
    await send(page, { type: 'blob', blob: 'b', text: 'line of the log\n'.repeat(56_000) });
    await page.waitForSelector('.cut:has-text("Only a part is shown here.")');
  });

  it('loads older entries at the top without moving what is read', async () => {
    const page = await rig.open('many=200&first=1000');
    await page.evaluate(() => {
      const frame = document.querySelector('.transcript');
      if (frame !== null) frame.scrollTop = 300;
    });
    await expect.poll(async () => (await posted(page, 'fetch-older')).length).toBe(1);
    expect(await page.textContent('.top-line')).toContain('Loading older');
    const position = (): Promise<number> =>
      page.evaluate(() => {
        const rows = [...document.querySelectorAll('.row')];
        const row = rows.find((one) => one.textContent?.includes('Prompt number 1000'));
        return Math.round(row?.getBoundingClientRect().top ?? -9999);
      });
    await nextFrames(page);
    const before = await position();
    await send(page, { type: 'prepend', entries: manyEntries(200, 800), hasOlder: false });
    await nextFrames(page);
    expect(Math.abs((await position()) - before)).toBeLessThanOrEqual(4);
  });

  it('stays quick with 20,000 entries and holds few of them in the page', async () => {
    const page = await rig.open('many=20000');
    expect(await page.locator('.row').count()).toBeLessThan(80);
    // Time of the page's own thread, so that what else the computer does counts little.
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busyMs = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    };
    const before = await busyMs();
    await page.evaluate(async () => {
      const frame = document.querySelector('.transcript');
      for (let n = 0; n < 20 && frame !== null; n++) {
        frame.scrollTop = (frame.scrollHeight * ((n * 7) % 20)) / 20;
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }
    });
    const scrolled = await busyMs();
    await send(
      page,
      ...Array.from({ length: 20 }, (_, n) => ({
        type: 'append',
        entries: manyEntries(1, 20_000 + n),
      })),
    );
    const appended = await busyMs();
    expect((scrolled - before) / 20).toBeLessThan(100);
    expect((appended - scrolled) / 20).toBeLessThan(50);
  });

  it('keeps a card open that left the view and came back', async () => {
    const page = await rig.open('many=400');
    await page.locator('.card-head').last().click();
    const state = () => page.locator('.card-head').last().getAttribute('aria-expanded');
    const before = await state();
    await page.evaluate(() => document.querySelector('.transcript')?.scrollTo(0, 0));
    await nextFrames(page);
    await page.evaluate(() => document.querySelector('.transcript')?.scrollTo(0, 1e9));
    await nextFrames(page);
    expect(await state()).toBe(before);
  });

  it('fetches the whole of a cut text and shows it', async () => {
    const page = await rig.open('');
    const button = page.locator('text=Show all (1.2 MB)');
    await page.evaluate(() => {
      const frame = document.querySelector('.transcript');
      if (frame !== null) frame.scrollTop = frame.scrollHeight / 2;
    });
    await button.scrollIntoViewIfNeeded();
    await button.click();
    expect((await posted(page, 'fetch-blob')).at(-1)?.blob).toBe('blob-1');
    await send(page, { type: 'blob', blob: 'blob-1', text: 'the whole log' });
    await page.waitForSelector('.output:has-text("the whole log")');
  });

  it('shows a card that fails as a record, and everything else as ever', async () => {
    const page = await rig.open('empty');
    const command = { kind: 'command', id: 'c', at: 0, command: 'x', text: 'y' };
    // As a defect in the card would: this text cannot be split into lines.
    await page.evaluate(() => {
      const original: unknown = Reflect.get(String.prototype, 'split');
      Reflect.set(String.prototype, 'split', function (this: string, ...rest: unknown[]): unknown {
        if (this.startsWith('poison')) throw new Error('a defect');
        return typeof original === 'function' ? Reflect.apply(original, this, rest) : [];
      });
    });
    const bad = { kind: 'prompt', id: 'p', at: 0, origin: 'person', text: 'poison' };
    await send(
      page,
      { type: 'append', entries: [{ index: 0, entry: bad }] },
      { type: 'append', entries: [{ index: 1, entry: command }] },
    );
    await page.waitForSelector('.card:has-text("Not known to this version")');
    expect(await page.locator('.row').count()).toBe(2);
    expect(await posted(page, 'log')).toEqual([
      { type: 'log', level: 'error', text: 'a card failed: prompt' },
    ]);
  });

  it('[I8] loads a picture when it comes into view, and nothing that is none', async () => {
    const page = await rig.open('empty');
    const images = ['a', 'b'].map((blob) => ({ mediaType: 'image/png', totalBytes: 70, blob }));
    images.push({ mediaType: 'image/svg+xml', totalBytes: 70, blob: 'c' });
    const entry = { kind: 'prompt', id: 'p', at: 0, text: 'Look', origin: 'person', images };
    await send(page, { type: 'append', entries: [{ index: 0, entry }] });
    const buttons = page.locator('.chip');
    expect(await buttons.nth(2).isDisabled()).toBe(true);
    // Which of two in view is told first is the browser's choice.
    const wanted = ['a', 'b'].map((blob) => ({ type: 'fetch-blob', blob, mediaType: 'image/png' }));
    const asked = async (): Promise<unknown[]> =>
      (await posted(page, 'fetch-blob')).toSorted((a, b) => a.blob.localeCompare(b.blob));
    await expect.poll(asked).toEqual(wanted);
    const pixel =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg';
    await send(
      page,
      { type: 'blob', blob: 'a', text: pixel },
      { type: 'blob', blob: 'b', text: 'https://evil.invalid/p.png' },
    );
    const shown = (): Promise<number[]> =>
      page.evaluate(() => [...document.querySelectorAll('img')].map((one) => one.naturalWidth));
    await expect.poll(shown).toEqual([1]);
    expect(await page.getAttribute('img', 'alt')).toBe('Picture image/png, 70 B');
  });

  it('makes no card of a redacted thought and survives an empty session', async () => {
    const page = await rig.open('empty');
    expect(await page.textContent('.top-line')).toContain('Nothing has been said yet');
    const entry = { kind: 'thinking', id: 't', at: 0, messageId: 'm', text: '', redacted: true };
    await send(page, { type: 'append', entries: [{ index: 0, entry }] });
    expect(await page.textContent('.row')).toContain('not shown by the agent');
  });
});
