// Commands about the list: search it, narrow it, put sessions on top, away, out of it, and fork them.
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { sessionOfAnswer } from '../../client/rooms/machineAnswers.ts';
import type { SessionRef } from '../../client/rooms/sessionRef.ts';
import { withProgress } from '../ask/progress.ts';
import { sessionGone } from '../errors.ts';
import { plainText } from '../plainText.ts';
import { checkMayHost, listed, openSession, reachHost } from './sessionCommands.ts';
import { sessionNodes, targetSession } from './target.ts';

/** Pages of the list that a search asks for at the most. */
const MAX_PAGES = 20;

/** How the host names a session of the list: one that was only found by its key. */
function named(app: App, ref: Extract<SessionRef, { kind: 'own' }>) {
  const row = app.machine.row(ref.session);
  return row?.foundKey === undefined ? { session: ref.session } : { foundKey: row.foundKey };
}

/** Puts an ended session away, or takes it out again. */
export async function setArchived(app: App, argument: unknown, archived: boolean): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Archive a session'),
    flags: [archived ? 'archivable' : 'archived'],
    takesFocused: false,
  });
  if (ref?.kind !== 'own') return;
  await app.machine.request('archive', { session: ref.session, archived });
}

/** [H5] Puts a session above all others, or back. */
export async function setPinned(app: App, argument: unknown, pinned: boolean): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: pinned ? vscode.l10n.t('Pin a session') : vscode.l10n.t('Unpin a session'),
    flags: [pinned ? 'pinnable' : 'pinned'],
    takesFocused: false,
  });
  if (ref?.kind === 'own') await app.machine.request('pin', { ...named(app, ref), pinned });
}

/** [H6] Takes a session out of the list, and offers to bring it back. */
export async function removeFromList(app: App, argument: unknown): Promise<void> {
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Remove an ended session from the list'),
    flags: ['removable'],
    takesFocused: false,
  });
  if (ref?.kind !== 'own') return;
  const title = app.directory.titleOf(ref);
  await app.machine.request('unlist', { ...named(app, ref), unlisted: true });
  app.panels.close(ref);
  void offerUndo(app, ref.session, title);
}

async function offerUndo(app: App, session: string, title: string): Promise<void> {
  const undo = vscode.l10n.t('Undo');
  const text = vscode.l10n.t(
    '“{0}” is out of the list. Nothing was deleted, Claude Code’s own files neither.',
    title,
  );
  const choice = await vscode.window.showInformationMessage(plainText(text), undo);
  if (choice === undo) await app.machine.request('unlist', { session, unlisted: false });
}

/** [H7] Goes on with a copy of a conversation. */
export async function forkHere(app: App, argument: unknown): Promise<void> {
  checkMayHost(app);
  const ref = await targetSession(app, argument, {
    placeholder: vscode.l10n.t('Fork a session'),
    flags: ['forkable'],
    takesFocused: 'own',
  });
  if (ref?.kind !== 'own') return;
  if (!app.machine.row(ref.session)) throw sessionGone();
  const args = { ...named(app, ref), env: app.machine.sessionEnvironment() };
  const session = await withProgress(vscode.l10n.t('Forking the session…'), async (signal) =>
    listed(app, sessionOfAnswer(await app.machine.request('fork', args, signal))),
  );
  app.panels.show({ kind: 'own', session }).reveal();
}

/** [H8] Looks for a session among all that there are, and opens it. */
export async function searchSessions(app: App): Promise<void> {
  await reachHost(app, undefined);
  for (let page = 0; page < MAX_PAGES && app.machine.moreRows > 0; page += 1) {
    const before = app.machine.moreRows;
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the one before ended
    await app.machine.fetchMore();
    if (app.machine.moreRows >= before) break;
  }
  const items = sessionNodes(app).map(({ icon, title, description, details, ref }) => ({
    label: `$(${icon}) ${title}`,
    description,
    detail: details[0]?.[1] ?? '',
    ref,
  }));
  const choice = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Search sessions by title, folder, branch or state'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (choice) await openSession(app, choice.ref);
}

/** [H8] Shows some of the sessions only. */
export async function filterSessions(app: App): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Filter sessions'),
    prompt: vscode.l10n.t(
      'Words of title, folder or branch. state:waiting, working, idle, ended, shared, pinned or terminal, and project:NAME narrow it. Empty: all.',
    ),
    value: app.sessions.filter,
    placeHolder: 'state:waiting project:shop parser',
  });
  if (text !== undefined) app.sessions.setFilter(text);
}
