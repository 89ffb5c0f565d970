// Firefox and WebKitGTK for deep tests: found or installed, driven by their own protocols, one page each.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from 'puppeteer-core';
import { debianProgram } from '../install/debianProgram.ts';
import { spawnGroup } from '../run/processes.ts';
import { waitUntil } from '../run/waitUntil.ts';
import { WebDriverPage } from './webDriverPage.ts';

/** The one page of a browser. */
export interface BrowserPage {
  go(url: string): Promise<void>;
  /** The value of an expression in the page; a promise is waited for. */
  evaluate(expression: string): Promise<unknown>;
  /** Ends the browser. */
  close(): Promise<void>;
}

/** Size of the page, in CSS pixels. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** Firefox, by WebDriver BiDi. Throws an error that says what to install where there is none. */
export async function openFirefox(size: PageSize): Promise<BrowserPage> {
  const executablePath = debianProgram('firefox-esr', ['firefox-esr', 'firefox']);
  const profile = await mkdtemp(join(tmpdir(), 'twinhelm-firefox-'));
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    userDataDir: profile,
    env: { ...process.env, HOME: profile },
  });
  const page = await browser.newPage();
  await page.setViewport(size);
  return {
    go: async (url) => void (await page.goto(url, { waitUntil: 'load' })),
    evaluate: (expression) => page.evaluate(expression),
    close: async () => {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

/** The driver takes no port of the system's own choice. */
async function isOpen(url: string): Promise<boolean> {
  return fetch(`${url}/status`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** WebKitGTK's MiniBrowser on a screen of its own, by WebDriver. Throws like `openFirefox`. */
export async function openWebKit(size: PageSize): Promise<BrowserPage> {
  const driver = debianProgram('webkit2gtk-driver', ['WebKitWebDriver']);
  const xvfb = debianProgram('xvfb', ['Xvfb']);
  const home = await mkdtemp(join(tmpdir(), 'twinhelm-webkit-'));
  const screen = spawnGroup(xvfb, [
    ...['-displayfd', '1', '-nolisten', 'tcp'],
    ...['-screen', '0', `${size.width}x${size.height + 200}x24`],
  ]);
  const close: (() => Promise<void>)[] = [
    () => rm(home, { recursive: true, force: true }),
    () => screen.end(),
  ];
  const closeAll = async (): Promise<void> => {
    // oxlint-disable-next-line no-await-in-loop -- what was started last ends first
    for (const step of close.toReversed()) await step().catch(() => undefined);
  };
  try {
    const display = await screen.line((line) => (/^\d+$/.test(line) ? `:${line}` : undefined));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const group = spawnGroup(driver, [`--port=${port}`, '--host=127.0.0.1'], {
      env: {
        ...process.env,
        HOME: home,
        XDG_RUNTIME_DIR: home,
        DISPLAY: display,
        GDK_BACKEND: 'x11',
        LIBGL_ALWAYS_SOFTWARE: '1',
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      },
    });
    close.push(() => group.end());
    await waitUntil('the WebDriver of WebKit listens', () => isOpen(url));
    const page = await WebDriverPage.open(url, size);
    close.push(() => page.quit());
    return {
      go: (to) => page.go(to),
      evaluate: (expression) => page.evaluate(expression),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
