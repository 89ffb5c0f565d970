// Entry of the extension in a browser's web worker: guests only, no computer behind it.
import * as vscode from 'vscode';
import { systemClock } from './base/clock.ts';
import { toDisposable } from './base/disposable.ts';
import { type Editor, exportsOf, type ExtensionExports, startEditor } from './editor/editor.ts';

let editor: Editor | undefined;

/** Called by VS Code. */
export function activate(context: vscode.ExtensionContext): ExtensionExports {
  editor = startEditor(context, {
    clock: systemClock,
    random: Math.random,
    onDidGoOnline: (tell) => {
      // VS Code takes the worker's own `addEventListener` away from extensions; what it inherits works.
      const { addEventListener, removeEventListener } = EventTarget.prototype;
      const listener = (): void => tell();
      addEventListener.call(globalThis, 'online', listener);
      return toDisposable(() => removeEventListener.call(globalThis, 'online', listener));
    },
    defaults: { name: '', device: vscode.l10n.t('{0} in a browser', vscode.env.appName) },
  });
  return exportsOf(context, editor);
}

/** Called by VS Code before the worker ends. */
export async function deactivate(): Promise<void> {
  await editor?.close();
}
