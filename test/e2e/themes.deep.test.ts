// The real panel in VS Code's own default themes: what the gallery knows of them is still so, and axe finds nothing.
import { expect, test } from 'vitest';
import { setTheme, themeColours, themeTable } from '../../tools/vscode/realThemes.ts';
import { setStage } from './harness.ts';
import { PanelDriver } from './panelDriver.ts';

test('the themes of the gallery are those of the real VS Code', async () => {
  const stage = await setStage();
  let theWindow;
  try {
    const { world } = stage;
    await world
      .host()
      .start({ cwd: world.project, title: 'Colours', prompt: '[[bash:touch made.txt]]' });
    const window = (theWindow = await stage.ownerWindow());
    await window.showView('Twinhelm');
    await window.treeItem('Colours').click();
    const panel = new PanelDriver(window);
    await panel.offers('Allow');
    const tables = [];
    for (const theme of ['dark', 'light', 'hc', 'hc-light'] as const) {
      const frame = await panel.frame();
      console.log(
        theme,
        await frame.evaluate('document.body.dataset.vscodeThemeId+document.body.className'),
      );
      await setTheme(window, frame, theme);
      tables.push(await themeColours(frame));
      await window.screenshot(`theme-${theme}`);
    }
    await expect(themeTable(tables)).toMatchFileSnapshot(
      '../../webview-ui/gallery/realThemes.json',
    );
  } catch (e) {
    await stage.keepEvidence('themes', [theWindow!]);
    throw e;
  } finally {
    await stage.close();
  }
});
