// This computer's machine room as the command line uses it: find or start the host, join, ask, close.
import { silentLogger } from '../base/log.ts';
import { hostSilent } from '../client/errors.ts';
import {
  fetchSessions,
  type MachineRequest,
  sessionOfAnswer,
} from '../client/rooms/machineAnswers.ts';
import { machineState } from '../client/rooms/sessionFacts.ts';
import { waitForView } from '../client/waitForChange.ts';
import { ensureHost } from '../host/find/ensureHost.ts';
import { readHostFile, type HostFile } from '../host/find/hostFile.ts';
import { hostPaths, resolveHome } from '../host/find/paths.ts';
import { statusOf } from '../protocol/openValues.ts';
import type { DirectoryRow, MachineState } from '../protocol/state.ts';
import type { RoomView } from '../session/view.ts';
import { noHost, notOpen } from './errors.ts';
import type { CliIo } from './io.ts';
import { joinRoom, waitForAdmission } from './join/joinRoom.ts';
import { resolveSession } from './text/sessionIds.ts';

const DIRECTORY_MS = 10_000;

/** A joined machine room. */
export interface HostClient {
  readonly file: HostFile;
  readonly state: () => MachineState;
  /** Sends a command and waits for its result. Throws AppError 'command-*'. */
  readonly request: MachineRequest;
  /** Every session, also those that the directory has no room for. */
  rows(): Promise<readonly DirectoryRow[]>;
  /** The session with this id prefix. Throws AppError 'session-not-found' | 'session-ambiguous'. */
  session(prefix: string): Promise<DirectoryRow>;
  /** The same; one that runs in a terminal is opened, live and read-only. */
  openSession(prefix: string): Promise<DirectoryRow>;
  close(): Promise<void>;
}

/** The host file of this home, if a host runs. */
export async function findHost(io: CliIo): Promise<HostFile | undefined> {
  const { hostFile } = hostPaths(resolveHome(io.env, io.userHome));
  const found = await readHostFile(hostFile);
  if (found.kind === 'invalid') throw found.error;
  return found.kind === 'running' ? found.file : undefined;
}

/** Joins the machine room; starts a host if none runs and `mayStart`. Throws AppError 'host-*'. */
export async function openHostClient(
  io: CliIo,
  options: { readonly mayStart: boolean },
): Promise<HostClient> {
  const home = resolveHome(io.env, io.userHome);
  const file = options.mayStart
    ? await ensureHost({
        home,
        hostScript: io.script,
        execPath: io.execPath,
        env: io.env,
        cwdHome: io.userHome,
        clock: io.clock,
        log: silentLogger,
        signal: io.signal,
      })
    : await findHost(io);
  if (file === undefined) throw noHost(home);
  const view = await joinRoom(io, { link: file.link, remembers: false });
  try {
    await waitForAdmission(io, view, { link: file.link, onSilence: hostSilent });
    let last = await waitForView(view, () => machineState(view), {
      clock: io.clock,
      signal: io.signal,
      timeoutMs: DIRECTORY_MS,
      onTimeout: hostSilent,
    });
    const state = (): MachineState => (last = machineState(view) ?? last);
    const request: MachineRequest = (kind, args) => view.request(kind, args, { signal: io.signal });
    const rows = async (): Promise<readonly DirectoryRow[]> => {
      const { sessions, more = 0 } = state();
      return more > 0 ? fetchRows(request) : sessions;
    };
    return {
      file,
      state,
      request,
      rows,
      session: async (prefix) => resolveSession(await rows(), prefix),
      openSession: async (prefix) => openRow(io, view, resolveSession(await rows(), prefix)),
      close: () => view.close(),
    };
  } catch (error) {
    await view.close();
    throw error;
  }
}

/** Runs `work` with a joined machine room and closes it afterwards. */
export async function withHostClient<T>(
  io: CliIo,
  options: { readonly mayStart: boolean },
  work: (machine: HostClient) => Promise<T>,
): Promise<T> {
  const machine = await openHostClient(io, options);
  try {
    return await work(machine);
  } finally {
    await machine.close();
  }
}

async function fetchRows(request: MachineRequest): Promise<readonly DirectoryRow[]> {
  const rows: DirectoryRow[] = [];
  for (;;) {
    const { sessions, total } = await fetchSessions(request, rows.length);
    rows.push(...sessions);
    if (sessions.length === 0 || rows.length >= total) return rows;
  }
}

/** Has the host open what is only found, and waits until the directory has its link. */
async function openRow(io: CliIo, view: RoomView, row: DirectoryRow): Promise<DirectoryRow> {
  if (row.link !== undefined) return row;
  if (row.foundKey === undefined)
    throw notOpen(row.session.id, statusOf(row.session.status) === 'ended');
  const { foundKey } = row;
  const session = sessionOfAnswer(await view.request('open', { foundKey }, { signal: io.signal }));
  const opened = (): DirectoryRow | undefined =>
    machineState(view)?.sessions.find(
      (one) => one.session.id === session && one.link !== undefined,
    );
  return waitForView(view, opened, {
    clock: io.clock,
    signal: io.signal,
    timeoutMs: DIRECTORY_MS,
    onTimeout: hostSilent,
  });
}

/** Joins the room of a session as its owner; the caller closes the view. */
export async function joinSession(io: CliIo, row: DirectoryRow): Promise<RoomView> {
  const { link, epochs } = row;
  if (link === undefined) throw notOpen(row.session.id, statusOf(row.session.status) === 'ended');
  const view = await joinRoom(io, { link, ...(epochs && { epochs }) });
  try {
    await waitForAdmission(io, view, { link, onSilence: hostSilent });
    return view;
  } catch (error) {
    await view.close();
    throw error;
  }
}
