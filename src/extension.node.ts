// Entry of the extension where Node runs: finds or starts this computer's session host.
import { homedir, hostname, networkInterfaces, userInfo } from 'node:os';
import type * as vscode from 'vscode';
import { systemClock } from './base/clock.ts';
import { type Editor, exportsOf, type ExtensionExports, startEditor } from './editor/editor.ts';
import { createHostFinder } from './host/find/lookForHost.ts';
import { NetworkChange } from './node/networkChange.ts';
import { isRunning } from './node/processStart.ts';
import { resolveHome } from './host/find/paths.ts';

let editor: Editor | undefined;

/** Called by VS Code. */
export function activate(context: vscode.ExtensionContext): ExtensionExports {
  const host = createHostFinder({
    home: resolveHome(process.env, homedir()),
    hostScript: context.asAbsolutePath('dist/twinhelm.mjs'),
    execPath: process.execPath,
    env: process.env,
    userHome: homedir(),
    clock: systemClock,
  });
  const interfaces = networkInterfaces;
  const network = new NetworkChange({ clock: systemClock, interfaces });
  context.subscriptions.push(network);
  editor = startEditor(context, {
    host,
    processes: { pid: process.pid, isAlive: isRunning },
    onDidGoOnline: network.onDidChange,
    clock: systemClock,
    random: Math.random,
    defaults: { name: userName(), device: hostname() },
  });
  return exportsOf(context, editor);
}

/** Called by VS Code before the extension host ends; sessions go on. */
export async function deactivate(): Promise<void> {
  await editor?.close();
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
