// One session in an editor tab: page, pump, title, and its hold on the room.
import { speech } from '../speech.ts';
import * as vscode from 'vscode';
import { toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type { Drafts } from '../../client/prompts/drafts.ts';
import { asAppError } from '../../client/errors.ts';
import type { EntryDocuments } from './entryDocuments.ts';
import { COMMANDS, fullName } from '../manifestNames.ts';
import { statusOf } from '../../protocol/openValues.ts';
import { settings } from '../settings.ts';
import { EditorSelection } from './editorSelection.ts';
import { panelHtml } from './panelHtml.ts';
import { PanelPump } from '../../client/panel/panelPump.ts';
import { reportError } from '../report.ts';
import { openFile, saveText } from './readerFiles.ts';
import { tabTitle } from '../../client/rooms/tabTitle.ts';
import type { RoomHandle, RoomPool } from '../../client/rooms/roomPool.ts';
import type { SessionDirectory } from '../../client/rooms/sessionDirectory.ts';
import type { SessionRef } from '../../client/rooms/sessionRef.ts';
import type { SharedRoom } from '../../client/rooms/sharedRoom.ts';

/** What every panel needs. */
export interface PanelServices {
  readonly extensionUri: vscode.Uri;
  readonly pool: RoomPool;
  readonly directory: SessionDirectory;
  readonly drafts: Drafts;
  readonly documents: EntryDocuments;
  /** Has the host serve a session that it only lists. */
  readonly openSession: (ref: SessionRef) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A session that could not be opened is tried again after this time, if the list still has it. */
const OPEN_AGAIN_MS = 10_000;

/** Schemes that a link of a transcript may lead to. */
const LINK_SCHEMES: ReadonlySet<string> = new Set(['https', 'http', 'mailto']);

/** Options of a panel's page; set again when a panel is restored. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableForms: false,
    enableCommandUris: false,
    localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')],
  };
}

/** Icon of our tabs, for light and dark themes; another one if the session waits for somebody. */
export function panelIcon(
  extensionUri: vscode.Uri,
  waits = false,
): { light: vscode.Uri; dark: vscode.Uri } {
  const file = (theme: string): vscode.Uri =>
    vscode.Uri.joinPath(extensionUri, 'media', `panel-${waits ? 'waits-' : ''}${theme}.svg`);
  return { light: file('light'), dark: file('dark') };
}

/** An open panel. */
export class SessionPanel {
  readonly ref: SessionRef;
  readonly panel: vscode.WebviewPanel;
  private readonly services: PanelServices;
  private readonly disposables = new DisposableStore();
  private openAgainAt = 0;
  private waits = false;
  private readonly handle: RoomHandle;
  private readonly selection: EditorSelection;
  private readonly pump: PanelPump;
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly disposed = new Emitter<void>();

  /** Title, state, or whether it is in front. */
  readonly onDidChange: Event<void> = this.changed.event;
  readonly onDidDispose: Event<void> = this.disposed.event;

  constructor(options: {
    readonly panel: vscode.WebviewPanel;
    readonly ref: SessionRef;
    readonly services: PanelServices;
  }) {
    this.panel = options.panel;
    this.ref = options.ref;
    this.services = options.services;
    const { pool, directory, drafts, clock, log, extensionUri } = this.services;
    this.handle = this.disposables.add(pool.acquire(this.ref));
    this.selection = this.disposables.add(new EditorSelection(() => this.folder));
    this.pump = this.disposables.add(
      new PanelPump({
        room: this.room,
        post: (picture) => void this.panel.webview.postMessage(picture),
        drafts,
        actions: {
          openEntry: (entry, view) =>
            void this.services.documents
              .open(entry, view)
              .catch((error: unknown) => reportError(asAppError(error))),
          openLink: (url) => void this.openLink(url),
          openFile: (path, line) => openFile(this.ref, path, line),
          saveText,
          copy: (text) => void vscode.env.clipboard.writeText(text),
          runCommand: (name) => this.runCommand(name),
          report: reportError,
        },
        absence: () => directory.absence(this.room),
        problem: () => directory.hostProblem(this.ref),
        selection: this.selection,
        sendsNow: ({ me }) => me?.role === 'owner' && settings.sendsNow(),
        strings: strings(),
        locale: vscode.env.language,
        clock,
        log,
        t: speech(),
      }),
    );
    this.panel.webview.options = webviewOptions(extensionUri);
    this.panel.iconPath = panelIcon(extensionUri);
    this.disposables.add(this.panel.webview.onDidReceiveMessage((raw) => this.pump.receive(raw)));
    this.disposables.add(this.panel.onDidChangeViewState(() => this.viewStateChanged()));
    this.panel.onDidDispose(() => this.close());
    this.disposables.add(this.room.onDidChange((parts) => this.roomChanged(parts.has('state'))));
    this.disposables.add(directory.onDidChange(() => this.directoryChanged()));
    this.retitle();
    this.panel.webview.html = this.html();
    this.viewStateChanged();
    void this.openIfNeeded();
  }

  get room(): SharedRoom {
    return this.handle.room;
  }

  /** Whether its page is there and has been told everything. */
  get isShown(): boolean {
    return this.pump.isShown;
  }

  /** Brings the tab to the front and puts the cursor into the composer. */
  reveal(): void {
    this.panel.reveal(undefined, false);
    this.focusComposer();
  }

  /** The cursor comes into the composer as soon as that is there. */
  focusComposer(): void {
    this.pump.focusComposer();
  }

  /** Of a session of this computer. */
  private get folder(): string | undefined {
    if (this.ref.kind !== 'own') return undefined;
    return this.services.directory.summaryOf(this.ref)?.cwd;
  }

  private html(): string {
    const { webview } = this.panel;
    const dist = vscode.Uri.joinPath(this.services.extensionUri, 'dist');
    return panelHtml({
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'panel.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'panel.css')).toString(),
      nonce: toBase64Url(globalThis.crypto.getRandomValues(new Uint8Array(16))),
      locale: vscode.env.language,
      title: this.panel.title,
      state: this.ref,
    });
  }

  private viewStateChanged(): void {
    if (!this.panel.visible) this.pump.hidden();
    this.room.view?.setPresence(this.panel.visible ? { looksAt: 'session' } : {});
    this.retitle();
    this.changed.fire();
  }

  private roomChanged(isState: boolean): void {
    if (isState) {
      this.retitle();
      this.room.view?.setPresence(this.panel.visible ? { looksAt: 'session' } : {});
    }
    this.changed.fire();
  }

  private directoryChanged(): void {
    this.retitle();
    this.pump.refreshHeader();
    void this.openIfNeeded();
  }

  /** After the host has restarted it serves a found or ended session only when somebody asks. */
  private async openIfNeeded(): Promise<void> {
    const { directory, clock, log, openSession } = this.services;
    if (!directory.needsOpening(this.ref) || clock.monotonic() < this.openAgainAt) return;
    this.openAgainAt = clock.monotonic() + OPEN_AGAIN_MS;
    try {
      await openSession(this.ref);
    } catch (error) {
      log.warn('opening a session for its panel failed', { error: errorText(error) });
    }
  }

  private retitle(): void {
    const { directory } = this.services;
    const session = directory.summaryOf(this.ref);
    const isWaiting = session !== undefined && statusOf(session.status) === 'waiting';
    const waits = isWaiting && !this.panel.visible;
    const title = tabTitle(directory.titleOf(this.ref));
    if (this.panel.title !== title) this.panel.title = title;
    // A dot in a title is VS Code's own sign for what was not saved.
    if (waits === this.waits) return;
    this.waits = waits;
    this.panel.iconPath = panelIcon(this.services.extensionUri, waits);
  }

  private async openLink(url: string): Promise<void> {
    let uri: vscode.Uri;
    try {
      uri = vscode.Uri.parse(url, true);
    } catch {
      return;
    }
    if (LINK_SCHEMES.has(uri.scheme)) await vscode.env.openExternal(uri);
  }

  private runCommand(name: string): void {
    const known = COMMANDS.find((command) => command === name);
    if (known) void vscode.commands.executeCommand(fullName(known), this.ref);
  }

  private close(): void {
    this.room.view?.setPresence({});
    this.disposed.fire();
    this.disposed.dispose();
    this.disposables.dispose();
  }
}

/** Translations by English text; plain texts only, the panel fills in arguments itself. */
function strings(): Readonly<Record<string, string>> {
  return vscode.l10n.bundle ?? {};
}
