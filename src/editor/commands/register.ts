// Binds the commands of the manifest to their code; whatever one throws is told, never lost.
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import { errorText } from '../../base/log.ts';
import type { App, CommandHandler } from '../app.ts';
import { asAppError } from '../../client/errors.ts';
import { COMMANDS, type CommandName, fullName } from '../manifestNames.ts';
import { reportError } from '../report.ts';
import * as control from './controlCommands.ts';
import * as host from './hostCommands.ts';
import * as join from './joinCommands.ts';
import * as list from './listCommands.ts';
import * as sessions from './sessionCommands.ts';
import * as sharing from './shareCommands.ts';

const HANDLERS: Readonly<Record<CommandName, CommandHandler>> = {
  startSession: (app) => sessions.startSession(app),
  openSession: sessions.openSession,
  joinWithLink: (app) => join.joinWithLink(app),
  share: sharing.share,
  stopSharing: sharing.stopSharing,
  copyLink: sharing.copyLink,
  leave: join.leave,
  requestControl: control.requestControl,
  giveControl: control.giveControl,
  takeBack: control.takeBack,
  releaseControl: control.releaseControl,
  toggleControl: control.toggleControl,
  allowControl: control.allowControl,
  makeViewer: control.makeViewer,
  removePerson: control.removePerson,
  interrupt: control.interrupt,
  rename: sessions.rename,
  settleWriters: sessions.settleWriters,
  setFolder: sessions.setFolder,
  endSession: sessions.endSession,
  continueHere: sessions.continueHere,
  forkHere: list.forkHere,
  archive: (app, argument) => list.setArchived(app, argument, true),
  unarchive: (app, argument) => list.setArchived(app, argument, false),
  pin: (app, argument) => list.setPinned(app, argument, true),
  unpin: (app, argument) => list.setPinned(app, argument, false),
  removeFromList: list.removeFromList,
  searchSessions: (app) => list.searchSessions(app),
  filterSessions: (app) => list.filterSessions(app),
  clearFilter: (app) => Promise.resolve(app.sessions.setFilter('')),
  stopAllSessions: (app) => host.stopAllSessions(app),
  replaceHost: (app) => host.replaceNow(app),
  keepHost: (app) => host.keepHost(app),
  showMore: (app) => app.machine.fetchMore(),
  showLog: (app) => Promise.resolve(app.showLog()),
};

/** Registers every command. */
export function registerCommands(app: App): DisposableStore {
  const disposables = new DisposableStore();
  for (const name of COMMANDS) {
    disposables.add(
      vscode.commands.registerCommand(fullName(name), async (...args: unknown[]) => {
        try {
          await HANDLERS[name](app, ...args);
        } catch (error) {
          app.log.warn(`command ${name} failed`, { error: errorText(error) });
          reportError(asAppError(error));
        }
      }),
    );
  }
  return disposables;
}
