// What the panel costs in a real Chromium, beside a list that renders all of itself at each change: `node bench/panel.ts`. Exit 1 if a figure is over its bound.
import { fileURLToPath } from 'node:url';
import type { Browser, CDPSession, Page } from 'playwright-core';
import * as z from 'zod/mini';
import { launchBrowser } from '../tools/install/browser.ts';
import { servePage } from '../tools/gallery/pageServer.ts';

const ENTRIES = 5000;
const DELTAS = 400;
const ANSWER_CHARS = 16 * 1024;
const SCROLL_STEPS = 25;
/** Of the control's deltas so many are measured: each costs the same, and much. */
const CONTROL_DELTAS = 10;
const THROTTLE = 4;
const KEYS = 120;

interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly bound: number;
  readonly unit: string;
}

interface Opened {
  readonly page: Page;
  readonly cdp: CDPSession;
}

const metricsSchema = z.object({
  metrics: z.array(z.object({ name: z.string(), value: z.number() })),
});
const numbersSchema = z.array(z.number());

const entryOf = (name: string): string =>
  fileURLToPath(new URL(`../webview-ui/gallery/${name}`, import.meta.url));
const [gallery, control, browser] = await Promise.all([
  servePage({ entry: entryOf('galleryMain.tsx') }),
  servePage({ entry: entryOf('controlMain.ts') }),
  launchBrowser(),
]);
const figures: Figure[] = [];
try {
  await versusControl(browser);
  await mounting(browser);
  await frames(browser);
  await painting(browser);
  await typing(browser);
} finally {
  await browser.close();
  await Promise.all([gallery.close(), control.close()]);
}
console.table(
  figures.map(({ figure, value, bound, unit }) => ({
    figure,
    value: `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ${unit}`,
    bound: `${bound} ${unit}`,
    '': value <= bound ? 'ok' : 'OVER',
  })),
);
if (figures.some(({ value, bound }) => value > bound)) process.exitCode = 1;

function note(figure: string, value: number, bound: number, unit: string): void {
  figures.push({ figure, value, bound, unit });
}

async function open(own: Browser, url: string): Promise<Opened> {
  const page = await own.newPage({ viewport: { width: 1000, height: 800 } });
  page.setDefaultTimeout(300_000);
  await page.goto(url);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return { page, cdp };
}

/** The panel with so many entries, shown. */
async function openPanel(own: Browser, query: string): Promise<Opened> {
  const opened = await open(own, `${gallery.url}?${query}`);
  await opened.page.waitForSelector('.transcript[aria-busy=false]');
  await frame(opened.page, 4);
  return opened;
}

/** Time of the processor that the page's main thread took so far, ms. */
async function cpuMs(
  { cdp }: Opened,
  names: readonly string[] = ['TaskDuration'],
): Promise<number> {
  const { metrics } = metricsSchema.parse(await cdp.send('Performance.getMetrics'));
  const wanted = metrics.filter(({ name }) => names.includes(name));
  return wanted.reduce((sum, { value }) => sum + value, 0) * 1000;
}

/** CPU time of what `run` does and of the frames that it leads to, ms. */
async function spent(opened: Opened, run: () => Promise<unknown>): Promise<number> {
  const before = await cpuMs(opened);
  await run();
  await frame(opened.page, 3);
  return (await cpuMs(opened)) - before;
}

function frame(page: Page, count = 1): Promise<unknown> {
  return page.evaluate(`(async () => {
    for (let at = 0; at < ${count}; at += 1) await new Promise(requestAnimationFrame);
  })()`);
}

/** An answer in deltas, one a frame: paragraphs, a list, code. */
function answerInDeltas(): string[] {
  const part = [
    'Some **words** about `limits`, and what they [mean](https://example.org) for a reader.\n\n',
    '- one thing\n- another thing\n\n',
    '```ts\nconst answer = await ask({ question, retries: 3 });\n```\n\n',
  ].join('');
  const text = part.repeat(Math.ceil(ANSWER_CHARS / part.length)).slice(0, ANSWER_CHARS);
  const size = Math.ceil(ANSWER_CHARS / DELTAS);
  return Array.from({ length: DELTAS }, (_, at) => text.slice(at * size, (at + 1) * size));
}

/** Streams into the panel, a delta a frame. */
function panelStream(deltas: readonly string[]): string {
  return `(async () => {
  gallery.send({ type: 'live', blocks: [{ messageId: 'm', block: 0, type: 'text', text: '' }] });
  for (const text of ${JSON.stringify(deltas)}) {
    gallery.send({ type: 'live-append', messageId: 'm', block: 0, text });
    await new Promise(requestAnimationFrame);
  }
})()`;
}

/** Scrolls from the end to the beginning. */
function scroll(move: string): string {
  return `(async () => {
  const list = document.querySelector('.transcript');
  const height = list.scrollHeight;
  for (let at = 0; at <= ${SCROLL_STEPS}; at += 1) {
    const top = height * (1 - at / ${SCROLL_STEPS});
    ${move};
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  }
})()`;
}

