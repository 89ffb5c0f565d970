// The real panel in VS Code's own default themes: what the gallery knows of them is still so, and axe finds nothing in it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { bodyClasses, setTheme, themeColours, themeTable } from '../../tools/vscode/realThemes.ts';
import { setStage } from './harness.ts';
import { PanelDriver } from './panelDriver.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const THEMES = ['dark', 'light', 'hc', 'hc-light'] as const;

/** Rules that the page breaks for the worse, each with where. */
async function faultsOf(frame: Frame): Promise<string[]> {
  // As an expression, which no policy of the page forbids.
  await frame.evaluate(`${AXE}; 0`);
  const found = await frame.evaluate(`axe.run('body', { resultTypes: ['violations'] }).then((all) =>
    all.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => id + ' ' + node.html + node.failureSummary)))`);
  return z.array(z.string()).parse(found);
}

test('[LO3] the real panel has no serious fault in any default theme, and the gallery knows their colours', async () => {
  const stage = await setStage();
  try {
    const { world } = stage;
    const prompt = '[[bash:touch made.txt]]';
    await world.host().start({ cwd: world.project, title: 'Colours', prompt });
    const window = await stage.ownerWindow();
    await window.showView('Twinhelm');
    await window.treeItem('Colours').click();
    const panel = new PanelDriver(window);
    await panel.offers('Allow');
    const frame = await panel.frame();
    await waitUntil('the composer has the focus', async () => {
      return (await frame.evaluate('document.activeElement?.id')) === 'composer';
    });
    const tables = [];
    const classes = [];
    for (const theme of THEMES) {
      await setTheme(window, frame, theme);
      tables.push(await themeColours(frame));
      classes.push(await bodyClasses(frame));
      expect(await faultsOf(frame), theme).toEqual([]);
      await window.screenshot(`sheets/real-${theme}`);
    }
    expect(classes).toEqual([
      'vscode-dark',
      'vscode-light',
      'vscode-high-contrast',
      'vscode-high-contrast vscode-high-contrast-light',
    ]);
    // `-u` takes over what another VS Code has.
    await expect(themeTable(tables)).toMatchFileSnapshot(
      '../../webview-ui/gallery/realThemes.json',
    );
    await window.close();
  } finally {
    await stage.close();
  }
});
