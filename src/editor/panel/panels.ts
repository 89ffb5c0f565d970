// All panels of this window: one per session, restored after a reload, found again after a crash.
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { VIEW } from '../manifestNames.ts';
import {
  parseRef,
  refKey,
  type SessionRef,
  sessionRefSchema,
} from '../../client/rooms/sessionRef.ts';
import { tabTitle } from '../../client/rooms/tabTitle.ts';
import { waitForChange } from '../../client/waitForChange.ts';
import { type PanelServices, SessionPanel, webviewOptions } from './sessionPanel.ts';

/** VS Code restores panels right after activation; whatever is left then is an orphan. */
const ORPHANS_AFTER_MS = 2_500;
/** So long the lists may take to name the session of a tab that has nothing but its title. */
const NAMED_WITHIN_MS = 30_000;
const KEY = 'panels';
const openPanelsSchema = z.array(z.object({ ref: sessionRefSchema, title: z.string() }));

/** The panels of this window. */
export class Panels implements vscode.WebviewPanelSerializer {
  private readonly disposables = new DisposableStore();
  private readonly services: PanelServices;
  private readonly memento: vscode.Memento;
  private readonly open = new Map<string, SessionPanel>();
  /** Panels that VS Code gave back and whose session is being looked for. */
  private readonly restoring = new Set<vscode.WebviewPanel>();
  private readonly changed = this.disposables.add(new Emitter<void>());
  /** What was open when the window's last extension host ended. */
  private readonly before: z.infer<typeof openPanelsSchema>;
  private last: SessionPanel | undefined;

  /** A panel opened, closed, came to the front, or its session changed. */
  readonly onDidChange: Event<void> = this.changed.event;

  constructor(options: { readonly services: PanelServices; readonly memento: vscode.Memento }) {
    this.services = options.services;
    this.memento = options.memento;
    this.before = openPanelsSchema.safeParse(this.memento.get(KEY)).data ?? [];
    this.disposables.add(vscode.window.registerWebviewPanelSerializer(VIEW.panel, this));
    // A tab that was not there when this extension host began cannot be a leftover of the last one.
    if (panelTabs().length > 0) {
      this.disposables.add(
        this.services.clock.after(ORPHANS_AFTER_MS, () => void this.recoverOrphans()),
      );
    }
  }

  /** The panel in front, else the one that was there last. */
  get current(): SessionPanel | undefined {
    return this.last;
  }

  get all(): readonly SessionPanel[] {
    return [...this.open.values()];
  }

  find(ref: SessionRef): SessionPanel | undefined {
    return this.open.get(refKey(ref));
  }

  /** Shows a session: its open panel, or a new one. */
  show(ref: SessionRef): SessionPanel {
    const known = this.find(ref);
    if (known) {
      known.reveal();
      return known;
    }
    const panel = vscode.window.createWebviewPanel(
      VIEW.panel,
      tabTitle(this.services.directory.titleOf(ref)),
      vscode.ViewColumn.Active,
      webviewOptions(this.services.extensionUri),
    );
    const made = this.adopt(panel, ref);
    // Who opens a session wants to write in it.
    made.focusComposer();
    return made;
  }

  /** Closes the panel of a session, e.g. after leaving it. */
  close(ref: SessionRef): void {
    this.find(ref)?.panel.dispose();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const ref = parseRef(state) ?? (await this.refOfRestored(panel));
    if (!ref || this.find(ref)) {
      this.services.log.info('a panel without a session was closed');
      panel.dispose();
      return;
    }
    this.adopt(panel, ref);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private adopt(panel: vscode.WebviewPanel, ref: SessionRef): SessionPanel {
    const made = new SessionPanel({ panel, ref, services: this.services });
    this.open.set(refKey(ref), made);
    made.onDidChange(() => this.panelChanged(made));
    made.onDidDispose(() => {
      this.open.delete(refKey(ref));
      if (this.last === made) this.last = this.all.find((other) => other.panel.visible);
      this.remember();
      this.changed.fire();
    });
    this.panelChanged(made);
    return made;
  }

  private panelChanged(panel: SessionPanel): void {
    if (panel.panel.active || !this.last) this.last = panel;
    this.remember();
    this.changed.fire();
  }

  /** Keeps which tab shows which session: after a crash of the extension host the tabs cannot tell. */
  private remember(): void {
    const value = this.all.map(({ ref, panel }) => ({ ref, title: panel.title }));
    const before = this.memento.get(KEY);
    if (JSON.stringify(before) !== JSON.stringify(value)) void this.memento.update(KEY, value);
  }

  private refByTitle(title: string): SessionRef | undefined {
    const candidates = this.before.filter(({ ref }) => !this.find(ref));
    return candidates.find((item) => plain(item.title) === plain(title))?.ref;
  }

  private async refOfRestored(panel: vscode.WebviewPanel): Promise<SessionRef | undefined> {
    const closed = new AbortController();
    const closing = panel.onDidDispose(() => closed.abort());
    this.restoring.add(panel);
    try {
      return await this.refTitled(panel.title, closed.signal);
    } finally {
      this.restoring.delete(panel);
      closing.dispose();
    }
  }

  /**
   * A browser that is reloaded soon after a panel was opened has lost all that was kept for it but
   * its title: the one session that is listed with it is meant.
   */
  private async refTitled(title: string, signal?: AbortSignal): Promise<SessionRef | undefined> {
    const { directory, clock } = this.services;
    const look = (): SessionRef | undefined => {
      const [ref, another] = directory.titled(plain(title)).filter((one) => !this.find(one));
      return this.refByTitle(title) ?? (another ? undefined : ref);
    };
    const events = [directory.onDidChange];
    const timeoutMs = NAMED_WITHIN_MS;
    return waitForChange({ events, look, clock, timeoutMs, ...(signal ? { signal } : {}) }).catch(
      () => undefined,
    );
  }

  /**
   * After a crash the tabs of the old extension host stay, show their last picture and answer to
   * nobody; the serializer is not called for them. Hidden ones are restored when they are shown.
   */
  private async recoverOrphans(): Promise<void> {
    const isOrphan = (tab: vscode.Tab): boolean => tab.isActive && !this.isOurs(tab);
    for (const tab of panelTabs().filter(isOrphan)) {
      // oxlint-disable-next-line no-await-in-loop -- one tab after the other keeps their order
      const ref = await this.refTitled(tab.label);
      // On a slow computer the serializer comes later than this.
      if (!panelTabs().includes(tab) || !isOrphan(tab)) continue;
      this.services.log.info('a panel of an ended extension host was found', { known: !!ref });
      // oxlint-disable-next-line no-await-in-loop -- as above
      await vscode.window.tabGroups.close(tab);
      if (ref) this.show(ref);
    }
  }

  /** A group shows one tab: where a panel of ours is visible, the active tab is it, whatever its label says yet. */
  private isOurs(tab: vscode.Tab): boolean {
    const { viewColumn } = tab.group;
    const panels = [...this.all.map(({ panel }) => panel), ...this.restoring];
    return panels.some((panel) => panel.visible && panel.viewColumn === viewColumn);
  }
}

function panelTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(VIEW.panel),
    );
}

/** Tabs of versions before 0.6.0 have a mark. */
function plain(title: string): string {
  return title.replace(/^● /, '');
}
