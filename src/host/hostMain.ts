// The session host as a program: from the lock to the last child's end.
import { hostname, userInfo } from 'node:os';
import { untilAborted } from '../base/abort.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { isAppError } from '../base/errors.ts';
import { errorText } from '../base/log.ts';
import { PRODUCT_VERSION } from '../base/product.ts';
import { isNewer } from '../base/versions.ts';
import { createClaudeAgent } from '../claude/claudeAgent.ts';
import { processStart } from '../node/processStart.ts';
import { saidParts } from '../protocol/said.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { closeInOrder } from './closeInOrder.ts';
import { stoppedBeforeReady } from './errors.ts';
import { journalSalvaged } from './journal/errors.ts';
import { filterEnvironment } from './find/filterEnvironment.ts';
import { createFileLog } from './fileLog.ts';
import { removeHostFile, UNKNOWN_START, writeHostFile } from './find/hostFile.ts';
import { watchIdle } from './idleStop.ts';
import { Journal } from './journal/journal.ts';
import { keepOwnCopy } from './serve/ownCopy.ts';
import { repairRooms } from './machine/repairRooms.ts';
import { MachineRoom } from './machine/machineRoom.ts';
import { hostPaths, prepareHome } from './find/paths.ts';
import { RelayChild } from './serve/relayChild.ts';
import { forgetWish, wantedVersion } from './find/restartWish.ts';
import { ReplacementWatch } from './replacementWatch.ts';
import { runningWork } from './machine/runningWork.ts';
import type { Closing } from './session/sessionDriver.ts';
import { ServedRooms } from './serve/servedRooms.ts';
import { Sessions } from './machine/sessions.ts';

/** How the host runs. */
export interface RunHostOptions {
  readonly home: string;
  /** Program and arguments that run the relay in its child mode. */
  readonly relayCommand: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Log lines also go to stderr. */
  readonly foreground?: boolean;
  /** Prints one line of JSON when ready, or why it is not. */
  readonly json?: boolean;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Abort to end it cleanly. */
  readonly signal: AbortSignal;
  /** Port of the relay; default: the one of the last time. */
  readonly relayPort?: number;
  /** What idleness is measured by; default: the system's clock. */
  readonly idleClock?: Clock;
  /** Name of this computer for people. */
  readonly computer?: string;
}

const RELAY_PORT = 'relay-port';

/** Runs until it is told to stop or idle; resolves to the exit code. Rejects with AppError if it cannot start. */
export async function runHost(options: RunHostOptions): Promise<number> {
  try {
    return await run(options);
  } catch (error) {
    // Who starts it detached reads why it did not start from this line.
    if ((options.json || !options.foreground) && isAppError(error)) {
      const { code, message, words } = error;
      const line = { ready: false, code, message, said: saidParts(words) };
      options.stdout.write(`${JSON.stringify(line)}\n`);
    }
    throw error;
  }
}

