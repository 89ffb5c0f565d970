// The Sessions view: the tree of sessionTree.ts in VS Code, its badge and its welcome.
import { joinParts } from '../../base/errors.ts';
import { errorParts, translatedProblem } from '../../client/translate.ts';
import { speech } from '../speech.ts';
import * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { Logger } from '../../base/log.ts';
import type { GivenLink } from '../../client/rooms/joinedSessions.ts';
import type { ComputerLink } from '../../client/rooms/computerLink.ts';
import { fullName, VIEW } from '../manifestNames.ts';
import type { SecretList } from '../../client/rooms/secretList.ts';
import type { SessionDirectory } from '../../client/rooms/sessionDirectory.ts';
import { parseFilter } from '../../client/lists/sessionFilter.ts';
import type { Panels } from '../panel/panels.ts';
import { parseRef, refKey, type SessionRef } from '../../client/rooms/sessionRef.ts';
import { sessionTree, type TreeNode, waitingCount } from '../../client/lists/sessionTree.ts';
import { waitingVersion } from '../../client/standing/replacementWords.ts';
import { PRODUCT_VERSION } from '../../base/product.ts';
import { settings } from '../settings.ts';
import { Soon } from '../soon.ts';

/** Changes within this time are one redraw: streaming sessions change their row often. */
const REDRAW_MS = 200;
/** Ages in the rows are renewed this often. */
const AGE_MS = 30_000;

/** Shows the sessions of this computer and the joined ones. */
export class SessionsView implements vscode.TreeDataProvider<TreeNode> {
  private readonly disposables = new DisposableStore();
  private readonly redraw = this.disposables.add(new vscode.EventEmitter<undefined>());
  private readonly view: vscode.TreeView<TreeNode>;
  private readonly directory: SessionDirectory;
  private readonly machine: ComputerLink;
  private readonly given: SecretList<GivenLink>;
  private readonly panels: Pick<Panels, 'current' | 'onDidChange'>;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly t = speech();
  private problem = '';
  private filterText = '';
  /** What the tree was last made of, for what is in front to be found in it. */
  private nodes = new Map<string, TreeNode>();
  private parents = new Map<string, TreeNode>();
  private revealed = '';

  readonly onDidChangeTreeData = this.redraw.event;

