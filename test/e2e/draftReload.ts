// Reloading a window in the middle of typing, in a real VS Code: what stood in the composer half a second before is there again.
import { expect } from 'vitest';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { setStage } from './harness.ts';
import { PanelDriver } from './panelDriver.ts';

/** What may be lost, ms: what the page has not told yet, and what was on its way to the disk. */
const KEPT_MS = 500;
const LETTERS = 24;
const LETTER_MS = 60;

/** Types and reloads `count` times; throws where something older than half a second is lost. */
export async function reloadWhileTyping(count: number): Promise<void> {
  const stage = await setStage();
  try {
    const host = stage.world.host();
    await host.start({ cwd: stage.world.project, title: 'Typed' });
    const owner = await stage.ownerWindow();
    await owner.showView('Twinhelm');
    await owner.treeItem('Typed').dblclick();
    const panel = new PanelDriver(owner);
    await panel.shows('Live');
    let before = '';
    for (let n = 1; n <= count; n += 1) {
      const box = await panel.composer();
      await box.focus();
      await box.press('End');
      const typed = [{ at: Date.now(), text: before }];
      for (let letter = 0; letter < LETTERS; letter += 1) {
        await owner.page.keyboard.type(String((n + letter) % 10), { delay: LETTER_MS });
        typed.push({ at: Date.now(), text: await box.inputValue() });
      }
      const reloadedAt = Date.now();
      await owner.reload();
      const oldest = typed.findLast(({ at }) => at <= reloadedAt - KEPT_MS)?.text ?? before;
      const value = await waitUntil(
        `reload ${n}: “…${oldest.slice(-LETTERS)}” is there again`,
        async () => {
          const text = await (await panel.composer()).inputValue().catch(() => '');
          return text.startsWith(oldest) ? text : undefined;
        },
        60_000,
      );
      expect(typed.map(({ text }) => text)).toContain(value);
      before = value;
    }
    await owner.close();
  } finally {
    await stage.close();
  }
}
