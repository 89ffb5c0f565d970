// Lines that are selected in a text editor of this window, for sessions that can read the file.
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import type { SelectionSource } from '../../client/panel/panelPump.ts';
import type { Selection } from '../../protocol/local/choices.ts';

/** Follows the text editor that was in front last, while it can be seen. */
export class EditorSelection implements SelectionSource {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly folder: () => string | undefined;
  private last = vscode.window.activeTextEditor;
  private told = '';
  readonly onDidChange = this.changed.event;

  /** `folder`: that of the session, if it runs on this computer. */
  constructor(folder: () => string | undefined) {
    this.folder = folder;
    const { window, workspace } = vscode;
    const look = (): void => this.look();
    this.disposables.add(
      window.onDidChangeActiveTextEditor((editor) => {
        // A panel that comes to the front is no text editor.
        this.last = editor ?? this.last;
        this.look();
      }),
    );
    this.disposables.add(
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === window.activeTextEditor) this.last = textEditor;
        this.look();
      }),
    );
    this.disposables.add(window.onDidChangeVisibleTextEditors(look));
    this.disposables.add(workspace.onDidSaveTextDocument(look));
    this.disposables.add(workspace.onDidChangeTextDocument(look));
  }

  get current(): Selection | undefined {
    const editor = this.last;
    if (editor === undefined || !vscode.window.visibleTextEditors.includes(editor))
      return undefined;
    const { document, selection } = editor;
    if (document.uri.scheme !== 'file' || selection.isEmpty) return undefined;
    const path = pathBelow(this.folder(), document.uri.fsPath);
    if (path === undefined) return undefined;
    const { start, end } = selection;
    // A selection that ends before the first character of a line has nothing of it.
    const isBefore = end.character === 0 && end.line > start.line;
    const to = isBefore ? end.line : end.line + 1;
    return { path, from: start.line + 1, to, isUnsaved: document.isDirty };
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private look(): void {
    const now = JSON.stringify(this.current ?? null);
    if (now === this.told) return;
    this.told = now;
    this.changed.fire();
  }
}

/** The path of a file below a folder, with `/` between its parts; undefined if it is not there. */
export function pathBelow(folder: string | undefined, file: string): string | undefined {
  if (folder === undefined) return undefined;
  const [root, path] = [folder, file].map((one) => one.replaceAll('\\', '/'));
  const start = root?.endsWith('/') === true ? root : `${root}/`;
  return path?.startsWith(start) === true ? path.slice(start.length) : undefined;
}
