// Every subcommand of the command line by its name, in the order of the help.
import { hostCommand } from './commands/hostCommand.ts';
import {
  archiveCommand,
  continueCommand,
  forkCommand,
  pinCommand,
  removeCommand,
  renameCommand,
} from './commands/listVerbs.ts';
import { joinCommand } from './commands/joinCommand.ts';
import { relayCommand } from './commands/relayCommand.ts';
import { sendCommand } from './commands/sendCommand.ts';
import { sessionsCommand } from './commands/sessionsCommand.ts';
import { shareCommand, stopSharingCommand } from './commands/shareCommand.ts';
import { endCommand, startCommand } from './commands/startCommand.ts';
import type { CliCommand } from './io.ts';

/** What `twinhelm NAME` runs; docs/cli.md describes each, with its options. */
export const COMMANDS: ReadonlyMap<string, CliCommand> = new Map([
  ['sessions', sessionsCommand],
  ['start', startCommand],
  ['share', shareCommand],
  ['stop-sharing', stopSharingCommand],
  ['join', joinCommand],
  ['send', sendCommand],
  ['end', endCommand],
  ['rename', renameCommand],
  ['pin', pinCommand],
  ['archive', archiveCommand],
  ['remove', removeCommand],
  ['continue', continueCommand],
  ['fork', forkCommand],
  ['host', hostCommand],
  ['relay', relayCommand],
]);
