// Long texts and changes of a transcript open in editors.
import * as vscode from 'vscode';
import type { Entry } from '../../../src/protocol/transcript.ts';
import { appOfExtension, assertEqual } from '../extension.ts';
import { waitUntil } from '../../../tools/run/waitUntil.ts';

suite('documents', () => {
  suiteTeardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const open = async (entry: Entry): Promise<void> => {
    const { documents } = await appOfExtension();
    const view = {
      // Nothing here is cut.
      fetchBlob: () => Promise.reject(new Error('not asked')),
      // The session's computer does not know what stands around the change.
      request: () => Promise.resolve({ places: [] }),
      // These are all that a document asks of a view.
    } as never;
    return documents.open({ index: 0, entry }, view);
  };

  test('an edit opens as a diff', async () => {
    const input = { file_path: '/p/greet.js', old_string: 'hello', new_string: 'hallo' };
    const base = { id: '1', at: 0, messageId: 'm', callId: 'c' };
    const view = {
      ...{ family: 'edit', path: '/file_path' },
      ...{ before: '/old_string', after: '/new_string' },
    };
    await open({ kind: 'tool-call', ...base, tool: 'Edit', input, view });
    const tab = await waitUntil('the diff is open', () =>
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff
        ? vscode.window.tabGroups.activeTabGroup.activeTab
        : undefined,
    );
    if (!tab.label.startsWith('greet.js')) throw new Error(tab.label);
  });

  test('a long output opens as a text that cannot be changed', async () => {
    await open({
      kind: 'tool-result',
      id: '2',
      at: 0,
      callId: 'c',
      outcome: 'ok',
      text: 'all of it',
    });
    const editor = await waitUntil('the text is open', () =>
      vscode.window.activeTextEditor?.document.uri.scheme === 'twinhelm-entry'
        ? vscode.window.activeTextEditor
        : undefined,
    );
    assertEqual(editor.document.getText().includes('all of it'), true, 'text');
  });
});
