// VS Code's own default themes: sets one in a running window, and reads what it gives a webview.
import type { Frame } from 'playwright-core';
import * as z from 'zod/mini';
import { waitUntil } from '../run/waitUntil.ts';
import type { Workbench } from './workbench.ts';

/** Labels and ids by the name in the gallery's address, in the order of the columns of the gallery's colours. */
export const REAL_THEMES = {
  dark: { label: 'Dark 2026', id: 'Dark 2026' },
  light: { label: 'Light 2026', id: 'Light 2026' },
  hc: { label: 'Dark High Contrast', id: 'Default High Contrast' },
  'hc-light': { label: 'Light High Contrast', id: 'Default High Contrast Light' },
} as const;
/** One of them. */
export type RealTheme = keyof typeof REAL_THEMES;

const variablesSchema = z.array(z.tuple([z.string(), z.string()]));

/** What a theme gives a webview: values by name, without `--vscode-`. */
export type ThemeVariables = ReadonlyMap<string, string>;

/** Sets the theme of a window as a person does, and waits until the webview's frame has it. */
export async function setTheme(window: Workbench, frame: Frame, theme: RealTheme): Promise<void> {
  const { label, id } = REAL_THEMES[theme];
  const idNow = async (): Promise<string> =>
    String(await frame.evaluate('document.body.dataset.vscodeThemeId'));
  if ((await idNow()) === id) return;
  // By its row, not by Enter: “Browse Color Themes in Marketplace” is listed above it.
  await window.page.keyboard.press('F1');
  const boxes = window.page.locator('.quick-input-widget:visible');
  await boxes.locator('input').first().fill('>Preferences: Color Theme');
  await boxes.locator('.monaco-list-row[aria-label^="Preferences: Color Theme"]').first().click();
  await boxes.getByPlaceholder(/Color Theme/).fill(label);
  await window.pick(label);
  await waitUntil(`the webview has the theme ${id}`, async () => (await idNow()) === id);
}

/** The colours that the frame's theme has; fonts and sizes are not a theme's. */
export async function themeColours(frame: Frame): Promise<ThemeVariables> {
  const all = variablesSchema.parse(
    await frame.evaluate(`
      [...document.documentElement.style]
        .filter((name) => name.startsWith('--vscode-'))
        .map((name) => [name.slice(9), document.documentElement.style.getPropertyValue(name).trim()])`),
  );
  return new Map(all.filter(([, value]) => /^(?:#|rgba?\()/.test(value)));
}

/** Classes by which the page knows the kind of theme, in the order of the alphabet. */
export async function bodyClasses(frame: Frame): Promise<string> {
  const all = String(await frame.evaluate('document.body.className')).split(/\s+/);
  return all
    .filter((name) => /^vscode-(?:dark|light|high-contrast|high-contrast-light)$/.test(name))
    .toSorted()
    .join(' ');
}

/** The colours of all themes as the gallery keeps them: a name a line, a column a theme, null for what one leaves out. */
export function themeTable(themes: readonly ThemeVariables[]): string {
  const names = [...new Set(themes.flatMap((theme) => [...theme.keys()]))].toSorted();
  const lines = names.map((name) => {
    const values = themes.map((theme) => JSON.stringify(theme.get(name) ?? null));
    return `  ${JSON.stringify(name)}: [${values.join(', ')}]`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}