  constructor(options: {
    readonly directory: SessionDirectory;
    readonly machine: ComputerLink;
    readonly given: SecretList<GivenLink>;
    readonly panels: Pick<Panels, 'current' | 'onDidChange'>;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.directory = options.directory;
    this.machine = options.machine;
    this.given = options.given;
    this.panels = options.panels;
    this.clock = options.clock;
    this.log = options.log;
    this.view = this.disposables.add(
      vscode.window.createTreeView(VIEW.sessions, { treeDataProvider: this }),
    );
    const run = (): void => {
      this.describe();
      this.redraw.fire(undefined);
    };
    const soon = this.disposables.add(new Soon({ clock: this.clock, delayMs: REDRAW_MS, run }));
    this.disposables.add(this.view.onDidChangeVisibility(() => void this.startHost()));
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.startHost()));
    const front = (): void => void this.showFront();
    const frontSoon = this.disposables.add(
      new Soon({ clock: this.clock, delayMs: REDRAW_MS, run: front }),
    );
    this.disposables.add(this.panels.onDidChange(() => frontSoon.trigger()));
    this.disposables.add(this.directory.onDidChange(() => soon.trigger()));
    this.disposables.add(this.given.onDidChange(() => soon.trigger()));
    this.disposables.add(vscode.workspace.onDidChangeConfiguration(() => soon.trigger()));
    this.disposables.add(
      this.clock.every(AGE_MS, () => {
        if (this.view.visible) this.redraw.fire(undefined);
      }),
    );
    this.describe();
    void this.startHost();
  }

  getChildren(node?: TreeNode): readonly TreeNode[] & TreeNode[] {
    if (node) return node.kind === 'group' ? [...node.children] : [];
    const links = this.given.items.filter((item) => item.notAfter > this.clock.now());
    const tree = [
      ...sessionTree({
        filter: parseFilter(this.filterText),
        own: this.machine.rows,
        more: this.machine.moreRows,
        waiting: waitingVersion(this.machine.state, PRODUCT_VERSION),
        joined: this.directory.joinedRows(),
        connection: this.machine.connection,
        now: this.clock.now(),
        knownLinks: new Set(links.map(({ session }) => session)),
        canShare: this.machine.canHost && settings.isSharingEnabled(),
        t: this.t,
      }),
    ];
    this.nodes = new Map();
    this.parents = new Map();
    this.note(tree);
    return tree;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (node.kind === 'group') {
      const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
      const item = new vscode.TreeItem(node.label, node.isCollapsed ? Collapsed : Expanded);
      item.id = node.id;
      item.description = node.description;
      item.contextValue = ';group;';
      return item;
    }
    if (node.kind === 'more') {
      const more = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.None);
      more.id = node.id;
      more.command = { command: fullName('showMore'), title: node.label };
      return more;
    }
    if (node.kind === 'replacement') {
      const head = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.None);
      head.id = node.id;
      head.description = node.description;
      head.iconPath = new vscode.ThemeIcon('versions');
      head.contextValue = ';replacement;';
      head.tooltip = tooltip(node.label, [[vscode.l10n.t('What that means'), node.detail]]);
      head.command = { command: fullName('replaceHost'), title: vscode.l10n.t('Replace Now') };
      return head;
    }
    const item = new vscode.TreeItem(node.title, vscode.TreeItemCollapsibleState.None);
    item.id = node.id;
    item.description = node.description;
    item.contextValue = node.context;
    const color = node.color === undefined ? undefined : new vscode.ThemeColor(node.color);
    item.iconPath = new vscode.ThemeIcon(node.icon, color);
    item.tooltip = tooltip(node.title, node.details);
    if (node.context.includes(';open;') || node.context.includes(';continue;')) {
      const title = vscode.l10n.t('Open Session');
      item.command = { command: fullName('openSession'), title, arguments: [node.ref] };
    }
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.parents.get(node.id);
  }

  /** What the tree is narrowed to, as it was typed; empty: all is shown. */
  get filter(): string {
    return this.filterText;
  }

  /** [H8] Narrows the tree. */
  setFilter(text: string): void {
    this.filterText = text.trim();
    const isFiltered = parseFilter(this.filterText) !== undefined;
    void vscode.commands.executeCommand('setContext', fullName('filtered'), isFiltered);
    this.describe();
    this.redraw.fire(undefined);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private note(nodes: readonly TreeNode[], parent?: TreeNode): void {
    for (const node of nodes) {
      this.nodes.set(node.id, node);
      if (parent) this.parents.set(node.id, parent);
      if (node.kind === 'group') this.note(node.children, node);
    }
  }

  /** The session whose panel has come to the front is the selected one; once, so that whoever looks elsewhere in the tree is left there. */
  private async showFront(): Promise<void> {
    const { current } = this.panels;
    const key = current?.panel.active === true ? refKey(current.ref) : '';
    if (key === this.revealed || !this.view.visible) return;
    const node = this.nodes.get(key);
    if (key !== '' && node === undefined) return;
    this.revealed = key;
    // A row that goes in this very moment cannot be shown.
    if (node)
      await Promise.resolve(this.view.reveal(node, { select: true })).catch(() => undefined);
  }

  /** Whoever opens the view wants to see this computer's sessions: the host lists them. */
  private async startHost(): Promise<void> {
    const { machine } = this;
    if (!this.view.visible || !machine.canHost || !vscode.workspace.isTrusted) return;
    await machine.look();
    if (machine.status !== 'stopped') return;
    // The reason of a failure stands in the view.
    await machine.ensure().catch(() => undefined);
  }

  /** A message takes the place of the welcome: where there is nothing else, the welcome says it, with buttons. */
  private describeProblem(): void {
    const { error, state, rows } = this.machine;
    const { problem } = state?.computer ?? {};
    const parts = error ? errorParts(error, this.t) : problem && translatedProblem(problem, this.t);
    const text = parts ? joinParts(parts) : '';
    const code = error?.code ?? problem?.code;
    const isEmpty = rows.length === 0 && this.directory.joinedRows().length === 0;
    const isWelcome = isEmpty && code === 'agent-not-found';
    if (text !== this.problem && text !== '')
      this.log.warn('this computer has a problem', { text });
    this.problem = text;
    this.view.message = isWelcome ? '' : text;
    void vscode.commands.executeCommand('setContext', fullName('agentMissing'), isWelcome);
  }

  private describe(): void {
    const waiting = waitingCount(this.machine.liveRows);
    const tooltip =
      waiting === 1
        ? vscode.l10n.t('1 session waits for you')
        : vscode.l10n.t('{0} sessions wait for you', waiting);
    this.view.badge = waiting > 0 ? { value: waiting, tooltip } : undefined;
    this.describeProblem();
    const filter = parseFilter(this.filterText) && vscode.l10n.t('filtered: {0}', this.filterText);
    const lost = this.machine.status === 'lost' && vscode.l10n.t('background service stopped');
    this.view.description = [lost, filter].filter(Boolean).join(' · ');
  }
}

/** The session that a command was called for: a row of the tree, a reference, or nothing. */
export function refOfArgument(argument: unknown): SessionRef | undefined {
  const direct = parseRef(argument);
  if (direct) return direct;
  return argument !== null && typeof argument === 'object' && 'ref' in argument
    ? parseRef(argument.ref)
    : undefined;
}

function tooltip(
  title: string,
  details: readonly (readonly [string, string])[],
): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.supportHtml = false;
  text.isTrusted = false;
  text.appendMarkdown('**');
  text.appendText(title);
  text.appendMarkdown('**');
  for (const [label, value] of details) {
    text.appendMarkdown('\n\n');
    text.appendText(`${label}: ${value}`);
  }
  return text;
}
