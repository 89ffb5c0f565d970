// This computer's machine room as the command line uses it: find or start the host, join, ask, follow, close.
import { silentLogger } from '../base/log.ts';
import { cancelled, hostSilent } from '../client/errors.ts';
import { ComputerLink } from '../client/rooms/computerLink.ts';
import type { HostFinder } from '../client/rooms/hostFinder.ts';
import {
  fetchSessions,
  type MachineRequest,
  sessionOfAnswer,
} from '../client/rooms/machineAnswers.ts';
import { viewOf } from '../client/rooms/roomView.ts';
import type { SessionRef } from '../client/rooms/sessionRef.ts';
import { SharedRoom } from '../client/rooms/sharedRoom.ts';
import { waitForChange } from '../client/waitForChange.ts';
import { createHostFinder } from '../host/find/lookForHost.ts';
import { readHostFile, type HostFile } from '../host/find/hostFile.ts';
import { hostPaths, resolveHome } from '../host/find/paths.ts';
import { statusOf } from '../protocol/openValues.ts';
import type { DirectoryRow, MachineState, Replacement } from '../protocol/state.ts';
import type { RoomView } from '../session/view.ts';
import { noHost, notOpen } from './errors.ts';
import type { CliIo } from './io.ts';
import { joinerOf } from './join/joinRoom.ts';
import { resolveSession } from './text/sessionIds.ts';

const DIRECTORY_MS = 10_000;

/** A joined machine room. */
export interface HostClient {
  /** Sends a command and waits for its result. Throws AppError 'command-*'. */
  readonly request: MachineRequest;
  /** The newer version that waits for the host's place, as the host says it. */
  waiting(): Promise<Replacement | undefined>;
  /** Every session, also those that the directory has no room for. */
  rows(): Promise<readonly DirectoryRow[]>;
  /** The session with this id prefix. Throws AppError 'session-not-found' | 'session-ambiguous'. */
  session(prefix: string): Promise<DirectoryRow>;
  /** The same; one that runs in a terminal is opened, live and read-only. */
  openSession(prefix: string): Promise<DirectoryRow>;
  /**
   * Joins a session as its owner, under this name or the user's. The view follows every new address and
   * secret until this client or the view is closed. Throws AppError.
   */
  joinSession(row: DirectoryRow, name?: string): Promise<RoomView>;
}

/** The host file of this home, if a host runs. */
export async function findHost(io: CliIo): Promise<HostFile | undefined> {
  const { hostFile } = hostPaths(resolveHome(io.env, io.userHome));
  const found = await readHostFile(hostFile);
  if (found.kind === 'invalid') throw found.error;
  return found.kind === 'running' ? found.file : undefined;
}

/** Runs `work` with a joined machine room and closes it afterwards; starts a host if none runs and `mayStart`. Throws AppError 'host-*'. */
export async function withHostClient<T>(
  io: CliIo,
  options: { readonly mayStart: boolean },
  work: (machine: HostClient) => Promise<T>,
): Promise<T> {
  const home = resolveHome(io.env, io.userHome);
  if (!options.mayStart && !(await findHost(io))) throw noHost(home);
  const computer = computerOf(io);
  try {
    const signal = asCancelled(io.signal);
    const view = options.mayStart ? await computer.ensure(signal) : await computer.attach(signal);
    if (!view) throw noHost(home);
    return await work(clientOf(io, computer, view));
  } finally {
    await computer.close();
  }
}

/** This computer's host as this command line follows it. */
export function computerOf(io: CliIo): ComputerLink {
  const { clock } = io;
  return new ComputerLink({
    host: finderOf(io),
    join: joinerOf(io),
    claudePath: () => '',
    clock,
    random: Math.random,
    log: silentLogger,
  });
}

/** A host that has crashed is started again by who asks for something, not by a terminal that looks on. */
function finderOf(io: CliIo): HostFinder {
  const finder = createHostFinder({
    home: resolveHome(io.env, io.userHome),
    hostScript: io.script,
    execPath: io.execPath,
    env: io.env,
    userHome: io.userHome,
    clock: io.clock,
  });
  return {
    ...finder,
    find: async (isLost) => {
      const found = await finder.find(isLost);
      return found.kind === 'running' ? found : { kind: 'none' };
    },
  };
}

function clientOf(io: CliIo, computer: ComputerLink, view: RoomView): HostClient {
  const { clock, signal } = io;
  const request: MachineRequest = (kind, args) => view.request(kind, args, { signal });
  const directory = (): Promise<MachineState> =>
    waitForChange({
      ...{ clock, signal, timeoutMs: DIRECTORY_MS, onTimeout: hostSilent },
      events: [computer.onDidChange],
      look: () => computer.state,
    });
  const rows = async (): Promise<readonly DirectoryRow[]> => {
    const { sessions, more = 0 } = await directory();
    return more > 0 ? fetchRows(request) : sessions;
  };
  const session = async (prefix: string): Promise<DirectoryRow> =>
    resolveSession(await rows(), prefix);
  return {
    request,
    waiting: async () => (await directory()).replacement,
    rows,
    session,
    openSession: async (prefix) => {
      const row = await session(prefix);
      if (row.link !== undefined) return row;
      if (row.foundKey === undefined) throw notOpenRow(row);
      const id = sessionOfAnswer(await request('open', { foundKey: row.foundKey }));
      return listed(io, computer, id);
    },
    joinSession: async (row, name) => {
      if (row.link === undefined) throw notOpenRow(row);
      const { id } = row.session;
      await listed(io, computer, id);
      const ref: SessionRef = { kind: 'own', session: id };
      const join = joinerOf(io, name);
      const room = new SharedRoom({ ref, join, clock, random: Math.random, log: silentLogger });
      room.follow(computer);
      try {
        return await viewOf(room, { clock, signal });
      } catch (error) {
        await room.close();
        throw error;
      }
    },
  };
}

async function fetchRows(request: MachineRequest): Promise<readonly DirectoryRow[]> {
  const rows: DirectoryRow[] = [];
  for (;;) {
    const { sessions, total } = await fetchSessions(request, rows.length);
    rows.push(...sessions);
    if (sessions.length === 0 || rows.length >= total) return rows;
  }
}

/** Waits until the link of a session is known, and asks where the directory has no room for it. */
async function listed(io: CliIo, computer: ComputerLink, session: string): Promise<DirectoryRow> {
  const ref: SessionRef = { kind: 'own', session };
  if (!computer.targetOf(ref)) await computer.refresh(ref);
  return waitForChange({
    ...{ clock: io.clock, signal: io.signal, timeoutMs: DIRECTORY_MS, onTimeout: hostSilent },
    events: [computer.onDidChange],
    look: () => (computer.targetOf(ref) ? computer.row(session) : undefined),
  });
}

function notOpenRow({ session }: DirectoryRow) {
  return notOpen(session.id, statusOf(session.status) === 'ended');
}

/** The same end, with the words for it. */
function asCancelled(signal: AbortSignal): AbortSignal {
  const stop = new AbortController();
  const abort = (): void => stop.abort(cancelled());
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return stop.signal;
}
