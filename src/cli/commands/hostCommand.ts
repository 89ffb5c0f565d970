// `twinhelm host`: run the session host, ask how it is, end it.
import { parseArgs } from 'node:util';
import { isAppError } from '../../base/errors.ts';
import { PRODUCT_ID, PRODUCT_VERSION } from '../../base/product.ts';
import { isNewer } from '../../base/versions.ts';
import { replaceHost } from '../../client/rooms/replaceHost.ts';
import type { HostFile } from '../../host/find/hostFile.ts';
import { wantedVersion, wantVersion } from '../../host/find/restartWish.ts';
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
       twinhelm host stop [--force] [--now] [--json]
       twinhelm host replace [--force | --wait] [--json]

The session host owns the sessions of this computer and outlives the windows
that show them. Commands and windows start it by themselves when they need it;
it ends when nothing has run and nobody has watched for 30 minutes. A newer
version takes over as soon as nothing runs; “replace” lets it take over now.

  --foreground  run here and show the log; Ctrl+C ends it cleanly. In a terminal
                this is so anyway
  --json        print one line of JSON when ready: pid, relayUrl, home
  --force       stop, replace: also if background work ends with it
  --now         stop: ends agents at once; else running turns are interrupted and
                saved first
  --wait        replace: the newer version goes on waiting, and nobody is asked
                again for a day
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
          now: { type: 'boolean' },
          wait: { type: 'boolean' },
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
        return stop(io, values);
      case 'replace':
        return replace(io, values);
      default:
        throw usage(`“${verb}” is none of status, stop and replace`, 'host');
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

/** Options of the verbs that end a host. */
interface EndOptions {
  readonly force?: boolean | undefined;
  readonly now?: boolean | undefined;
  readonly wait?: boolean | undefined;
  readonly json?: boolean | undefined;
}

async function stop(io: CliIo, { force = false, now = false, json }: EndOptions): Promise<number> {
  const file = await findHost(io);
  if (file !== undefined) {
    await withHostClient(io, { mayStart: false }, (machine) =>
      machine.request('stop-host', { force, ...(now && { now }) }),
    );
    await untilEnded(io, file);
  }
  const wasRunning = file !== undefined;
  if (json === true) printJson(io, { stopped: wasRunning });
  else printText(io, wasRunning ? 'The session host has ended.' : 'No session host is running.');
  return EXIT.ok;
}

/** [G7] The newer version that waits takes over now; if it is this one, it is started. */
async function replace(io: CliIo, options: EndOptions): Promise<number> {
  const { force = false, wait = false, json } = options;
  if (force && wait) throw usage('--force and --wait exclude each other', 'host');
  const print = (facts: ReplacedFacts, text: string): number => {
    if (json === true) printJson(io, { ...facts });
    else printText(io, text);
    return EXIT.ok;
  };
  const file = await findHost(io);
  if (file === undefined) return print({ replaced: false }, 'No session host is running.');
  const home = resolveHome(io.env, io.userHome);
  if (isNewer(PRODUCT_VERSION, file.version)) wantVersion(home, PRODUCT_VERSION);
  const version = wantedVersion(home) ?? PRODUCT_VERSION;
  await withHostClient(io, { mayStart: false }, (machine) =>
    replaceHost(machine.request, wait ? { wait } : { force }, file.version),
  );
  if (wait) return print({ replaced: false, version }, `Version ${version} goes on waiting.`);
  await untilEnded(io, file);
  if (isNewer(version, PRODUCT_VERSION)) {
    const text = `The session host has ended. Version ${version} starts with the next window or command of it.`;
    return print({ replaced: true, version }, text);
  }
  await withHostClient(io, { mayStart: true }, () => Promise.resolve());
  return print({ replaced: true, version }, `The session host is version ${version} now.`);
}

interface ReplacedFacts {
  readonly replaced: boolean;
  readonly version?: string;
}

async function untilEnded(io: CliIo, file: HostFile): Promise<void> {
  const end = io.clock.monotonic() + STOP_MS;
  while (await isSameProcess(file.pid, file.processStart)) {
    if (io.signal.aborted || io.clock.monotonic() > end) throw hostStays();
    await new Promise<void>((resolve) => io.clock.after(POLL_MS, resolve));
  }
}
