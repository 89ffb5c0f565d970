// Long texts and changes of a transcript as read-only documents and diffs.
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import { wholeEntry } from '../../client/panel/wholeEntry.ts';
import type { PlacedEntry, RoomView } from '../../session/view.ts';
import { ENTRY_SCHEME } from '../manifestNames.ts';

/** Documents kept at the most; the oldest goes. */
const MAX_DOCUMENTS = 40;

/** Opens entries of a transcript in editors. */
export class EntryDocuments implements vscode.TextDocumentContentProvider {
  private readonly disposables = new DisposableStore();
  private readonly texts = new Map<string, string>();
  private count = 0;

  constructor() {
    this.disposables.add(vscode.workspace.registerTextDocumentContentProvider(ENTRY_SCHEME, this));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.texts.get(uri.toString()) ??
      vscode.l10n.t('This text is not loaded any more: open it again from the session.')
    );
  }

  /** Shows an entry: a change as a diff, everything else as its whole text. */
  async open(placed: PlacedEntry, view: RoomView): Promise<void> {
    const whole = await wholeEntry(placed, view);
    if (whole.kind === 'text') return this.show(whole.name, whole.text);
    return this.diff(whole.name, whole.before, whole.after);
  }

  dispose(): void {
    this.disposables.dispose();
    this.texts.clear();
  }

  private async show(name: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.add(name, text));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  private async diff(name: string, before: string, after: string): Promise<void> {
    await vscode.commands.executeCommand(
      'vscode.diff',
      this.add(name, before),
      this.add(name, after),
      vscode.l10n.t('{0} (change in the session)', name),
      { preview: true },
    );
  }

  private add(name: string, text: string): vscode.Uri {
    this.count += 1;
    const uri = vscode.Uri.from({ scheme: ENTRY_SCHEME, path: `/${this.count}/${name}` });
    this.texts.set(uri.toString(), text);
    const oldest = this.texts.keys().next().value;
    if (this.texts.size > MAX_DOCUMENTS && oldest !== undefined) this.texts.delete(oldest);
    return uri;
  }
}
