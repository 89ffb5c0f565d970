// The running extension, as the suites see it: its exports in test mode.
import * as vscode from 'vscode';
import type { App } from '../../src/editor/app.ts';
import type { ExtensionExports } from '../../src/editor/editor.ts';

const ID = 'twinhelm.twinhelm';

/** Activates the extension and returns what it exports. */
export async function exportsOfExtension(): Promise<ExtensionExports> {
  const extension = vscode.extensions.getExtension<ExtensionExports>(ID);
  if (extension === undefined) throw new Error(`${ID} is not installed`);
  return extension.activate();
}

/** The parts of the extension. */
export async function appOfExtension(): Promise<App> {
  const { app } = await exportsOfExtension();
  if (app === undefined) throw new Error('The extension does not run in test mode.');
  return app;
}

/** Throws if the two are not the same as JSON. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}

/** Panels of ours among the open tabs. */
export function panelTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('twinhelm.panel'),
    );
}
