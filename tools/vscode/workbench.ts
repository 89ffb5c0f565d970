// Drives a VS Code page as a person does: palette, input boxes, webviews, trees, notifications, dialogs.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  devices,
  type Frame,
  type Locator,
  type Page,
} from 'playwright-core';
import { REPO_ROOT } from '../install/cache.ts';
import { waitUntil } from '../run/waitUntil.ts';

/** Where screenshots and logs of failed runs go. */
export const ARTIFACTS: string = join(REPO_ROOT, 'artifacts');

/** A workbench is painted within this time, even while other suites use the processors. */
const START_MS = 120_000;

/** A shape of window. */
export type Viewport = 'desktop' | 'ipad' | 'narrow';

function contextOptions(viewport: Viewport): BrowserContextOptions {
  const base = { ignoreHTTPSErrors: true };
  if (viewport === 'desktop') return { ...base, viewport: { width: 1280, height: 800 } };
  if (viewport === 'narrow') return { ...base, viewport: { width: 480, height: 800 } };
  // The device's shape and touch, but our browser: its user agent would claim Safari.
  const { viewport: size, deviceScaleFactor, hasTouch } = devices['iPad Mini landscape'] ?? {};
  return {
    ...base,
    viewport: size ?? { width: 1024, height: 768 },
    deviceScaleFactor: deviceScaleFactor ?? 2,
    hasTouch: hasTouch ?? true,
  };
}

/** One VS Code window in the browser. */
export class Workbench {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console, page errors and failed requests, oldest first. */
  readonly log: readonly string[];

  private constructor(page: Page, context: BrowserContext, log: readonly string[]) {
    this.page = page;
    this.context = context;
    this.log = log;
  }

  /** Opens `url` in a profile of its own and waits until the workbench is painted. */
  static async open(
    browser: Browser,
    url: string,
    viewport: Viewport = 'desktop',
  ): Promise<Workbench> {
    const context = await browser.newContext(contextOptions(viewport));
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    return Workbench.openIn(context, url);
  }

  /** Opens `url` in a profile that exists, as a second window of the same person. */
  static async openIn(context: BrowserContext, url: string): Promise<Workbench> {
    const page = await context.newPage();
    const log: string[] = [];
    page.on('console', (message) => log.push(`[${message.type()}] ${message.text()}`));
    page.on('pageerror', (error) => log.push(`[pageerror] ${error.message}`));
    page.on('requestfailed', (request) => log.push(`[requestfailed] ${request.url()}`));
    const workbench = new Workbench(page, context, log);
    // The page's own "load" says nothing that painting does not say, and comes late on a busy machine.
    await page.goto(url, { waitUntil: 'commit', timeout: START_MS });
    await workbench.ready();
    return workbench;
  }

  /** Waits until the workbench is painted. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').first().waitFor({ timeout: START_MS });
  }

  /** Reloads the window as its person does: by VS Code's own command, which keeps open editors. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: 60_000 });
    await this.command('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /**
   * Runs a command by its title. The list of a palette that was opened before the extension's
   * commands were there never fills, so it is opened again until the title is listed.
   */
  async command(title: string, timeoutMs = 60_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    const input = this.page.locator('.quick-input-widget input').first();
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    while (Date.now() < end) {
      await this.page.keyboard.press('F1');
      try {
        await input.waitFor({ timeout: 3000 });
        await input.fill(`>${title}`);
        await row.waitFor({ timeout: 1500 });
      } catch {
        await this.page.keyboard.press('Escape');
        continue;
      }
      await this.page.keyboard.press('Enter');
      return;
    }
    throw new Error(`no command “${title}” in the palette for ${timeoutMs} ms`);
  }

  /** Fills the input box that shows `prompt` and accepts it. */
  async input(prompt: string | RegExp, value: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible');
    const box = widget.locator('input').first();
    const byText = widget.getByText(prompt).first();
    const byPlaceholder = widget.getByPlaceholder(prompt).first();
    await byText.or(byPlaceholder).first().waitFor({ timeout: 20_000 });
    await box.fill(value);
    await this.page.keyboard.press('Enter');
  }

  /** Picks the entry of an open quick pick that contains `label`. */
  async pick(label: string | RegExp): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
    await row.waitFor({ timeout: 20_000 });
    await row.click();
  }

  /** The frame of a webview that holds `selector`. */
  async webview(selector: string, timeoutMs = 40_000): Promise<Frame> {
    let found: Frame | undefined;
    await waitUntil(
      `a webview with ${selector}`,
      async () => {
        for (const frame of this.page.frames()) {
          const count = await frame
            .locator(selector)
            .count()
            .catch(() => 0);
          if (count > 0) found = frame;
        }
        return found !== undefined;
      },
      timeoutMs,
    );
    if (found === undefined) throw new Error(`no webview with ${selector}`);
    return found;
  }

  /** A row of a tree in the side bar. */
  treeItem(label: string | RegExp): Locator {
    return this.page.locator('.sidebar .monaco-list-row', { hasText: label }).first();
  }

  /** Shows a view container by its title in the activity bar. */
  async showView(title: string): Promise<void> {
    const icon = this.page.locator('.activitybar .action-item', {
      has: this.page.locator(`[aria-label^="${title}"]`),
    });
    // A click on the icon of the view that is shown would hide it.
    const shown = this.page.locator('.sidebar .composite.title:visible', { hasText: title });
    if (!(await shown.isVisible())) await icon.first().click();
    await shown.waitFor({ timeout: 20_000 });
  }

  /** The item of the status bar that contains `text`. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }

  /** The notification that contains `text`. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  /** Presses a button of the notification that contains `text`. */
  async answerNotification(text: string | RegExp, button: string): Promise<void> {
    const toast = this.notification(text);
    await toast.waitFor({ timeout: 20_000 });
    await toast.getByRole('button', { name: button }).first().click();
  }

  /** Presses a button of the modal dialog that contains `text`. */
  async answerDialog(text: string | RegExp, button: string): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box', { hasText: text }).first();
    await dialog.waitFor({ timeout: 20_000 });
    await dialog.getByRole('button', { name: button }).first().click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** Text on the clipboard of this window. */
  clipboard(): Promise<string> {
    return this.page.evaluate('navigator.clipboard.readText()').then(String);
  }

  /** Saves a picture into artifacts/ and returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(ARTIFACTS, { recursive: true });
    const path = join(ARTIFACTS, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Closes the window and its profile. */
  async close(): Promise<void> {
    await this.context.close();
  }
}
