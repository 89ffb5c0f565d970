// Drafts as files in the folder that all windows of this computer share.
import * as vscode from 'vscode';
import type { TextFiles } from '../../client/storage.ts';

/** Files of a folder, which is made when the first is written. */
export function draftFolder(folder: vscode.Uri): TextFiles {
  const { fs } = vscode.workspace;
  const at = (name: string): vscode.Uri => vscode.Uri.joinPath(folder, name);
  const isMissing = (error: unknown): boolean =>
    error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
  return {
    async list() {
      try {
        const entries = await fs.readDirectory(folder);
        return entries.map(([name]) => name).filter((name) => name.endsWith('.json'));
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    async read(name) {
      try {
        return new TextDecoder().decode(await fs.readFile(at(name)));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async write(name, text) {
      // Beside and then into its place: a window that ends in between leaves the one before.
      const part = at(`${name}.part`);
      await fs.writeFile(part, new TextEncoder().encode(text));
      await fs.rename(part, at(name), { overwrite: true });
    },
    async remove(name) {
      await fs.delete(at(name));
    },
  };
}
