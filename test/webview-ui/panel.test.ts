// The panel in a browser: keys, drafts, control, scrolling, accessibility.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { manyEntries } from '../../webview-ui/gallery/sampleEntries.ts';
import { HEADERS, ownerHeader } from '../../webview-ui/gallery/sampleHeaders.ts';
import { GalleryRig, nextFrames, posted, send } from './galleryRig.ts';

let rig: GalleryRig;
beforeAll(async () => {
  rig = await GalleryRig.start();
});
afterAll(() => rig.close());
afterEach(() => Promise.all(rig.browser.contexts().map((context) => context.close())));

const gap = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const frame = document.querySelector('.transcript');
    return frame === null ? -1 : frame.scrollHeight - frame.scrollTop - frame.clientHeight;
  });

/** Requests listen to keys only after a moment. */
const keysAwake = (page: Page) => page.waitForSelector('kbd:not(.asleep)');

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
    expect(await page.getAttribute('#composer', 'placeholder')).toContain('You are watching');
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
    await page.waitForSelector('.banner:has-text("not connected")', { timeout: 6000 });
    await page.press('#composer', 'Enter');
    expect(await posted(page, 'prompt')).toEqual([]);
    expect(await page.inputValue('#composer')).toBe('text');
    await page.evaluate(() => {
      window.gallery.isAnswering = true;
    });
    await page.waitForSelector('.banner', { state: 'detached', timeout: 4000 });
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

  it('is requested and released by its key, once per press', async () => {
    const page = await rig.open('state=guest');
    await page.keyboard.press('Control+Alt+h');
    await send(page, { type: 'header', header: ownerHeader });
    await page.keyboard.press('Control+Alt+h');
    expect((await posted(page, 'focus')).map((message) => message.action)).toEqual([
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
    expect(await posted(page, 'focus')).toEqual([{ type: 'focus', action: 'take' }]);
    expect(await posted(page, 'allow-control')).toEqual([{ type: 'allow-control', member: 'dan' }]);
    expect(await posted(page, 'give-control')).toEqual([
      { type: 'give-control', member: 'cleo', window: 'w1' },
    ]);
    expect(await page.locator('.ask:has-text("asks for control")').count()).toBe(0);
  });

  it('lets a queued prompt be cancelled', async () => {
    const page = await rig.open('state=queued');
    await page.click('[aria-label="Cancel this prompt"]');
    expect(await posted(page, 'cancel-queued')).toEqual([
      { type: 'cancel-queued', promptId: 'q1' },
    ]);
  });
});

const REQUEST = {
  ...{ kind: 'request', requestId: 'r', request: 'permission', tool: 'Bash', inputHash: 'h' },
  input: { command: 'ls' },
};

