// `twinhelm start` and `twinhelm end`: begin and end hosted sessions.
import { omitUndefined } from '../../base/omitUndefined.ts';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isAppError } from '../../base/errors.ts';
import { shortId } from '../../base/ids.ts';
import { PRODUCT_ID } from '../../base/product.ts';
import { sessionOfAnswer } from '../../client/rooms/machineAnswers.ts';
import { asUsage, noPositionals, onePositional } from '../arguments.ts';
import { usage } from '../errors.ts';
import { EXIT, exitCodeOf } from '../exitCode.ts';
import { type CliCommand, oneLine, printJson, printText } from '../io.ts';
import { withHostClient } from '../hostClient.ts';
import { sessionEnvironment } from './sessionEnvironment.ts';
import { requestShare, SHARE_HELP, SHARE_OPTIONS, shareArguments } from './shareOptions.ts';

/** The subcommand `start`. */
export const startCommand: CliCommand = {
  summary: 'start a session on this computer',
  help: `Usage: twinhelm start [options]

Starts a Claude Code session under the session host, which is started if none
runs. The session goes on when this command has ended.

  --cwd DIR          folder of the session (default: this one)
  --prompt TEXT      first prompt
  --title TEXT       title of the session
  --model MODEL      model, as Claude Code names it
  --mode MODE        permission mode, as Claude Code names it
  --effort LEVEL     how much the model thinks, as Claude Code names it
  --share ROLE       also make a link: viewer or controller
${SHARE_HELP}  --json             one line of JSON: {"sessionId"}, with --share also "link"
  --help             print this

The session gets the environment of this command, without the editor's
variables.
`,
  async run(args, io) {
    const { values, positionals } = asUsage('start', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          ...SHARE_OPTIONS,
          cwd: { type: 'string' },
          prompt: { type: 'string' },
          title: { type: 'string' },
          model: { type: 'string' },
          mode: { type: 'string' },
          effort: { type: 'string' },
          share: { type: 'string' },
          json: { type: 'boolean' },
        },
      }),
    );
    noPositionals('start', positionals);
    const { cwd = '.', prompt, title, model, mode, effort, share } = values;
    if (share !== undefined) shareArguments('start', '', share, values);
    else if (Object.keys(SHARE_OPTIONS).some((name) => name in values)) {
      throw usage('options of sharing go with --share viewer or --share controller', 'start');
    }
    return withHostClient(io, { mayStart: true }, async (machine) => {
      const id = sessionOfAnswer(
        await machine.request('start', {
          cwd: resolve(io.cwd, cwd),
          env: sessionEnvironment(io.env, io.agentRules),
          ...omitUndefined({ prompt, title, model, mode, effort }),
        }),
      );
      const started = `Session ${shortId(id)} has started.`;
      if (share === undefined) {
        if (values.json) printJson(io, { sessionId: id });
        else printText(io, started);
        return EXIT.ok;
      }
      // Said first: it runs, whatever becomes of the link.
      if (!values.json) printText(io, started);
      try {
        const link = await requestShare(machine, shareArguments('start', id, share, values));
        if (values.json) printJson(io, { sessionId: id, link });
        else printText(io, link);
        return EXIT.ok;
      } catch (error) {
        if (!values.json || !isAppError(error)) throw error;
        const { code, message } = error;
        io.stderr.write(`${PRODUCT_ID}: ${oneLine(message)}\n`);
        printJson(io, { sessionId: id, error: { code, message } });
        return exitCodeOf(error);
      }
    });
  },
};

/** The subcommand `end`. */
export const endCommand: CliCommand = {
  summary: 'end a session',
  help: `Usage: twinhelm end ID [options]

Ends a hosted session cleanly: a running turn is interrupted. Its conversation
is kept and can be continued. What runs in the background would end with it:
then it asks for --force.

  --force  also if background work ends with it
  --json   one line of JSON: {"sessionId"}
  --help   print this
`,
  async run(args, io) {
    const { values, positionals } = asUsage('end', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { force: { type: 'boolean' }, json: { type: 'boolean' } },
      }),
    );
    const prefix = onePositional('end', positionals, 'the id of the session');
    return withHostClient(io, { mayStart: true }, async (machine) => {
      const { id } = (await machine.session(prefix)).session;
      await machine.request('end', { session: id, ...(values.force ? { force: true } : {}) });
      if (values.json) printJson(io, { sessionId: id });
      else printText(io, `Session ${shortId(id)} has ended. Its conversation is kept.`);
      return EXIT.ok;
    });
  },
};
