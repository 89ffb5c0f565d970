// Commands that begin, open and end sessions of this computer.
import * as vscode from 'vscode';
import { errorText } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { textBytes } from '../../base/jsonText.ts';
import type { Choice } from '../../protocol/local/choices.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { statusOf } from '../../protocol/openValues.ts';
import type { App } from '../app.ts';
import { noHostHere } from '../../client/errors.ts';
import { sessionOfAnswer } from '../../client/rooms/machineAnswers.ts';
import { writersChoices } from '../../client/standing/othersWords.ts';
import { taskTitles } from '../../client/standing/taskWords.ts';
import { waitForChange } from '../../client/waitForChange.ts';
import { backgroundOf } from './hostCommands.ts';
import { sessionGone, workspaceNotTrusted } from '../errors.ts';
import { choicesOf, fetchArgsOf } from '../../client/prompts/readChoices.ts';
import { askStart } from '../ask/startSteps.ts';
import { speech } from '../speech.ts';
import { withProgress } from '../ask/progress.ts';
import type { SessionRef } from '../../client/rooms/sessionRef.ts';
import { refOfArgument } from '../views/sessionsView.ts';
import { inRoom, targetSession } from './target.ts';

/** A new session is in the directory within this time, or its panel says that it is not there yet. */
const LISTED_MS = 5_000;

/** Starts a session in a folder, with a first prompt if one is given. */
export async function startSession(app: App): Promise<void> {
  checkMayHost(app);
  const cwd = await pickFolder(app);
  if (cwd === undefined) return;
  const answer = await askStart(cwd, (list) => offered(app, list));
  if (answer === undefined) return;
  const { prompt, mode, model, effort } = answer;
  const env = app.machine.sessionEnvironment();
  const session = await withProgress(vscode.l10n.t('Starting a session…'), async (signal) => {
    const first = prompt.trim() === '' ? undefined : prompt;
    const how = { mode: mode?.id, model: model?.id, effort };
    const args = { cwd, env, ...omitUndefined({ prompt: first, ...how }) };
    return listed(app, sessionOfAnswer(await app.machine.request('start', args, signal)));
  });
  app.panels.show({ kind: 'own', session }).reveal();
}

/** What the sessions of this computer offer; nothing where its host does not say. */
async function offered(app: App, list: 'modes' | 'models'): Promise<readonly Choice[]> {
  try {
    const answer = await app.machine.request('fetch', fetchArgsOf(list));
    return choicesOf(list, answer, speech());
  } catch (error) {
    app.log.warn('what a session can be started with is not known', { error: errorText(error) });
    return [];
  }
}

/** Shows a session; one that runs in a terminal is opened live and read-only. */
export async function openSession(app: App, argument?: unknown): Promise<void> {
  await reachHost(app, argument);
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Open a session'),
    flags: ['open', 'continue'],
    takesFocused: false,
  });
  if (!ref) return;
  if (ref.kind === 'joined' || app.panels.find(ref)) return void app.panels.show(ref);
  const row = app.machine.row(ref.session);
  if (!row) throw sessionGone();
  if (row.link === undefined && row.foundKey === undefined) {
    if (row.canContinue === true) return continueHere(app, ref);
    throw sessionGone();
  }
  app.panels.show(await opened(app, ref));
}

/** Before sessions of this computer are listed or opened, their host has to run. */
export async function reachHost(app: App, argument: unknown): Promise<void> {
  if (!app.machine.canHost || refOfArgument(argument)?.kind === 'joined') return;
  if (app.machine.status === 'connected' || !vscode.workspace.isTrusted) return;
  await withProgress(vscode.l10n.t('Starting the background service…'), (signal) =>
    app.machine.ensure(signal),
  );
}

/** Makes sure that a session has a room: one found in a terminal gets it now. */
export async function opened(app: App, ref: SessionRef): Promise<SessionRef> {
  if (ref.kind === 'joined') return ref;
  const row = app.machine.row(ref.session);
  const foundKey = row?.foundKey;
  if (row?.link !== undefined || foundKey === undefined) return ref;
  const session = await withProgress(vscode.l10n.t('Opening the session…'), async (signal) =>
    listed(app, sessionOfAnswer(await app.machine.request('open', { foundKey }, signal))),
  );
  return { kind: 'own', session };
}

/** Goes on with an ended conversation as a session of this computer. */
export async function continueHere(app: App, argument?: unknown): Promise<void> {
  checkMayHost(app);
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Continue an ended session here'),
    flags: ['continue'],
    takesFocused: 'own',
  });
  if (ref?.kind !== 'own') return;
  const row = app.machine.row(ref.session);
  if (!row) throw sessionGone();
  const which = row.foundKey === undefined ? { session: ref.session } : { foundKey: row.foundKey };
  const env = app.machine.sessionEnvironment();
  const session = await withProgress(vscode.l10n.t('Continuing the session…'), async (signal) =>
    listed(app, sessionOfAnswer(await app.machine.request('continue', { ...which, env }, signal))),
  );
  app.panels.show({ kind: 'own', session }).reveal();
}

