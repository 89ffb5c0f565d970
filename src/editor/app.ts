// The parts of the editor that commands work on.
import type * as vscode from 'vscode';
import type { Logger } from '../base/log.ts';
import type { Clock } from '../base/clock.ts';
import type { EntryDocuments } from './panel/entryDocuments.ts';
import type { FrontSession } from './views/frontSession.ts';
import type { GivenLink, JoinedSession } from '../client/rooms/joinedSessions.ts';
import type { ComputerLink } from '../client/rooms/computerLink.ts';
import type { Panels } from './panel/panels.ts';
import type { RoomPool } from '../client/rooms/roomPool.ts';
import type { SecretList } from '../client/rooms/secretList.ts';
import type { SessionsView } from './views/sessionsView.ts';
import type { SessionDirectory } from '../client/rooms/sessionDirectory.ts';

/** Everything a command may need. */
export interface App {
  readonly machine: ComputerLink;
  readonly directory: SessionDirectory;
  readonly pool: RoomPool;
  readonly panels: Panels;
  readonly sessions: Pick<SessionsView, 'filter' | 'setFilter'>;
  readonly focused: FrontSession;
  readonly documents: EntryDocuments;
  readonly joined: SecretList<JoinedSession>;
  readonly given: SecretList<GivenLink>;
  readonly secrets: vscode.SecretStorage;
  readonly globalState: vscode.Memento;
  readonly extensionUri: vscode.Uri;
  /** Name of this person if the settings say nothing else; empty = ask. */
  readonly defaultName: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly showLog: () => void;
}

/** A command: what it was called for comes as the editor gave it. */
export type CommandHandler = (app: App, ...args: readonly unknown[]) => Promise<void>;