async function run(options: RunHostOptions): Promise<number> {
  const clock = systemClock;
  const paths = hostPaths(options.home);
  prepareHome(paths.home);
  const echo = options.foreground ? { echo: (line: string) => options.stderr.write(line) } : {};
  const log = createFileLog(paths.log, clock, echo);
  // First of all: whoever has the lock may touch the rest.
  const journal = Journal.open({ paths, clock, log });
  forgetWish(paths.home);
  // Every connection of the Yjs client adds a listener to the process; there are as many as documents.
  process.setMaxListeners(0);
  // A defect ends the process, and the next one recovers; this one says why.
  const onCrash = (error: Error): void => log.error('host crashed', { error: crashText(error) });
  process.on('uncaughtExceptionMonitor', onCrash);
  log.info('host starts', { version: PRODUCT_VERSION, term: journal.term, pid: process.pid });
  const stopping = new AbortController();
  let closing: Closing = {};
  let hurry = async (): Promise<void> => undefined;
  const stop = (reason: string, how: Closing = {}): void => {
    const isNow = how.now === true;
    log.info('host stops', { reason, now: isNow });
    closing = { ...closing, ...how, now: isNow || closing.now === true };
    // [G9] Left only by who makes room: whoever it was for takes over.
    if (reason !== 'replaced') forgetWish(paths.home);
    // It is on its way out already: who is still being let go is let go at once.
    if (isNow && stopping.signal.aborted) void hurry();
    stopping.abort();
  };
  const refuseIfStopped = (): void => {
    if (stopping.signal.aborted) throw stoppedBeforeReady();
  };
  options.signal.addEventListener('abort', () => stop('signal'), { once: true });
  if (options.signal.aborted) stop('signal');

  const closers: (() => Promise<void> | void)[] = [
    () => journal.close(),
    () => void process.off('uncaughtExceptionMonitor', onCrash),
  ];
  try {
    refuseIfStopped();
    const [program, script, ...args] = options.relayCommand;
    const relay = await RelayChild.start({
      command: script ? [program, keepOwnCopy(script, paths.program, log), ...args] : [program],
      dataDir: paths.relayData,
      preferredPort: options.relayPort ?? portOf(journal.setting(RELAY_PORT)),
      clock,
      log,
    });
    closers.unshift(() => relay.close());
    refuseIfStopped();
    journal.saveSetting(RELAY_PORT, `${relay.address.port}`);
    const rooms = await ServedRooms.create({ journal, outputs: paths.outputs, relay, clock, log });
    closers.unshift(() => rooms.closeAll());
    const { outputs } = paths;
    const missing = await repairRooms({ journal, rooms, outputs, clock, log });
    const { salvage } = journal;
    const env = filterEnvironment(options.env);
    const agent = createClaudeAgent({ env, clock, log });
    closers.unshift(() => agent.close());
    const computer = options.computer ?? computerName();
    const sessions = new Sessions({ journal, rooms, agent, env, computer, clock, log });
    closers.unshift(() => sessions.closeAll(closing));
    hurry = () => sessions.closeAll({ now: true });
    let windows = (): number => 0;
    const isWatched = (): boolean =>
      windows() > 0 || sessions.all.some(({ room }) => room.windowCount > 0);
    const replacement = new ReplacementWatch({
      clock: options.idleClock ?? clock,
      wanted: () => newerVersion(paths.home),
      work: () => runningWork(sessions.all),
      isWatched,
    });
    closers.unshift(() => replacement.dispose());
    const machine = new MachineRoom({
      journal,
      rooms,
      relay,
      sessions,
      computer,
      agentName: agent.name,
      problem: salvage && journalSalvaged(salvage.keptAs, salvage.rows, missing),
      policyFile: paths.policy,
      clock,
      log,
      stop: (how) => stop(how.version === undefined ? 'command' : 'replaced', how),
      replacement,
    });
    closers.unshift(() => machine.dispose());
    windows = () => machine.windowCount;
    await sessions.restore();
    refuseIfStopped();
    await machine.open();
    // What the journal has lost stands in the room of this computer now.
    journal.forgetSalvage();
    void agent.probe().then(
      (probe) => machine.setProbe(probe),
      (error: unknown) => log.warn('agent not probed', { error: errorText(error) }),
    );
    const file = {
      pid: process.pid,
      processStart: (await processStart(process.pid)) ?? UNKNOWN_START,
      version: PRODUCT_VERSION,
      protocol: PROTOCOL_VERSION,
      startedAt: clock.now(),
    };
    const publish = (): void =>
      writeHostFile(paths.hostFile, { ...file, relayUrl: relay.address.url, link: machine.link });
    publish();
    closers.unshift(() => removeHostFile(paths.hostFile, process.pid));
    relay.onDidChange(({ port }) => {
      journal.saveSetting(RELAY_PORT, `${port}`);
      publish();
    });
    const idle = watchIdle({
      clock: options.idleClock ?? clock,
      isBusy: () => sessions.all.some(({ driver }) => driver?.isBusy === true),
      isWatched,
      isUnwanted: () => newerVersion(paths.home) !== undefined,
      stop,
    });
    closers.unshift(() => idle.dispose());
    if (options.json) {
      const line = { ready: true, pid: process.pid, relayUrl: relay.address.url, home: paths.home };
      options.stdout.write(`${JSON.stringify(line)}\n`);
    }
    await untilAborted(stopping.signal);
  } finally {
    await closeInOrder(closers, { clock, log });
  }
  return 0;
}

/** The version that wants this host's place, if it is newer. */
function newerVersion(home: string): string | undefined {
  const wanted = wantedVersion(home);
  return wanted !== undefined && isNewer(wanted, PRODUCT_VERSION) ? wanted : undefined;
}

/** Name and place of a defect; its message may hold what was being worked on, so it is left out. */
function crashText(error: Error): string {
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  // SQLite's own codes say that the disk is full or the journal damaged.
  const code = 'errcode' in error ? ` (SQLite ${String(error.errcode)})` : '';
  return `${error.name}${code} ${places.slice(0, 5).join(' ')}`;
}

/** What a setting says; any free port if it says nothing, or nothing that is one. */
function portOf(setting: string | undefined): number {
  const port = Number(setting ?? 0);
  return Number.isInteger(port) && port >= 0 && port < 65_536 ? port : 0;
}

function computerName(): string {
  const host = hostname().split('.', 1)[0] ?? 'computer';
  try {
    return `${userInfo().username}@${host}`;
  } catch {
    return host;
  }
}
