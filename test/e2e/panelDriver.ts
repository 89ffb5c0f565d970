// The session panel as a person uses it, in any window.
import type { Frame, Locator } from 'playwright-core';
import * as z from 'zod/mini';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import type { Workbench } from '../../tools/vscode/workbench.ts';

const PATIENCE_MS = 30_000;

/** One open session panel. The frame is looked up anew each time: VS Code replaces it at will. */
export class PanelDriver {
  readonly window: Workbench;

  constructor(window: Workbench) {
    this.window = window;
  }

  /** The frame of the panel in front: VS Code replaces frames at will, and keeps hidden ones for a while. */
  async frame(): Promise<Frame> {
    let found: Frame | undefined;
    await waitUntil(
      'a session panel in front',
      async () => {
        for (const frame of this.window.page.frames()) {
          const isShown = frame.locator('.composer').first().isVisible();
          if (await isShown.catch(() => false)) found = frame;
        }
        return found !== undefined;
      },
      PATIENCE_MS,
    );
    if (found === undefined) throw new Error('no session panel in front');
    return found;
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
  shows(text: string | RegExp, timeoutMs = PATIENCE_MS): Promise<void> {
    return this.waitFor(text, (frame) => frame.locator('body').getByText(text), timeoutMs);
  }

  /** Waits until a whole element says exactly this: the agent's words, not the prompt that asked for them. */
  says(text: string, timeoutMs = PATIENCE_MS): Promise<void> {
    const find = (frame: Frame): Locator => frame.locator('body').getByText(text, { exact: true });
    return this.waitFor(text, find, timeoutMs);
  }

  private async waitFor(
    what: string | RegExp,
    find: (frame: Frame) => Locator,
    timeoutMs: number,
  ): Promise<void> {
    const isThere = async (): Promise<boolean> =>
      find(await this.frame())
        .first()
        .isVisible();
    // A frame that VS Code has just taken away is looked up again.
    const check = (): Promise<boolean> => isThere().catch(() => false);
    await waitUntil(`the panel shows ${String(what)}`, check, timeoutMs);
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

  /** Text of the transcript that is in view; what is only spoken to screen readers stands elsewhere. */
  async text(): Promise<string> {
    return (await this.frame()).locator('.transcript').innerText();
  }

  /** Waits until nothing streams any more. */
  async streamEnded(): Promise<void> {
    await (await this.frame()).locator('[data-live]').first().waitFor({ state: 'detached' });
  }

  /** Begins to watch streaming text; the result tells what it did so far. */
  async watchStream(): Promise<() => Promise<StreamFigures>> {
    const frame = await this.frame();
    await frame.evaluate(WATCH_STREAM);
    return async () => streamFiguresSchema.parse(await frame.evaluate('globalThis.streamed'));
  }
}

/** Joins as a person does. A window on a computer knows its person's name; one in a browser asks for it. */
export async function joinByLink(
  window: Workbench,
  link: string,
  name?: string,
): Promise<PanelDriver> {
  await window.command('Twinhelm: Join with a Link');
  await window.input(/Paste the link/, link);
  await window.answerDialog(/controller|viewer/, 'Join');
  if (name !== undefined) await window.input(/Others see it/, name);
  const panel = new PanelDriver(window);
  await panel.shows('Live');
  return panel;
}

const streamFiguresSchema = z.object({
  /** Every length that streaming text had. */
  lengths: z.array(z.number()),
  /** Ends of texts that could be read twice, as live text and as a finished reply. */
  twice: z.array(z.string()),
});
type StreamFigures = z.infer<typeof streamFiguresSchema>;

/** Runs in the page, where a poll from outside would miss steps on a busy machine. */
const WATCH_STREAM = `
  globalThis.streamed = { lengths: [], twice: [] };
  new MutationObserver(() => {
    const { lengths, twice } = globalThis.streamed;
    const reply = [...document.querySelectorAll('.reply:not([data-live]) .md')].at(-1);
    for (const { textContent: text } of document.querySelectorAll('[data-live]')) {
      if (text.trim() === '') continue;
      if (lengths.at(-1) !== text.length) lengths.push(text.length);
      if (reply?.textContent.trim() === text.trim()) twice.push(text.slice(-40));
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
`;
