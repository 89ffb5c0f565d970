// The subcommand `twinhelm relay`: a server of one's own, or the child process of a session host.
import { say } from '../base/say.ts';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { saidParts } from '../protocol/said.ts';
import { untilAborted } from '../base/abort.ts';
import { systemClock } from '../base/clock.ts';
import { isAppError } from '../base/errors.ts';
import { errorText, type LogFields, type Logger } from '../base/log.ts';
import {
  RELAY_HELP,
  type RelayCommandOptions,
  parseChildMessage,
  parseChildOptions,
  parseRelayArguments,
} from './commandOptions.ts';
import { isLoopbackHost } from './door/hostNames.ts';
import { badUsage } from './errors.ts';
import { createMemoryStore } from './stores/memoryStore.ts';
import { type Relay, createRelay } from './server.ts';
import { setStoreAside } from './stores/sqliteDatabase.ts';
import { openSqliteStore } from './stores/sqliteStore.ts';
import type { RoomStore } from './stores/roomStore.ts';
import { TlsFiles, warnIfReadable } from './tlsFiles.ts';

/** Where the command reads and writes. */
export interface RelayIo {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  /** Takes the log. */
  readonly stderr: NodeJS.WritableStream;
  /** Abort to end the relay. */
  readonly signal: AbortSignal;
}

/** File of the store inside the data folder. */
const STORE_FILE = 'relay.db';

/**
 * Runs the relay until it is told to end; resolves to the exit code. A relay that cannot start
 * rejects with its AppError; with `--json` and `--child` it also prints it as one line
 * `{"ready":false,"code","message"}`.
 */
export async function runRelay(argv: readonly string[], io: RelayIo): Promise<number> {
  const line = parseRelayArguments(argv);
  switch (line.mode) {
    case 'help':
      io.stdout.write(RELAY_HELP);
      return 0;
    case 'server':
      return runServer(line.options, line.json, io);
    case 'child':
      return runChild(io);
  }
}

async function runServer(
  options: RelayCommandOptions,
  isJson: boolean,
  io: RelayIo,
): Promise<number> {
  const log = streamLogger(io.stderr);
  const running = await reportFailure(isJson, io, () => start(options, log));
  if (isJson) printLine(io, { ready: true, url: running.relay.url });
  else io.stdout.write(readyText(options, running.relay));
  await untilAborted(io.signal);
  await running.close();
  return 0;
}

/** Lives as long as its stdin: a session host that is killed takes its relay with it. */
async function runChild(io: RelayIo): Promise<number> {
  const log = streamLogger(io.stderr);
  const lines = createInterface({ input: io.stdin });
  io.signal.addEventListener('abort', () => lines.close(), { once: true });
  let running: Running | undefined;
  try {
    for await (const line of lines) {
      if (running) {
        const { allowHostOf } = parseChildMessage(line);
        if (allowHostOf !== undefined) running.relay.allowHostOf(allowHostOf);
      } else {
        running = await reportFailure(true, io, () => start(parseChildOptions(line), log));
        printLine(io, { ready: true, url: running.relay.url });
      }
      if (io.signal.aborted) break;
    }
  } finally {
    lines.close();
    await running?.close();
  }
  if (!running) throw badUsage(say`--child expects a line of options on stdin`);
  return 0;
}

interface Running {
  readonly relay: Relay;
  close(): Promise<void>;
}

async function start(options: RelayCommandOptions, log: Logger): Promise<Running> {
  const store = await openStore(options.dataDir, log);
  try {
    const { port, host, publicUrl, accessKey, open } = options;
    const tls = options.tls && TlsFiles.open({ ...options.tls, clock: systemClock, log });
    const given = { port, host, publicUrl, accessKey, open, tls: tls?.pair };
    const relay = await createRelay({ ...given, store, clock: systemClock, log });
    tls?.follow((pair) => relay.setTls(pair));
    warnOfExposure(options, log);
    const close = async (): Promise<void> => {
      tls?.dispose();
      try {
        await relay.close();
      } finally {
        await store.close();
      }
    };
    return { relay, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What others could read that somebody who starts a relay may not think of. */
function warnOfExposure(options: RelayCommandOptions, log: Logger): void {
  const { host, tls, accessKeyFile } = options;
  if (!tls && !isLoopbackHost(host)) {
    log.warn(
      'without TLS whoever is on the way reads and can use the access key, tokens and names of rooms, and sees who writes when and how much; what is said in a session stays sealed. ' +
        'Give --tls-cert and --tls-key, or put a proxy with TLS before it',
      { host },
    );
  }
  if (accessKeyFile !== undefined) warnIfReadable(accessKeyFile, 'the access key', log);
}

async function openStore(dataDir: string | undefined, log: Logger): Promise<RoomStore> {
  if (dataDir === undefined) return createMemoryStore({ clock: systemClock });
  const options = { file: join(dataDir, STORE_FILE), clock: systemClock, log };
  try {
    return await openSqliteStore(options);
  } catch (error) {
    if (!isAppError(error, 'journal-damaged')) throw error;
    // It only holds what hosts hold too: they fill an empty one again when they reconnect.
    log.error('the store was damaged: set aside, and begun anew', {
      error: errorText(error.cause),
    });
    setStoreAside(options.file);
    return openSqliteStore(options);
  }
}

async function reportFailure<T>(isJson: boolean, io: RelayIo, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isJson && isAppError(error)) {
      const { code, message, words } = error;
      printLine(io, { ready: false, code, message, said: saidParts(words) });
    }
    throw error;
  }
}

function readyText(options: RelayCommandOptions, relay: Relay): string {
  const keeps = options.dataDir === undefined ? 'in memory only' : `in ${options.dataDir}`;
  const outside = options.publicUrl === undefined ? '' : `, for others ${options.publicUrl}`;
  return `Relay ready: ${relay.url}${outside}. Rooms are kept ${keeps}. End it with Ctrl+C.\n`;
}

function printLine(io: RelayIo, value: object): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}

function streamLogger(stream: NodeJS.WritableStream): Logger {
  const write = (level: string, message: string, fields: LogFields = {}): void => {
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`);
    stream.write(`${new Date().toISOString()} ${level} ${message}${details.join('')}\n`);
  };
  return {
    debug: () => undefined,
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}
