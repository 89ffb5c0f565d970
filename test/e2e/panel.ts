// The session panel as a person uses it, in any window.
import type { Frame, Locator } from 'playwright-core';
import type { Workbench } from '../rigs/workbench.ts';

const PATIENCE_MS = 30_000;

/** One open session panel. The frame is looked up anew each time: VS Code replaces it at will. */
export class SessionPanel {
  readonly window: Workbench;

  constructor(window: Workbench) {
    this.window = window;
  }

  frame(): Promise<Frame> {
    return this.window.webview('.composer');
  }

  async composer(): Promise<Locator> {
    return (await this.frame()).locator('.composer textarea');
  }

  /** Types a prompt and presses Enter. */
  async send(text: string): Promise<void> {
    const box = await this.composer();
    await box.fill(text);
    await box.press('Enter');
  }

  /** Waits until the text is to be read somewhere in the panel. */
  async shows(text: string | RegExp, timeoutMs = PATIENCE_MS): Promise<void> {
    const body = (await this.frame()).locator('body');
    await body.getByText(text).first().waitFor({ timeout: timeoutMs });
  }

  /** Waits until a whole element says exactly this: the agent's words, not the prompt that asked for them. */
  async says(text: string, timeoutMs = PATIENCE_MS): Promise<void> {
    const body = (await this.frame()).locator('body');
    await body.getByText(text, { exact: true }).first().waitFor({ timeout: timeoutMs });
  }

  /** Presses a button. */
  async press(name: string | RegExp): Promise<void> {
    const button = (await this.frame()).getByRole('button', { name }).first();
    await button.click({ timeout: PATIENCE_MS });
  }

  /** Waits until a button is there. */
  async offers(name: string | RegExp): Promise<void> {
    const button = (await this.frame()).getByRole('button', { name }).first();
    await button.waitFor({ timeout: PATIENCE_MS });
  }

  /** Whole text of the panel. */
  async text(): Promise<string> {
    return (await this.frame()).locator('body').innerText();
  }

  /** Lengths that the newest streaming text had while it grew, until `end` is shown. */
  async growthUntil(end: string | RegExp): Promise<number[]> {
    const frame = await this.frame();
    const lengths = new Set<number>();
    const live = frame.locator('[data-live]').last();
    const done = frame.locator('body').getByText(end).first();
    const stop = Date.now() + PATIENCE_MS;
    while (Date.now() < stop && !(await done.isVisible())) {
      const text = await live.innerText({ timeout: 100 }).catch(() => '');
      if (text !== '') lengths.add(text.length);
    }
    await done.waitFor({ timeout: PATIENCE_MS });
    return [...lengths];
  }
}
