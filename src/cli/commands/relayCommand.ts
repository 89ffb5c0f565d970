// `twinhelm relay`: the relay's own command line behind the common door.
import { RELAY_HELP } from '../../relay/commandOptions.ts';
import { runRelay } from '../../relay/relayProgram.ts';
import type { CliCommand } from '../io.ts';

/** The subcommand `relay`. */
export const relayCommand: CliCommand = {
  summary: 'run a relay server of your own',
  help: RELAY_HELP,
  run: (args, { stdin, stdout, stderr, signal }) =>
    runRelay(args, { stdin, stdout, stderr, signal }),
};
