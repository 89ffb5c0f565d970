// Commands to this computer's background service as a whole: stop it, or let a newer version take its place.
import * as vscode from 'vscode';
import { PRODUCT_VERSION } from '../../base/product.ts';
import { replaceHost } from '../../client/rooms/replaceHost.ts';
import { waitingSentence, waitingVersion } from '../../client/standing/replacementWords.ts';
import { canOf, statusOf } from '../../protocol/openValues.ts';
import type { DirectoryRow } from '../../protocol/state.ts';
import type { App } from '../app.ts';
import { speech } from '../speech.ts';

/** Ends the background service with all its sessions, after saying what runs. */
export async function stopAllSessions(app: App): Promise<void> {
  await app.machine.look();
  if (app.machine.status === 'stopped' || app.machine.status === 'lost') {
    void vscode.window.showInformationMessage(vscode.l10n.t('No session runs on this computer.'));
    return;
  }
  const hosted = app.machine.rows.filter(
    ({ session }) => canOf(session, 'end') && statusOf(session.status) !== 'ended',
  );
  const working = hosted.filter(({ session }) => statusOf(session.status) === 'working').length;
  const background = backgroundOf(hosted);
  const stop = vscode.l10n.t('Stop All Sessions');
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t('Stop all sessions on this computer?'),
    {
      modal: true,
      detail: [
        vscode.l10n.t(
          'Running here: {0}, in the middle of a turn: {1}. Guests are disconnected. Sessions in terminals go on. You can continue every session later.',
          hosted.length,
          working,
        ),
        ...(background ? [vscode.l10n.t('In the background: {0}.', background)] : []),
      ].join(' '),
    },
    stop,
  );
  if (choice === stop) await app.machine.request('stop-host', { force: true });
}

/** [G7] Lets the newer version take over now, after saying what ends. */
export async function replaceNow(app: App): Promise<void> {
  const { machine, clock } = app;
  await machine.look();
  const { state } = machine;
  const waiting = waitingVersion(state, PRODUCT_VERSION);
  if (state === undefined || waiting === undefined) {
    const none = vscode.l10n.t('No newer version waits to take over from the background service.');
    void vscode.window.showInformationMessage(none);
    return;
  }
  const replace = vscode.l10n.t('Replace Now');
  const background = backgroundOf(machine.rows);
  const question = vscode.l10n.t(
    'Replace the background service by version {0} now?',
    waiting.version,
  );
  const detail = [
    waitingSentence(waiting, clock.now(), speech()),
    vscode.l10n.t('Running turns are interrupted; what was done stays.'),
    ...(background
      ? [vscode.l10n.t('What runs in the background ends with it: {0}.', background)]
      : []),
  ].join(' ');
  const choice = await vscode.window.showWarningMessage(question, { modal: true, detail }, replace);
  if (choice !== replace) return;
  // The question names what ends with it: whoever says yes has read it.
  await replaceHost(
    (kind, args) => machine.request(kind, args),
    { force: true },
    state.computer.version,
  );
}

/** [G8] Puts the question off for another day without anybody. */
export async function keepHost({ machine }: App): Promise<void> {
  const version = machine.state?.computer.version ?? '';
  await replaceHost((kind, args) => machine.request(kind, args), { wait: true }, version);
}

/** [G3] Titles of what runs in the background of these sessions; empty if nothing does. */
export function backgroundOf(rows: readonly DirectoryRow[]): string {
  return rows
    .flatMap(({ session }) => session.tasks ?? [])
    .map(({ title }) => `“${title}”`)
    .join(', ');
}
