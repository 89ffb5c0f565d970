// Colours of VS Code's own default themes, as it gives them to a webview, for looking at the panel outside of VS Code.
import table from './realThemes.json' with { type: 'json' };

/** Variables of a theme, with the classes VS Code gives the body. */
export interface GalleryTheme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

const FONTS = {
  'font-family': 'system-ui, "DejaVu Sans", sans-serif',
  'font-size': '13px',
  'editor-font-family': '"DejaVu Sans Mono", monospace',
  'editor-font-size': '12px',
};

/** A theme by its column in the table, which `test/e2e/themes.deep.test.ts` reads off a real VS Code. */
function realTheme(bodyClass: string, column: number): GalleryTheme {
  const colours = Object.entries(table).flatMap(([name, values]) => {
    const value = values[column] ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  return { bodyClass, variables: { ...FONTS, ...Object.fromEntries(colours) } };
}

/** Themes by the name in the gallery's address. */
export const GALLERY_THEMES: Readonly<Record<string, GalleryTheme>> = {
  dark: realTheme('vscode-dark', 0),
  light: realTheme('vscode-light', 1),
  hc: realTheme('vscode-high-contrast', 2),
  'hc-light': realTheme('vscode-high-contrast vscode-high-contrast-light', 3),
  none: { bodyClass: '', variables: {} },
};

function classesOf(bodyClass: string): string[] {
  return bodyClass.split(' ').filter((name) => name !== '');
}

/** Puts a theme on the page in place of another, as VS Code does on a webview. */
export function applyTheme(theme: GalleryTheme): void {
  for (const { bodyClass, variables } of Object.values(GALLERY_THEMES)) {
    document.body.classList.remove(...classesOf(bodyClass));
    for (const name of Object.keys(variables)) {
      document.documentElement.style.removeProperty(`--vscode-${name}`);
    }
  }
  document.body.classList.add(...classesOf(theme.bodyClass));
  for (const [name, value] of Object.entries(theme.variables)) {
    document.documentElement.style.setProperty(`--vscode-${name}`, value);
  }
}
