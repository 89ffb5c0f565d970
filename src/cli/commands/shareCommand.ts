// `twinhelm share` and `twinhelm stop-sharing`.
import { parseArgs } from 'node:util';
import { asUsage, onePositional } from '../arguments.ts';
import { EXIT } from '../exitCode.ts';
import { type CliCommand, printJson, printText } from '../io.ts';
import { withHostClient } from '../hostClient.ts';
import { requestShare, SHARE_HELP, SHARE_OPTIONS, shareArguments } from './shareOptions.ts';

/** The subcommand `share`. */
export const shareCommand: CliCommand = {
  summary: 'make a link to a session',
  help: `Usage: twinhelm share ID [options]

Makes a link by which others join the session, and prints it. A controller link
is the right to ask for control: its holder watches until the owner allows it.
Controllers run prompts on this computer, with your files, under your Claude
account.

  --role ROLE        viewer (default) or controller
${SHARE_HELP}  --json             one line of JSON: {"link", "sessionId", "role"}
  --help             print this
`,
  async run(args, io) {
    const { values, positionals } = asUsage('share', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { ...SHARE_OPTIONS, role: { type: 'string' }, json: { type: 'boolean' } },
      }),
    );
    const prefix = onePositional('share', positionals, 'the id of the session');
    const role = values.role ?? 'viewer';
    // Checked before a host is started for nothing.
    shareArguments('share', prefix, role, values);
    return withHostClient(io, { mayStart: true }, async (machine) => {
      const { id } = (await machine.openSession(prefix)).session;
      const link = await requestShare(machine, shareArguments('share', id, role, values));
      if (values.json) printJson(io, { link, sessionId: id, role });
      else printText(io, link);
      return EXIT.ok;
    });
  },
};

/** The subcommand `stop-sharing`. */
export const stopSharingCommand: CliCommand = {
  summary: 'end every link to a session and send its guests away',
  help: `Usage: twinhelm stop-sharing ID [--json]

Ends every link to the session; its guests are cut off at once. The session
goes on.

  --json  one line of JSON: {"sessionId"}
  --help  print this
`,
  async run(args, io) {
    const { values, positionals } = asUsage('stop-sharing', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { json: { type: 'boolean' } },
      }),
    );
    const prefix = onePositional('stop-sharing', positionals, 'the id of the session');
    return withHostClient(io, { mayStart: true }, async (machine) => {
      const { id } = (await machine.session(prefix)).session;
      await machine.request('stop-sharing', { session: id });
      if (values.json) printJson(io, { sessionId: id });
      else printText(io, 'Sharing was stopped. Its links do not work any more.');
      return EXIT.ok;
    });
  },
};
