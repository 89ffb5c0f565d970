// This computer's machine room as the command line uses it: find or start the host, join, ask, close.
import * as z from 'zod/mini';
import { silentLogger } from '../base/log.ts';
import { ensureHost } from '../host/find/ensureHost.ts';
import { readHostFile, type HostFile } from '../host/find/hostFile.ts';
import { hostPaths, resolveHome } from '../host/find/paths.ts';
import type { CommandArgs, MachineCommandKind } from '../protocol/commandTable.ts';
import type { Json } from '../protocol/json.ts';
import { type DirectoryRow, directoryRowSchema, type MachineState } from '../protocol/state.ts';
import type { RoomView } from '../session/view.ts';
import { hostSilent, noHost, notOpen, strangeAnswer } from './errors.ts';
import type { CliIo } from './io.ts';
import { joinRoom, waitForAdmission } from './join/joinRoom.ts';
import { resolveSession } from './text/sessionIds.ts';
import { waitForView } from './join/viewWait.ts';

const DIRECTORY_MS = 10_000;
const openedSchema = z.looseObject({ session: z.string() });
const pageSchema = z.looseObject({ total: z.number(), sessions: z.array(directoryRowSchema) });

/** A joined machine room. */
export interface HostClient {
  readonly file: HostFile;
  readonly state: () => MachineState;
  /** Sends a command and waits for its result. Throws AppError 'command-*'. */
  request<K extends MachineCommandKind>(kind: K, args: CommandArgs<K>): Promise<Json | undefined>;
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
    const read = (): MachineState | undefined =>
      view.state?.kind === 'machine' ? view.state : undefined;
    let last = await waitForView(view, read, {
      clock: io.clock,
      signal: io.signal,
      timeoutMs: DIRECTORY_MS,
      onTimeout: hostSilent,
    });
    const state = (): MachineState => (last = read() ?? last);
    const rows = async (): Promise<readonly DirectoryRow[]> => {
      const { sessions, more = 0 } = state();
      return more > 0 ? fetchRows(io, view) : sessions;
    };
    return {
      file,
      state,
      request: (kind, args) => view.request(kind, args, { signal: io.signal }),
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

async function fetchRows(io: CliIo, view: RoomView): Promise<readonly DirectoryRow[]> {
  const rows: DirectoryRow[] = [];
  for (;;) {
    const answer = await view.request(
      'fetch-sessions',
      { offset: rows.length },
      { signal: io.signal },
    );
    const page = pageSchema.safeParse(answer);
    if (!page.success) throw strangeAnswer('about its sessions');
    rows.push(...page.data.sessions);
    if (page.data.sessions.length === 0 || rows.length >= page.data.total) return rows;
  }
}

/** Has the host open what is only found, and waits until the directory has its link. */
async function openRow(io: CliIo, view: RoomView, row: DirectoryRow): Promise<DirectoryRow> {
  if (row.link !== undefined) return row;
  if (row.foundKey === undefined) throw notOpen(row.session.id, row.session.status === 'ended');
  const answer = openedSchema.safeParse(
    await view.request('open', { foundKey: row.foundKey }, { signal: io.signal }),
  );
  if (!answer.success) throw strangeAnswer('about the session');
  const { session } = answer.data;
  const opened = (): DirectoryRow | undefined =>
    view.state?.kind === 'machine'
      ? view.state.sessions.find((one) => one.session.id === session && one.link !== undefined)
      : undefined;
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
  if (link === undefined) throw notOpen(row.session.id, row.session.status === 'ended');
  const view = await joinRoom(io, { link, ...(epochs && { epochs }) });
  try {
    await waitForAdmission(io, view, { link, onSilence: hostSilent });
    return view;
  } catch (error) {
    await view.close();
    throw error;
  }
}