describe('requests', () => {
  it('shows the exact command, and y allows it', async () => {
    const page = await rig.open('request=permission');
    expect(await page.textContent('.pending .command')).toContain(
      'rm -rf dist node_modules && npm ci',
    );
    await keysAwake(page);
    await page.keyboard.press('y');
    expect(await posted(page, 'answer')).toEqual([
      { type: 'answer', requestId: 'p1', inputHash: 'hash-p1', behavior: 'allow' },
    ]);
  });

  it('takes no key in the first moment, nor one that is typed as text', async () => {
    const page = await rig.open('state=idle');
    const entry = { ...REQUEST, id: 'r', at: 0 };
    const pending = { requestId: 'r', index: 900, request: 'permission', tool: 'Bash', since: 0 };
    await send(
      page,
      { type: 'append', entries: [{ index: 900, entry }] },
      { type: 'header', header: { ...HEADERS['idle'], pending: [pending] } },
    );
    expect(await page.locator('kbd.asleep').count()).toBeGreaterThan(0);
    await page.keyboard.press('y');
    await keysAwake(page);
    await page.click('#composer');
    await page.keyboard.type('yes, why not');
    expect(await posted(page, 'answer')).toEqual([]);
    await page.locator('.transcript').focus();
    await page.keyboard.press('y');
    expect(await posted(page, 'answer')).toHaveLength(1);
  });

  it('denies with words by keyboard alone; Escape goes back and interrupts nothing', async () => {
    const page = await rig.open('request=permission');
    await keysAwake(page);
    await page.keyboard.press('n');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.deny', { state: 'detached' });
    await page.keyboard.press('n');
    await page.keyboard.type('Use npm install');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'answer')).toEqual([
      {
        type: 'answer',
        requestId: 'p1',
        inputHash: 'hash-p1',
        behavior: 'deny',
        message: 'Use npm install',
      },
    ]);
    expect(await posted(page, 'interrupt')).toEqual([]);
  });

  it('remembers suggestions for this session', async () => {
    const page = await rig.open('request=permission');
    await page.click('text=Allow for this session');
    expect(await posted(page, 'answer')).toMatchObject([{ behavior: 'allow', remember: [0] }]);
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

  it('approves a plan, or has it worked on', async () => {
    const page = await rig.open('request=plan');
    expect(await page.textContent('.pending .plan')).toContain('Return tokens on cancel');
    await page.click('text=Keep planning');
    await page.keyboard.type('Smaller steps');
    await page.keyboard.press('Enter');
    expect(await posted(page, 'answer')).toMatchObject([
      { requestId: 'p4', behavior: 'deny', message: 'Smaller steps' },
    ]);
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

describe('transcript', () => {
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
    const times = await page.evaluate(async () => {
      const frame = document.querySelector('.transcript');
      if (frame === null) return [];
      const taken: number[] = [];
      for (let n = 0; n < 60; n++) {
        const start = performance.now();
        frame.scrollTop = (frame.scrollHeight * ((n * 37) % 60)) / 60;
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        taken.push(performance.now() - start);
      }
      return taken.sort((a, b) => a - b);
    });
    expect(times[Math.floor(times.length * 0.9)]).toBeLessThan(250);
    const start = Date.now();
    for (let n = 0; n < 20; n++) {
      await send(page, { type: 'append', entries: manyEntries(1, 20_000 + n) });
    }
    expect(Date.now() - start).toBeLessThan(6000);
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
    expect(await posted(page, 'fetch-blob')).toEqual([{ type: 'fetch-blob', blob: 'blob-1' }]);
    await send(page, { type: 'blob', blob: 'blob-1', text: 'the whole log' });
    await page.waitForSelector('.output:has-text("the whole log")');
  });

  it('makes no card of a redacted thought and survives an empty session', async () => {
    const page = await rig.open('empty');
    expect(await page.textContent('.top-line')).toContain('Nothing has been said yet');
    const entry = { kind: 'thinking', id: 't', at: 0, messageId: 'm', text: '', redacted: true };
    await send(page, { type: 'append', entries: [{ index: 0, entry }] });
    expect(await page.textContent('.row')).toContain('Thinking, not shown by the agent');
  });
});

describe('accessibility', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

  async function faultsOf(page: Page): Promise<string[]> {
    await page.addScriptTag({ content: axe });
    return page.evaluate(async () => {
      const run: (
        context: object,
        options: object,
      ) => Promise<{
        violations: {
          id: string;
          impact: string;
          nodes: { html: string; failureSummary: string }[];
        }[];
      }> = Reflect.get(Reflect.get(window, 'axe'), 'run');
      const found = await run(
        // Colours of terminal output are the program's.
        { include: 'body', exclude: 'pre.output span[style]' },
        { resultTypes: ['violations'] },
      );
      return found.violations
        .filter((fault) => fault.impact === 'serious' || fault.impact === 'critical')
        .map(({ id, nodes }) =>
          [id, ...nodes.map((node) => node.html + node.failureSummary)].join('\n'),
        );
    });
  }

  it.each(['dark', 'light', 'hc', 'hc-light', 'none'])(
    'has no serious fault in any card, opened, in theme %s',
    async (theme) => {
      const page = await rig.open(`theme=${theme}`, {
        bypassCSP: true,
        viewport: { width: 900, height: 5000 },
      });
      await page.evaluate(() => {
        const heads = document.querySelectorAll<HTMLElement>('.card-head[aria-expanded=false]');
        for (const head of heads) head.click();
      });
      await nextFrames(page);
      expect(await page.locator('.card').count()).toBeGreaterThan(10);
      expect(await faultsOf(page)).toEqual([]);
    },
  );

  it.each([
    'theme=dark&outbox&live',
    'theme=light&request=permission&request=question',
    'theme=hc&state=asked&request=edit',
    'theme=hc-light&state=problem&request=plan',
    'theme=light&state=offline',
    'theme=dark&state=queued&draft=x',
    'theme=none&state=over',
  ])('has no serious fault in %s', async (query) => {
    const page = await rig.open(query, { bypassCSP: true });
    expect(await faultsOf(page)).toEqual([]);
  });

  it('has a heading per turn, a named log, and speaks each reply once', async () => {
    const page = await rig.open('many=40');
    expect(await page.getAttribute('.transcript', 'role')).toBe('log');
    expect(await page.getAttribute('.transcript', 'aria-live')).toBe('off');
    await page.waitForSelector('h2.sr-only:has-text("Prompt: Prompt number 30")', {
      state: 'attached',
    });
    const entry = { kind: 'text', id: 't', at: 0, messageId: 'm', text: 'All **green**.' };
    await send(page, { type: 'append', entries: [{ index: 40, entry }] });
    expect(await page.textContent('[aria-live=polite]')).toBe('All green.');
  });

  it('has large targets for fingers and no field that a phone zooms into', async () => {
    const page = await rig.open('state=asked&request=permission', {
      viewport: { width: 390, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('.bottom button, .header button')]
        .filter((button) => button.getBoundingClientRect().height < 44)
        .map((button) => button.outerHTML),
    );
    expect(small).toEqual([]);
    const size = await page.evaluate(() => {
      const field = document.querySelector('#composer');
      return field === null ? '' : getComputedStyle(field).fontSize;
    });
    expect(Number.parseFloat(size)).toBeGreaterThanOrEqual(16);
  });

  it.each([320, 768, 1600])('does not scroll sideways at %i px', async (width) => {
    const page = await rig.open('request=permission&outbox', { viewport: { width, height: 900 } });
    await nextFrames(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const rows = await page.evaluate(() => {
      const frame = document.querySelector('.transcript');
      return frame === null ? 1 : frame.scrollWidth - frame.clientWidth;
    });
    expect(rows).toBeLessThanOrEqual(0);
  });
});
