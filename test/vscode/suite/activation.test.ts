// The extension is there and activates, in both extension hosts.
import * as vscode from 'vscode';

suite('activation', () => {
  test('the extension is found and activates', async () => {
    const extension = vscode.extensions.getExtension('twinhelm.twinhelm');
    if (extension === undefined) throw new Error('twinhelm.twinhelm is not installed');
    await extension.activate();
    if (!extension.isActive) throw new Error('not active');
  });
});
