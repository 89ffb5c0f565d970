// Files that a reader of a transcript opens or saves: on a click only, and never anything but a file.
import * as vscode from 'vscode';
import type { SessionRef } from '../../client/rooms/sessionRef.ts';

/**
 * [N7] Opens a file of this computer in an editor; `line` from 1. False for a session of another computer, where
 * the same path is another file, and for what is no file here.
 */
export async function openFile(
  ref: SessionRef,
  path: string,
  line: number | undefined,
): Promise<boolean> {
  if (ref.kind !== 'own') return false;
  // The scheme is given, so that no path is read as the address of something else.
  const uri = vscode.Uri.file(path);
  const stat = await vscode.workspace.fs.stat(uri).then(
    ({ type }) => type,
    () => vscode.FileType.Unknown,
  );
  if ((stat & vscode.FileType.File) === 0) return false;
  const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  const selection = line === undefined ? {} : { selection: new vscode.Range(at, at) };
  await vscode.commands.executeCommand('vscode.open', uri, { preview: true, ...selection });
  return true;
}

/** Saves a text where the person says; false if they do not. */
export async function saveText(name: string, text: string): Promise<boolean> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { Markdown: ['md'] },
  });
  if (uri === undefined) return false;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return true;
}
