// A real session host with real claude on the demo model, and owners and guests that join it.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createIdentity, type Identity } from '../../src/crypto/identity.ts';
import { type HostFile, readHostFile } from '../../src/host/find/hostFile.ts';
import { hostPaths, type HostPaths } from '../../src/host/find/paths.ts';
import type { CommandArgs, MachineCommandKind } from '../../src/protocol/commandTable.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { DirectoryRow, MachineState, SessionState } from '../../src/protocol/state.ts';
import type { Entry, EntryKind, EntryOf } from '../../src/protocol/transcript.ts';
import { seenOf } from '../../src/client/prompts/seen.ts';
import { Attachment } from '../../src/sync/member/attachment.ts';
import { claudeEnvironment, installClaude } from '../../tools/install/claudeCli.ts';
import { WAIT_MS } from '../../tools/run/waitBound.ts';
import { type DemoModel, startDemoModel } from '../../tools/demo/demoModel.ts';
import { endProcessesWith, type ProcessGroup, spawnGroup } from '../../tools/run/processes.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { bundleProgram } from '../../tools/run/programBundle.ts';
import { temporaryFolder } from './folders.ts';

/** Runs `host` and `relay --child`. */
export const HOST_PROGRAM: string = await bundleProgram(
  new URL('./hostProgram.ts', import.meta.url),
);
const MARKER = 'TWINHELM_TEST_RIG';

/** A joined room with waits. */
export class Guest {
  readonly view: Attachment;

  constructor(view: Attachment) {
    this.view = view;
  }

  get state(): SessionState {
    const { state } = this.view;
    if (state?.kind !== 'session') throw new Error('no session state yet');
    return state;
  }

  get entries(): readonly Entry[] {
    return this.view.entries.map(({ entry }) => entry);
  }

  ofKind<K extends EntryKind>(kind: K): EntryOf<K>[] {
    // The filter narrows by a value that the type system does not follow.
    return this.entries.filter((entry) => entry.kind === kind) as EntryOf<K>[];
  }

  /** Texts of all text entries, joined. */
  get text(): string {
    return this.ofKind('text')
      .map(({ text }) => text)
      .join('\n');
  }

  async until(what: string, isTrue: () => boolean, timeoutMs = WAIT_MS): Promise<void> {
    await waitUntil(
      what,
      () => {
        try {
          return isTrue();
        } catch {
          return false;
        }
      },
      timeoutMs,
    ).catch((error: unknown) => {
      const kinds = this.entries.map(
        (entry) => `${entry.kind}:${JSON.stringify(entry).slice(0, 150)}`,
      );
      const { truth, state } = this.view;
      throw new Error(
        `${String(error)}\n${JSON.stringify(truth)}\n${JSON.stringify(state)?.slice(0, 1500)}\n${kinds.join('\n')}`,
      );
    });
  }

  /** Waits for the next permission request and answers it. */
  async answer(behavior: 'allow' | 'deny'): Promise<void> {
    await this.until('a request waits', () => this.state.pending.length > 0);
    const requestId = this.state.pending[0]?.requestId ?? '';
    await this.until('its entry is there', () =>
      this.ofKind('request').some((one) => one.requestId === requestId),
    );
    const request = this.ofKind('request').find((one) => one.requestId === requestId);
    const inputHash = request?.inputHash ?? '';
    const seen = request && (await seenOf(request));
    await this.view.request('answer', {
      ...{ requestId, inputHash, behavior },
      ...(seen === undefined ? {} : { seen }),
    });
  }

  async close(): Promise<void> {
    await this.view.close();
  }
}

/** How the rig is set up. */
export interface HostRigOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly claudePath?: string;
}

/** One home, one demo model, and the host processes that run on them. */
export class HostRig {
  readonly paths: HostPaths;
  readonly model: DemoModel;
  readonly folder: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  private readonly id: string;
  private readonly identities = new Map<string, Identity>();
  private readonly guests: Guest[] = [];
  private host: ProcessGroup | undefined;
  private passed = 0;

  private constructor(folder: string, model: DemoModel, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.project = join(folder, 'project');
    mkdirSync(this.project, { recursive: true });
    this.paths = hostPaths(join(folder, 'twinhelm'));
    this.model = model;
    this.id = folder;
    this.env = { ...env, TWINHELM_HOME: this.paths.home, [MARKER]: folder };
  }

  static async create(options: HostRigOptions = {}): Promise<HostRig> {
    const folder = temporaryFolder();
    const claude = options.claudePath ?? (await installClaude());
    const model = await startDemoModel();
    // A terminal would ask first.
    const trusted = [join(folder, 'project')];
    const { env } = await claudeEnvironment({ folder, modelUrl: model.url, trusted });
    return new HostRig(folder, model, { ...env, TWINHELM_CLAUDE: claude, ...options.env });
  }

