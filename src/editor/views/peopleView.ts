// The People view: who is in the session in front.
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import type { FrontSession } from './frontSession.ts';
import { VIEW } from '../manifestNames.ts';
import { fullLinksText } from '../../client/standing/peopleWords.ts';
import { peopleRows, type PersonRow } from '../../client/lists/peopleRows.ts';

/** Shows the people of the focused session. */
export class PeopleView implements vscode.TreeDataProvider<PersonRow> {
  private readonly disposables = new DisposableStore();
  private readonly redraw = this.disposables.add(new vscode.EventEmitter<undefined>());
  private readonly view: vscode.TreeView<PersonRow>;
  private readonly focused: FrontSession;

  readonly onDidChangeTreeData = this.redraw.event;

  constructor(focused: FrontSession) {
    this.focused = focused;
    this.view = this.disposables.add(
      vscode.window.createTreeView(VIEW.people, { treeDataProvider: this }),
    );
    this.disposables.add(
      focused.onDidChange(() => {
        const { header } = focused;
        this.view.description = header?.session?.title ?? '';
        this.view.message = fullLinksText(header?.fullLinks, vscode.l10n.t) ?? '';
        this.redraw.fire(undefined);
      }),
    );
  }

  getChildren(row?: PersonRow): PersonRow[] {
    const { header } = this.focused;
    return row || !header ? [] : [...peopleRows(header, vscode.l10n.t)];
  }

  getTreeItem(row: PersonRow): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState.None);
    item.id = row.member;
    item.description = row.description;
    item.contextValue = row.context;
    item.iconPath = new vscode.ThemeIcon(
      row.icon,
      row.color === undefined ? undefined : new vscode.ThemeColor(row.color),
    );
    item.tooltip = `${row.label} · ${row.description}`;
    return item;
  }

  dispose(): void {
    this.disposables.dispose();
  }
}
