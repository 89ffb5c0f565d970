// Puts the editor together: the same in both extension hosts.
import { speech } from './speech.ts';
import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import { PRODUCT_ID, PRODUCT_NAME, PRODUCT_VERSION, PUBLISHER } from '../base/product.ts';
import type { Clock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import { prefixLogger } from '../base/log.ts';
import type { App } from './app.ts';
import { confirmAndJoin } from './commands/joinCommands.ts';
import { registerCommands } from './commands/register.ts';
import { newId } from '../base/ids.ts';
import { SharedDrafts } from '../client/prompts/sharedDrafts.ts';
import { draftFolder } from './panel/draftFolder.ts';
import { Drafts } from '../client/prompts/drafts.ts';
import { EntryDocuments } from './panel/entryDocuments.ts';
import type { HostFinder } from '../client/rooms/hostFinder.ts';
import { asAppError } from '../client/errors.ts';
import { FrontSession } from './views/frontSession.ts';
import { identitySecret, IdentityStore, logTrouble } from '../client/rooms/identityStore.ts';
import { givenLinks, joinedSessions } from '../client/rooms/joinedSessions.ts';
import { channelLogger } from './logChannel.ts';
import { ComputerLink } from '../client/rooms/computerLink.ts';
import { fullName } from './manifestNames.ts';
import { Notifier } from './views/notifier.ts';
import { OpenPrompts } from '../client/prompts/openPrompts.ts';
import { Panels } from './panel/panels.ts';
import { plainText } from './plainText.ts';
import { PeopleView } from './views/peopleView.ts';
import { returnRefusedPrompts } from '../client/prompts/refusedPrompts.ts';
import { reportError } from './report.ts';
import { RoomMemories, roomMemoryRecord } from '../client/rooms/roomMemories.ts';
import { RoomPool, type RoomPoolOptions } from '../client/rooms/roomPool.ts';
import { SessionDirectory } from '../client/rooms/sessionDirectory.ts';
import { SessionsView } from './views/sessionsView.ts';
import { settings } from './settings.ts';
import type { SessionRef } from '../client/rooms/sessionRef.ts';
import { joinAs } from '../client/rooms/joinTarget.ts';
import { Wakes } from '../client/rooms/wakes.ts';
import { createStatusBar } from './views/statusBar.ts';

/** What the runtime of the extension decides. */
export interface EditorEnvironment {
  /** Absent on the web: guests only. */
  readonly host?: HostFinder;
  readonly clock: Clock;
  /** Random number in [0, 1). */
  readonly random: () => number;
  /** The process of this window, and whether another one's lives; absent on the web. */
  readonly processes?: { readonly pid: number; readonly isAlive: (pid: number) => boolean };
  /** This device has a network again, or another one. */
  readonly onDidGoOnline?: Event<void>;
  /** Name of the person and of the device, if the settings say nothing else. */
  readonly defaults: { readonly name: string; readonly device: string };
}

/** A running editor part; `close` gives everything back before the extension host ends. */
export interface Editor {
  /** Time that starting took, ms; what other extensions may know. */
  readonly activationMs: number;
  readonly app: App;
  close(): Promise<void>;
}

/** Starts the editor part. Connects to nothing but a session host that already runs here. */
export function startEditor(
  context: vscode.ExtensionContext,
  environment: EditorEnvironment,
): Editor {
  const { clock, random } = environment;
  const startedAt = clock.monotonic();
  const t = speech();
  const disposables = new DisposableStore();
  const channel = disposables.add(vscode.window.createOutputChannel(PRODUCT_NAME, { log: true }));
  const log = channelLogger(channel);
  const { secrets, globalState, workspaceState, extensionUri } = context;
  const identity = new IdentityStore({
    storage: identitySecret(secrets),
    onTrouble: logTrouble(log),
  });
  const memory = new RoomMemories({ storage: roomMemoryRecord(globalState), clock });
  const onDidLook: Event<boolean> = (tell) =>
    vscode.window.onDidChangeWindowState(({ focused }) => tell(focused));
  const { onDidGoOnline } = environment;
  const wakes = disposables.add(new Wakes({ clock, onDidLook, onDidGoOnline }));
  const join = joinAs({
    identity: () => identity.get(),
    name: () => settings.name() || environment.defaults.name || vscode.l10n.t('Guest'),
    device: environment.defaults.device,
    memory,
    clock,
    log: prefixLogger(log, 'room'),
    wakes: wakes.onDidWake,
  });
  const machine = new ComputerLink({
    host: environment.host,
    join,
    claudePath: settings.claudePath,
    clock,
    random,
    log,
  });
  const joined = disposables.add(joinedSessions(secrets, log));
  const given = disposables.add(givenLinks(secrets, log));
  const directory = disposables.add(new SessionDirectory({ machine, joined, t }));
  const kept = { storage: workspaceState, now: () => clock.now() };
  const open = new OpenPrompts({ ...kept, t });
  const leftBehind: RoomPoolOptions['leftBehind'] = (ref) => open.of(ref);
  const pool = new RoomPool({ links: directory, join, clock, random, log, leftBehind });
  directory.watch(pool);
  disposables.add(open.watch(pool));
  const shared = new SharedDrafts({
    files: draftFolder(vscode.Uri.joinPath(context.globalStorageUri, 'drafts')),
    window: newId(),
    place: context.storageUri?.toString() ?? '',
    processes: environment.processes,
    now: kept.now,
    log,
  });
  void shared.tidy();
  const drafts = new Drafts({ ...kept, shared });
  disposables.add(returnRefusedPrompts({ pool, drafts, t }));
  const documents = disposables.add(new EntryDocuments());
  const openSession = async (ref: SessionRef): Promise<void> => {
    const foundKey = ref.kind === 'own' ? machine.row(ref.session)?.foundKey : undefined;
    if (foundKey !== undefined) await machine.request('open', { foundKey });
  };
  const base = { extensionUri, pool, directory, drafts, documents };
  const services = { ...base, openSession, clock, log };
  const panels = disposables.add(new Panels({ services, memento: workspaceState }));
  const focused = disposables.add(new FrontSession({ panels, directory, clock }));
  const listed = { directory, machine, given, panels };
  const sessions = disposables.add(new SessionsView({ ...listed, clock, log }));
  disposables.add(new PeopleView(focused));
  disposables.add(createStatusBar(focused, machine, clock));
  disposables.add(new Notifier({ machine, directory, pool, panels, clock }));
  disposables.add(
    drafts.onDidPutBack((back) => {
      if (panels.find(back.ref)?.panel.visible) return;
      const text = vscode.l10n.t(
        'A prompt was not run, its text is back in the composer. {0}',
        back.reason,
      );
      void vscode.window.showWarningMessage(plainText(text));
    }),
  );
  const app: App = {
    machine,
    directory,
    pool,
    panels,
    sessions,
    focused,
    documents,
    joined,
    given,
    secrets,
    globalState,
    extensionUri,
    defaultName: environment.defaults.name,
    clock,
    log,
    showLog: () => channel.show(true),
  };
  disposables.add(registerCommands(app));
  disposables.add(
    vscode.window.registerUriHandler({
      handleUri: (uri) =>
        void handleUri(app, uri).catch((e: unknown) => reportError(asAppError(e))),
    }),
  );
  void setContext('canHost', environment.host !== undefined);
  void setContext('ready', false);
  const lists = Promise.all([joined.load(), given.load()]);
  const tellReady = (): void => {
    const isKnown = machine.status !== 'looking' && machine.status !== 'connecting';
    void lists.then(() => void setContext('ready', isKnown));
  };
  disposables.add(machine.onDidChange(tellReady));
  tellReady();
  void machine.look();
  const activationMs = Math.round((clock.monotonic() - startedAt) * 10) / 10;
  log.info('activated', {
    version: PRODUCT_VERSION,
    extension: `${PUBLISHER}.${PRODUCT_ID}`,
    host: environment.host !== undefined,
    ms: activationMs,
  });
  return {
    activationMs,
    app,
    async close() {
      disposables.dispose();
      await Promise.allSettled([
        ...[pool.close(), machine.close(), memory.close()],
        shared.settled(),
      ]);
    },
  };
}

/** What `activate` returns: a number for everybody, the parts for suites that run in test mode. */
export interface ExtensionExports {
  readonly activationMs: number;
  readonly app?: App;
}

/** Exports of a started editor. */
export function exportsOf(context: vscode.ExtensionContext, editor: Editor): ExtensionExports {
  const { activationMs, app } = editor;
  return context.extensionMode === vscode.ExtensionMode.Test
    ? { activationMs, app }
    : { activationMs };
}

function setContext(name: string, value: unknown): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', fullName(name), value);
}

/** Only a join, and only after a yes: any web page can open such a URI. */
async function handleUri(app: App, uri: vscode.Uri): Promise<void> {
  if (uri.path === '/join') await confirmAndJoin(app, uri.fragment || uri.query);
}
