// The one item in the status bar.
import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { PRODUCT_NAME } from '../../base/product.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { FrontSession } from './frontSession.ts';
import type { ComputerLink } from '../../client/rooms/computerLink.ts';
import { fullName } from '../manifestNames.ts';
import type { SessionRef } from '../../client/rooms/sessionRef.ts';
import { statusText } from '../../client/lists/statusText.ts';

/** Shows the most important fact of this window's sessions, or hides. */
export function createStatusBar(
  focused: FrontSession,
  machine: ComputerLink,
  clock: Pick<Clock, 'now'>,
): DisposableStore {
  const disposables = new DisposableStore();
  const item = disposables.add(
    vscode.window.createStatusBarItem(fullName('status'), vscode.StatusBarAlignment.Left, 50),
  );
  item.name = PRODUCT_NAME;
  const update = (): void => {
    const status = statusText(focused.header, machine.liveRows, vscode.l10n.t, clock.now());
    if (!status) return item.hide();
    item.text = status.text;
    item.tooltip = status.tooltip;
    const { session } = status;
    const target: SessionRef | undefined =
      session === undefined ? undefined : { kind: 'own', session };
    item.command = {
      command: fullName('openSession'),
      title: vscode.l10n.t('Open Session'),
      ...(target ? { arguments: [target] } : {}),
    };
    item.backgroundColor = status.isWarning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    item.show();
  };
  disposables.add(focused.onDidChange(update));
  disposables.add(machine.onDidChange(update));
  update();
  return disposables;
}
