// The extension is there, activates in time and keeps its parts to itself, in both extension hosts.
import * as vscode from 'vscode';
import { COMMANDS, fullName } from '../../../src/editor/manifestNames.ts';
import { assertEqual, exportsOfExtension } from '../extension.ts';

suite('activation', () => {
  test('activate() takes 50 ms at the most, on a busy machine 150', async () => {
    const { activationMs } = await exportsOfExtension();
    console.log(`activate() took ${activationMs} ms`);
    if (activationMs > 150) throw new Error(`activate() took ${activationMs} ms`);
  });

  test('every command is registered', async () => {
    await exportsOfExtension();
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = COMMANDS.map(fullName).filter((command) => !known.has(command));
    assertEqual(missing, [], 'missing commands');
  });

  test('the views are there and can be shown', async () => {
    await vscode.commands.executeCommand('twinhelm.sessions.focus');
  });
});