/** Gives a session another title. */
export async function rename(app: App, argument?: unknown): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Rename a session'),
    flags: ['hosted'],
    takesFocused: true,
  });
  if (!ref) return;
  const title = await vscode.window.showInputBox({
    title: vscode.l10n.t('Rename the session'),
    value: app.directory.titleOf(ref),
    validateInput: (text) =>
      text.trim() === '' || textBytes(text.trim()) > LIMITS.titleBytes
        ? vscode.l10n.t('1 to 200 characters, fewer in scripts other than Latin')
        : undefined,
  });
  if (title === undefined) return;
  await inRoom(app, ref, (view) => view.request('rename', { title: title.trim() }));
}

/** Chooses what becomes of others on a session's conversation. */
export async function settleWriters(app: App, argument?: unknown): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Decide about others on a conversation'),
    flags: ['others'],
    takesFocused: true,
  });
  if (!ref) return;
  const session = app.directory.summaryOf(ref);
  if (session?.others === undefined) {
    const none = vscode.l10n.t('Nobody else is on this conversation.');
    void vscode.window.showInformationMessage(none);
    return;
  }
  const items = writersChoices(session.others, vscode.l10n.t).map(([choice, label]) => ({
    label,
    choice,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('What becomes of what others do in this conversation?'),
  });
  if (!picked) return;
  const { choice } = picked;
  const background = choice === 'wait' ? undefined : taskTitles(session);
  const force = background === undefined ? false : await askToEnd(background);
  if (force === undefined) return;
  const args = { choice, ...(force && { force }) };
  await inRoom(app, ref, (view) => view.request('settle-writers', args));
}

/** [Z6] Whether background work is to be ended, or waited for; undefined: neither. */
async function askToEnd(background: string): Promise<boolean | undefined> {
  const wait = vscode.l10n.t('Wait for It');
  const end = vscode.l10n.t('End It and Go On');
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t('Something runs in the background.'),
    { modal: true, detail: vscode.l10n.t('It would end with its agent: {0}', background) },
    wait,
    end,
  );
  return choice === undefined ? undefined : choice === end;
}

/** Chooses the folder in which a session goes on whose own is gone. */
export async function setFolder(app: App, argument?: unknown): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Choose the folder of a session'),
    flags: ['folder'],
    takesFocused: true,
  });
  if (!ref) return;
  const path = ref.kind === 'own' ? await pickPath() : await typePath();
  if (path === undefined) return;
  await inRoom(app, ref, (view) => view.request('set-folder', { path }));
}

/** A folder of this computer. */
async function pickPath(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Go on in this folder'),
  });
  return picked?.[0]?.fsPath;
}

/** One of another computer, which checks it. */
async function typePath(): Promise<string | undefined> {
  const path = await vscode.window.showInputBox({
    title: vscode.l10n.t('Folder of the session'),
    prompt: vscode.l10n.t('Full path on the computer of the session'),
  });
  return path?.trim() || undefined;
}

/** Ends a hosted session after asking. */
export async function endSession(app: App, argument?: unknown): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('End a session'),
    flags: ['endable'],
    takesFocused: 'own',
  });
  if (ref?.kind !== 'own') return;
  const end = vscode.l10n.t('End Session');
  const status = app.machine.row(ref.session)?.session.status;
  const isWorking = status !== undefined && statusOf(status) === 'working';
  const background = backgroundOf(
    app.machine.rows.filter(({ session }) => session.id === ref.session),
  );
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t('End “{0}”?', app.directory.titleOf(ref)),
    {
      modal: true,
      detail: background
        ? vscode.l10n.t(
            'What runs in the background ends with it: {0}. What was said stays, and you can continue the session later.',
            background,
          )
        : isWorking
          ? vscode.l10n.t(
              'Its running turn is interrupted. What was done stays, and you can continue the session later.',
            )
          : vscode.l10n.t('What was done stays, and you can continue the session later.'),
    },
    end,
  );
  // The question names what ends with it: whoever says yes has read it.
  if (choice === end) await app.machine.request('end', { session: ref.session, force: true });
}

/** Throws AppError where this window may start no session. */
export function checkMayHost(app: App): void {
  if (!app.machine.canHost) throw noHostHere();
  if (!vscode.workspace.isTrusted) throw workspaceNotTrusted();
}

/** Waits until the directory shows the session; goes on without it after a while. */
export function listed({ machine, clock }: App, session: string): Promise<string> {
  return waitForChange({
    clock,
    timeoutMs: LISTED_MS,
    events: [machine.onDidChange],
    look: () => (machine.row(session)?.link === undefined ? undefined : session),
  }).catch(() => session);
}

async function pickFolder(app: App): Promise<string | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(
    ({ uri }) => uri.scheme === 'file',
  );
  const [first] = folders;
  if (first && folders.length === 1) return first.uri.fsPath;
  const other = { label: vscode.l10n.t('Another folder…'), description: '', path: '' };
  const { homeFolder } = app.machine;
  const items = folders.map(({ name, uri }) => ({
    label: name,
    description: uri.fsPath,
    path: uri.fsPath,
  }));
  if (folders.length === 0 && homeFolder !== '') {
    const label = vscode.l10n.t('Home folder');
    items.push({ label, description: homeFolder, path: homeFolder });
  }
  const choice = await vscode.window.showQuickPick([...items, other], {
    placeHolder: vscode.l10n.t('Folder of the session'),
  });
  if (choice !== other) return choice?.path;
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Start Here'),
  });
  return picked?.[0]?.fsPath;
}
