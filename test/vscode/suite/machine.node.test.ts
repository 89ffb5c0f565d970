// The sessions of this computer, where Node runs: the host that runs is found and joined as its owner.
import * as vscode from 'vscode';
import { joinNow } from '../../../src/editor/commands/joinCommands.ts';
import { appOfExtension, assertEqual, panelTabs } from '../extension.ts';
import { waitUntil } from '../../../tools/run/waitUntil.ts';
import { testInput } from '../input.ts';

suite('this computer', () => {
  const ref = { kind: 'own', session: testInput.sessionId } as const;

  suiteTeardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  test('the running host is found, and its sessions are listed', async () => {
    const app = await appOfExtension();
    const row = await waitUntil('the session is listed', () => app.machine.row(ref.session));
    assertEqual([app.machine.status, row.session.title], ['connected', 'Suite'], 'machine');
  });

  test('a session opens with the rights of its owner, and closes with its panel', async () => {
    const app = await appOfExtension();
    await vscode.commands.executeCommand('twinhelm.openSession', ref);
    const view = await waitUntil('it is joined', () => {
      const joined = app.pool.find(ref)?.view;
      return joined?.me ? joined : undefined;
    });
    assertEqual(view.me?.role, 'owner', 'role');
    await waitUntil('the panel is open', () => panelTabs().length === 1);
    await waitUntil('the page is ready', () => app.panels.find(ref)?.isShown);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await waitUntil('the panel is closed', () => panelTabs().length === 0);
  });

  test('opening a session twice shows one panel', async () => {
    const app = await appOfExtension();
    await vscode.commands.executeCommand('twinhelm.openSession', ref);
    await vscode.commands.executeCommand('twinhelm.openSession', ref);
    await waitUntil('the page is ready', () => app.panels.find(ref)?.isShown);
    assertEqual(panelTabs().length, 1, 'panels');
  });

  test('a link to a session of this computer shows it as what it is', async () => {
    const app = await appOfExtension();
    await joinNow(app, testInput.viewerLink);
    assertEqual(app.joined.items, [], 'joined sessions');
    await waitUntil('its panel is in front', () => app.panels.current?.ref.kind === 'own');
  });

  test('renaming reaches the list', async () => {
    const app = await appOfExtension();
    const view = await waitUntil('it is joined', () => {
      const joined = app.pool.find(ref)?.view;
      return joined?.me ? joined : undefined;
    });
    await view.request('rename', { title: 'Renamed' });
    await waitUntil('the list has it', () => app.directory.titleOf(ref) === 'Renamed');
    await view.request('rename', { title: 'Suite' });
  });
});