  /** Starts a host and waits until it is ready. With `fileKiB` no file of it may grow beyond: its disk is full then. */
  async start(options: { readonly fileKiB?: number } = {}): Promise<HostFile> {
    this.passed = 0;
    const command = [process.execPath, HOST_PROGRAM, 'host', '--json'];
    const { fileKiB } = options;
    this.host =
      fileKiB === undefined
        ? spawnGroup(command[0] ?? '', command.slice(1), { env: this.env })
        : spawnGroup('sh', ['-c', `ulimit -f ${fileKiB * 2} && exec "$0" "$@"`, ...command], {
            env: this.env,
          });
    await this.host.line((line) => (line.includes('"ready":true') ? line : undefined));
    return this.file();
  }

  async file(): Promise<HostFile> {
    const found = await readHostFile(this.paths.hostFile);
    if (found.kind !== 'running') throw new Error(`no host: ${found.kind}`);
    return found.file;
  }

  get hostPid(): number {
    return this.host?.pid ?? -1;
  }

  hostExit(): number | undefined {
    return this.host?.exitCode();
  }

  get log(): string {
    return readFileSync(this.paths.log, 'utf8');
  }

  /** Lets half an hour pass for the host's look for idleness, and waits until it has looked. */
  async passIdleTime(): Promise<void> {
    const { host } = this;
    if (host === undefined) throw new Error('no host');
    this.passed += 1;
    const said = `{"passed":${this.passed}}`;
    process.kill(host.pid, 'SIGUSR2');
    await host.line((line) => (line === said ? line : undefined));
  }

  /** Kills the host process alone, as a crash does. */
  async crash(): Promise<void> {
    const { host } = this;
    if (host === undefined) return;
    process.kill(host.pid, 'SIGKILL');
    await waitUntil('host killed', () => host.exitCode() !== undefined);
  }

  /** Ends the host cleanly; its exit code. */
  async stop(): Promise<number | undefined> {
    const { host } = this;
    if (host === undefined) return undefined;
    if (host.exitCode() === undefined) process.kill(host.pid, 'SIGTERM');
    await waitUntil('host ended', () => host.exitCode() !== undefined);
    return host.exitCode();
  }

  /** Joins by a link as `name`; the same name is the same device. */
  async join(link: string, name = 'Ada'): Promise<Guest> {
    const identity = this.identities.get(name) ?? (await createIdentity());
    this.identities.set(name, identity);
    const view: Attachment = await Attachment.join({
      link,
      identity,
      name,
      device: `${name}'s laptop`,
      clock: systemClock,
      log: silentLogger,
    });
    const guest = new Guest(view);
    this.guests.push(guest);
    const isIn = (): boolean => view.me !== undefined && view.state !== undefined;
    await guest.until(`${name} is admitted`, () => isIn() || view.truth.kind === 'over');
    if (view.truth.kind === 'over') throw view.truth.error;
    return guest;
  }

  /** Joins the machine room as its owner. */
  async machine(): Promise<MachineView> {
    const guest = await this.join((await this.file()).link);
    return new MachineView(this, guest.view);
  }

  async close(): Promise<void> {
    await Promise.all(this.guests.map((guest) => guest.close().catch(() => undefined)));
    await this.stop().catch(() => undefined);
    await endProcessesWith(MARKER, this.id);
    await this.model.close();
  }
}

/** The machine room as a test uses it. */
export class MachineView {
  readonly view: Attachment;
  private readonly rig: HostRig;

  constructor(rig: HostRig, view: Attachment) {
    this.rig = rig;
    this.view = view;
  }

  get state(): MachineState {
    const { state } = this.view;
    if (state?.kind !== 'machine') throw new Error('no machine state yet');
    return state;
  }

  request<K extends MachineCommandKind>(kind: K, args: CommandArgs<K>): Promise<Json | undefined> {
    return this.view.request(kind, args);
  }

  row(session: string): DirectoryRow | undefined {
    return this.state.sessions.find((row) => row.session.id === session);
  }

  async rowWhen(what: string, isIt: (row: DirectoryRow) => boolean): Promise<DirectoryRow> {
    let found: DirectoryRow | undefined;
    const look = (): boolean => {
      found = this.view.state === undefined ? undefined : this.state.sessions.find(isIt);
      return found !== undefined;
    };
    await waitUntil(what, look).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${JSON.stringify(this.view.state)}`);
    });
    if (found === undefined) throw new Error('invariant');
    return found;
  }

  /** Starts a session and joins its room as the owner. */
  async startSession(
    args: Partial<CommandArgs<'start'>> = {},
  ): Promise<Guest & { readonly session: string }> {
    const result = await this.request('start', { cwd: this.rig.project, ...args });
    const session = idOf(result);
    return this.joinSession(session);
  }

  async joinSession(session: string): Promise<Guest & { readonly session: string }> {
    const row = await this.rowWhen(
      'the row has a link',
      (one) => one.session.id === session && one.link !== undefined,
    );
    const guest = await this.rig.join(row.link ?? '');
    // Stop sharing begins a new epoch: the owner's devices learn its secret here.
    this.view.onDidChange(() => {
      guest.view.addEpochs(this.row(session)?.epochs ?? []);
    });
    return Object.assign(guest, { session });
  }
}

/** Session id of a result. */
export function idOf(result: Json | undefined): string {
  const text = JSON.stringify(result);
  const id = /"session":"([a-z2-7]{26})"/.exec(text ?? '')?.[1];
  if (id === undefined) throw new Error(`no session in ${text}`);
  return id;
}
