// Long texts and changes of a transcript as read-only documents and diffs.
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { DisposableStore } from '../../base/disposable.ts';
import { type Json, parseJson } from '../../protocol/json.ts';
import type { Entry } from '../../protocol/transcript.ts';
import type { PlacedEntry, RoomView } from '../../session/view.ts';
import { ENTRY_SCHEME } from '../manifestNames.ts';

/** Documents kept at the most; the oldest goes. */
const MAX_DOCUMENTS = 40;

const editInput = z.looseObject({
  file_path: z.string(),
  old_string: z.string(),
  new_string: z.string(),
});
const writeInput = z.looseObject({ file_path: z.string(), content: z.string() });

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
    const { entry } = placed;
    if (entry.kind === 'tool-call' || entry.kind === 'request') {
      const input = await wholeInput(entry, view);
      const edit = editInput.safeParse(input);
      if (edit.success) {
        const { file_path: path, old_string: before, new_string: after } = edit.data;
        return this.diff(path, before, after);
      }
      const write = writeInput.safeParse(input);
      if (write.success) return this.show(nameOf(write.data.file_path), write.data.content);
      return this.show(`${entry.tool}.json`, JSON.stringify(input, null, 2));
    }
    const { name, text } = await wholeText(entry, view);
    await this.show(name, text);
  }

  dispose(): void {
    this.disposables.dispose();
    this.texts.clear();
  }

  private async show(name: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.add(name, text));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  private async diff(path: string, before: string, after: string): Promise<void> {
    const name = nameOf(path);
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

function nameOf(path: string): string {
  return path.split(/[\\/]/).pop() || 'text';
}

async function wholeInput(
  entry: Extract<Entry, { kind: 'tool-call' | 'request' }>,
  view: RoomView,
): Promise<Json> {
  const blob = entry.inputCut?.blob;
  if (blob === undefined) return entry.input;
  return parseJson(await blobText(blob, view)) ?? entry.input;
}

async function wholeText(
  entry: Entry,
  view: RoomView,
): Promise<{ readonly name: string; readonly text: string }> {
  switch (entry.kind) {
    case 'prompt':
    case 'text':
    case 'thinking':
    case 'command':
    case 'tool-result': {
      const name =
        entry.kind === 'tool-result' || entry.kind === 'command' ? 'output.txt' : 'text.md';
      const blob = entry.cut?.blob;
      return { name, text: blob === undefined ? entry.text : await blobText(blob, view) };
    }
    case 'compaction': {
      const blob = entry.summary?.cut?.blob;
      const text = entry.summary?.text ?? '';
      return { name: 'summary.md', text: blob === undefined ? text : await blobText(blob, view) };
    }
    case 'unknown':
      return { name: 'record.json', text: entry.json };
    default:
      return { name: `${entry.kind}.json`, text: JSON.stringify(entry, null, 2) };
  }
}

async function blobText(blob: string, view: RoomView): Promise<string> {
  return new TextDecoder().decode(await view.fetchBlob(blob));
}
