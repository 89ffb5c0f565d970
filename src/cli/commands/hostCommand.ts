// `twinhelm host`: run the session host, ask how it is, end it.
import { parseArgs } from 'node:util';
import { isAppError } from '../../base/errors.ts';
import { PRODUCT_ID } from '../../base/product.ts';
import { isSameProcess } from '../../node/processStart.ts';
import { runHost } from '../../host/hostMain.ts';
import { resolveHome } from '../../host/find/paths.ts';
import { asUsage } from '../arguments.ts';
import { hostStays, usage } from '../errors.ts';
import { EXIT, exitCodeOf } from '../exitCode.ts';
import { type CliCommand, type CliIo, printJson, printText } from '../io.ts';
import { findHost, withHostClient } from '../hostClient.ts';

/** A clean end lets turns be saved and children exit; then it is said that it goes on. */
const STOP_MS = 75_000;
const POLL_MS = 50;

/** The subcommand `host`. */
export const hostCommand: CliCommand = {
  summary: 'run the session host of this computer, or end it',
  help: `Usage: twinhelm host [--foreground] [--json]
       twinhelm host status [--json]
       twinhelm host stop [--force] [--json]

The session host owns the sessions of this computer and outlives the windows
that show them. Commands and windows start it by themselves when they need it;
it ends when nothing has run and nobody has watched for 30 minutes.

  --foreground  run here and show the log; Ctrl+C ends it cleanly. In a terminal
                this is so anyway
  --json        print one line of JSON when ready: pid, relayUrl, home
  --force       stop: ends agents at once; else running turns are interrupted and
                saved first
  --help        print this
`,
  async run(args, io) {
    const { values, positionals } = asUsage('host', () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          foreground: { type: 'boolean' },
          json: { type: 'boolean' },
          force: { type: 'boolean' },
        },
      }),
    );
    const [verb, extra] = positionals;
    if (extra !== undefined) throw usage(`“${extra}” is one argument too many`, 'host');
    switch (verb) {
      case undefined:
        return serve(io, values.foreground ?? io.columns !== undefined, values.json ?? false);
      case 'status':
        return showStatus(io, values.json ?? false);
      case 'stop':
        return stop(io, values.force ?? false, values.json ?? false);
      default:
        throw usage(`“${verb}” is neither status nor stop`, 'host');
    }
  },
};

async function serve(io: CliIo, isForeground: boolean, isJson: boolean): Promise<number> {
  try {
    return await runHost({
      home: resolveHome(io.env, io.userHome),
      relayCommand: [io.execPath, io.script, 'relay', '--child'],
      env: io.env,
      foreground: isForeground,
      // Started by a window or a command (no option at all), the reason of a failure is read as JSON.
      ...(isJson ? { json: true } : isForeground ? { json: false } : {}),
      stdout: io.stdout,
      stderr: io.stderr,
      signal: io.signal,
    });
  } catch (error) {
    // Its own line of JSON has said it; another one would be one too many.
    if (!isJson || !isAppError(error)) throw error;
    io.stderr.write(`${PRODUCT_ID}: ${error.message}\n`);
    return exitCodeOf(error);
  }
}

async function showStatus(io: CliIo, isJson: boolean): Promise<number> {
  const file = await findHost(io);
  if (isJson) {
    const facts = file && {
      pid: file.pid,
      version: file.version,
      startedAt: file.startedAt,
      relayUrl: file.relayUrl,
    };
    printJson(io, { running: file !== undefined, ...facts });
  } else if (file) {
    const since = new Date(file.startedAt).toLocaleString();
    printText(io, `Running since ${since}: process ${file.pid}, version ${file.version}.`);
  } else {
    printText(io, 'No session host is running.');
  }
  return EXIT.ok;
}

async function stop(io: CliIo, isForced: boolean, isJson: boolean): Promise<number> {
  const file = await findHost(io);
  const print = (wasRunning: boolean): number => {
    if (isJson) printJson(io, { stopped: wasRunning });
    else printText(io, wasRunning ? 'The session host has ended.' : 'No session host is running.');
    return EXIT.ok;
  };
  if (file === undefined) return print(false);
  await withHostClient(io, { mayStart: false }, (machine) =>
    machine.request('stop-host', { force: isForced }),
  );
  const end = io.clock.monotonic() + STOP_MS;
  while (await isSameProcess(file.pid, file.processStart)) {
    if (io.signal.aborted || io.clock.monotonic() > end) {
      throw hostStays();
    }
    await new Promise<void>((resolve) => io.clock.after(POLL_MS, resolve));
  }
  return print(true);
}
