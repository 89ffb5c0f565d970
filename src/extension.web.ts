// Entry of the extension in a browser's web worker: guests only, no computer behind it.
import * as vscode from 'vscode';
import { systemClock } from './base/clock.ts';
import { type Editor, startEditor } from './editor/editor.ts';

let editor: Editor | undefined;

/** Called by VS Code; what it returns other extensions can read, so it is a number of ms only. */
export function activate(context: vscode.ExtensionContext): { readonly activationMs: number } {
  editor = startEditor(context, {
    clock: systemClock,
    random: Math.random,
    defaults: { name: '', device: vscode.l10n.t('{0} in a browser', vscode.env.appName) },
  });
  return { activationMs: editor.activationMs };
}

/** Called by VS Code before the worker ends. */
export async function deactivate(): Promise<void> {
  await editor?.close();
}