async function versusControl(own: Browser): Promise<void> {
  const deltas = answerInDeltas();
  const panel = await openPanel(own, `many=${ENTRIES}`);
  const streamed = await spent(panel, () => panel.page.evaluate(panelStream(deltas)));
  const scrolled = await spent(panel, () => panel.page.evaluate(scroll('list.scrollTop = top')));
  await panel.page.close();
  const naive = await open(own, control.url);
  await naive.page.evaluate(`control.fill(${ENTRIES})`);
  const naiveScroll = await spent(naive, () =>
    naive.page.evaluate(scroll('control.scrollTo(top)')),
  );
  const some = deltas.slice(0, CONTROL_DELTAS);
  const naiveStream =
    (DELTAS / CONTROL_DELTAS) *
    (await spent(naive, () =>
      naive.page.evaluate(`(async () => {
        for (const text of ${JSON.stringify(some)}) {
          control.append(text);
          await new Promise(requestAnimationFrame);
        }
      })()`),
    ));
  await naive.page.close();
  console.log(
    `CPU of 400 deltas: panel ${streamed.toFixed(0)} ms, control ${naiveStream.toFixed(0)} ms; ` +
      `of a scroll through ${ENTRIES}: panel ${scrolled.toFixed(0)} ms, control ${naiveScroll.toFixed(0)} ms`,
  );
  note('400 deltas, of the control', streamed / naiveStream, 0.1, '×');
  note('scroll, of the control', scrolled / naiveScroll, 0.1, '×');
}

async function mounting(own: Browser): Promise<void> {
  for (const [name, count, first] of [
    ['5,000 entries mounted', ENTRIES, 0],
    ['the end of 100,000 entries', ENTRIES, 95_000],
  ] as const) {
    const runs: number[] = [];
    let rows = 0;
    for (let run = 0; run < 5; run += 1) {
      const panel = await openPanel(own, 'empty');
      await panel.page.evaluate(`window.some = makeEntries(${count}, ${first})`);
      const send = `gallery.send({ type: 'entries', entries: some, hasOlder: ${first > 0} })`;
      runs.push(await spent(panel, () => panel.page.evaluate(send)));
      rows = Math.max(
        rows,
        Number(await panel.page.evaluate(`document.querySelectorAll('.row').length`)),
      );
      await panel.page.close();
    }
    note(`${name}, CPU`, percentile(runs, 50), 100, 'ms');
    note(`${name}, rows alive`, rows, 150, '');
  }
  const panel = await openPanel(own, `many=${ENTRIES}`);
  const nodes = async (): Promise<number> => {
    for (let round = 0; round < 3; round += 1) {
      await panel.cdp.send('HeapProfiler.collectGarbage');
      await frame(panel.page, 2);
    }
    return (await panel.cdp.send('Memory.getDOMCounters')).nodes;
  };
  await panel.page.evaluate(scroll('list.scrollTop = top'));
  await panel.page.evaluate('gallery.send({ type: "focus-composer" })');
  const before = await nodes();
  for (let first = ENTRIES; first < 4 * ENTRIES; first += 500) {
    const send = `gallery.send({ type: 'append', entries: makeEntries(500, ${first}) })`;
    await panel.page.evaluate(send);
    await frame(panel.page, 2);
  }
  await panel.page.evaluate(scroll('list.scrollTop = top'));
  note('elements at 20,000 entries, of those at 5,000', (await nodes()) / before, 1.2, '×');
  await panel.page.close();
}

async function frames(own: Browser): Promise<void> {
  const panel = await openPanel(own, `many=${ENTRIES}`);
  await panel.cdp.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  const work = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'];
  await panel.page.evaluate(
    `gallery.send({ type: 'live', blocks: [{ messageId: 'm', block: 0, type: 'text', text: '' }] })`,
  );
  const perFrame: number[] = [];
  for (const text of answerInDeltas()) {
    const before = await cpuMs(panel, work);
    const message = { type: 'live-append', messageId: 'm', block: 0, text };
    await panel.page.evaluate(`gallery.send(${JSON.stringify(message)})`);
    await frame(panel.page, 2);
    // The emulation spins in between, which counts as time of the thread.
    perFrame.push((await cpuMs(panel, work)) - before);
  }
  note(
    `script and layout of a delta at ${THROTTLE}× throttle, p99`,
    percentile(perFrame, 99),
    50,
    'ms',
  );
  await panel.page.close();
}

/** From the call with a delta to after the frame that shows it. */
async function painting(own: Browser): Promise<void> {
  const panel = await openPanel(own, `many=${ENTRIES}`);
  const took = numbersSchema.parse(
    await panel.page.evaluate(`(async () => {
      const took = [];
      gallery.send({ type: 'live', blocks: [{ messageId: 'm', block: 0, type: 'text', text: '' }] });
      let n = 0;
      for (const text of ${JSON.stringify(answerInDeltas())}) {
        n += 1;
        // At any moment of a frame.
        await new Promise((resolve) => setTimeout(resolve, 17 + (n * 7) % 16));
        const start = performance.now();
        gallery.send({ type: 'live-append', messageId: 'm', block: 0, text });
        await new Promise((resolve) => {
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = resolve;
            port2.postMessage(0);
          });
        });
        took.push(performance.now() - start);
      }
      return took;
    })()`),
  );
  note('token to painted, p50', percentile(took, 50), 20, 'ms');
  note('token to painted, p99', percentile(took, 99), 60, 'ms');
  await panel.page.close();
}

/** From a key to the next frame, as the browser itself times it, while an answer streams. */
async function typing(own: Browser): Promise<void> {
  const panel = await openPanel(own, `many=${ENTRIES}`);
  await panel.page.evaluate(`
    window.keys = [];
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === 'keydown') keys.push(duration);
    }).observe({ type: 'event', durationThreshold: 16 });`);
  await panel.page.focus('#composer');
  const stream = panel.page.evaluate(panelStream(answerInDeltas()));
  for (let at = 0; at < KEYS; at += 1)
    await panel.page.keyboard.press(at % 6 === 5 ? 'Space' : 'KeyE');
  await stream;
  await frame(panel.page, 4);
  const slow = numbersSchema.parse(await panel.page.evaluate('keys'));
  // What took less than 16 ms is not told.
  const all = [...slow, ...Array.from({ length: Math.max(0, KEYS - slow.length) }, () => 16)];
  note('a key while an answer streams, p95', percentile(all, 95), 30, 'ms');
  await panel.page.close();
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}
