// This computer's session host as a window sees it: found, joined, kept across restarts, never started unasked.
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type { CommandArgs, MachineCommandKind } from '../../protocol/commandTable.ts';
import type { Json } from '../../protocol/json.ts';
import type { DirectoryRow, MachineState } from '../../protocol/state.ts';
import type { RoomView, Truth } from '../../session/view.ts';
import type { FoundHost, HostFinder } from './hostFinder.ts';
import { asAppError, hostNotUnderstood, hostSilent, noHostHere } from '../errors.ts';
import { type AppError, isAppError } from '../../base/errors.ts';
import { waitForChange } from '../waitForChange.ts';
import type { JoinTarget, RoomTarget } from './joinTarget.ts';
import { roomOfLink } from './movedLink.ts';
import type { LinkSource } from './linkSource.ts';
import { fetchSessions } from './machineAnswers.ts';
import { machineState } from './sessionFacts.ts';
import type { SessionRef } from './sessionRef.ts';
import { SharedRoom } from './sharedRoom.ts';

/** How often the host's file is looked at: a host may be started by a terminal, or restart. */
const LOOK_MS = 2_000;
/** A host that runs is joined within this time. */
const JOIN_MS = 30_000;
/** A host that crashed or made room is started again by itself this often, then only when somebody asks. */
const MAX_RESTARTS = 3;

/** What is known of this computer. */
export type MachineStatus = 'absent' | 'looking' | 'stopped' | 'connecting' | 'connected' | 'lost';

/** The machine room of this computer. */
export class ComputerLink implements LinkSource {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly host: HostFinder | undefined;
  private readonly log: Logger;
  private readonly room: SharedRoom;
  private readonly claudePath: () => string;
  private readonly clock: Clock;
  private hasLooked = false;
  private isLooking = false;
  private isHostGone = true;
  private fetched: readonly DirectoryRow[] = [];
  private restarts = 0;
  private failure: AppError | undefined;

  readonly onDidChange: Event<void> = this.changed.event;

  constructor(options: {
    readonly host: HostFinder | undefined;
    readonly join: JoinTarget;
    readonly claudePath: () => string;
    readonly clock: Clock;
    readonly random: () => number;
    readonly log: Logger;
  }) {
    this.host = options.host;
    this.log = options.log;
    this.claudePath = options.claudePath;
    this.clock = options.clock;
    this.room = new SharedRoom({
      ref: { kind: 'own', session: '' },
      join: options.join,
      clock: options.clock,
      random: options.random,
      log: options.log,
    });
    this.disposables.add(
      this.room.onDidChange((parts) => {
        const isNews = parts.has('state') || parts.has('truth') || parts.has('alarms');
        if (isNews) this.changed.fire();
      }),
    );
    if (this.host) this.disposables.add(options.clock.every(LOOK_MS, () => void this.look()));
  }

  get canHost(): boolean {
    return this.host !== undefined;
  }

  get status(): MachineStatus {
    if (!this.host) return 'absent';
    if (!this.hasLooked) return 'looking';
    const { view } = this.room;
    if (this.isHostGone) return view?.state ? 'lost' : 'stopped';
    return view?.state ? 'connected' : 'connecting';
  }

  /** The directory as last seen; undefined before the first time. */
  get state(): MachineState | undefined {
    return this.room.view && machineState(this.room.view);
  }

  /** Sessions of this computer as last seen; what did not fit the directory comes behind, once asked for. */
  get rows(): readonly DirectoryRow[] {
    const rows = this.state?.sessions ?? [];
    if (this.fetched.length === 0) return rows;
    const known = new Set(rows.map(({ session }) => session.id));
    return [...rows, ...this.fetched.filter(({ session }) => !known.has(session.id))];
  }

  /** How true the rows are. */
  get connection(): Truth['kind'] {
    return this.isHostGone ? 'host-offline' : (this.room.view?.truth.kind ?? 'connecting');
  }

  /** The rows as far as they are true now: of nothing that was last seen some time ago it is known that it works or waits. */
  get liveRows(): readonly DirectoryRow[] {
    return this.connection === 'live' ? this.rows : [];
  }

  /** How many sessions are not among the rows yet. */
  get moreRows(): number {
    const { state } = this;
    return state ? Math.max(0, state.sessions.length + (state.more ?? 0) - this.rows.length) : 0;
  }

  /** Fetches the next page of the directory. Throws AppError if the host does not answer. */
  async fetchMore(): Promise<void> {
    const { sessions } = await fetchSessions(
      (kind, args) => this.request(kind, args),
      this.rows.length,
    );
    this.fetched = [...this.fetched, ...sessions];
    this.changed.fire();
  }

  /** Why the host could not be started, if the last try failed, or why what it says is not understood. */
  get error(): AppError | undefined {
    return this.failure ?? this.mismatch;
  }

  /** The host that runs is of another version, and this window cannot read its list. */
  get mismatch(): AppError | undefined {
    const { view } = this.room;
    if (this.isHostGone) return undefined;
    if (view?.truth.kind === 'over' && isAppError(view.truth.error, 'update')) {
      return view.truth.error;
    }
    const isUnreadable = view?.alarms.some(({ kind }) => kind === 'update') === true;
    return isUnreadable ? hostNotUnderstood() : undefined;
  }

  /** Where the room of a session of this computer is and what opens it, as last told. */
  targetOf(ref: SessionRef): RoomTarget | undefined {
    const row = ref.kind === 'own' ? this.row(ref.session) : undefined;
    return row?.link === undefined ? undefined : { link: row.link, epochs: row.epochs };
  }

  /**
   * Asks for the row of a session that the directory has no room for; starts no host. What comes is told
   * by a change. Rejects with AppError.
   */
  async refresh(ref: SessionRef): Promise<void> {
    const { view } = this.room;
    if (!view?.me || ref.kind === 'joined') return;
    const { session } = ref;
    if (this.state?.sessions.some((row) => row.session.id === session)) return;
    for (let offset = 0; ;) {
      const page = await fetchSessions((kind, args) => view.request(kind, args), offset);
      offset += page.sessions.length;
      const row = page.sessions.find((one) => one.session.id === session);
      if (row) {
        this.fetched = [row, ...this.fetched.filter((one) => one.session.id !== session)];
        this.changed.fire();
      }
      if (row || page.sessions.length === 0 || offset >= page.total) return;
    }
  }

  /** The session of this computer that a room belongs to. */
  sessionOf(room: string): SessionRef | undefined {
    const row = this.rows.find(({ link }) => link !== undefined && roomOfLink(link) === room);
    return row && { kind: 'own', session: row.session.id };
  }

  row(session: string): DirectoryRow | undefined {
    return this.rows.find((row) => row.session.id === session);
  }

  /** Looks for a running host and joins it; starts none. */
  async look(): Promise<void> {
    if (!this.host || this.isLooking) return;
    this.isLooking = true;
    try {
      const found = await this.host.find(this.room.view?.truth.kind !== 'live');
      this.follow(found);
      if (found.kind === 'crashed' || found.kind === 'replaced') await this.restart(found.kind);
    } catch (error) {
      this.log.warn('looking for the background service failed', { error: errorText(error) });
      this.follow({ kind: 'none' });
    } finally {
      this.isLooking = false;
    }
  }

  /** Finds or starts the host and joins it. Throws AppError if there can be none. */
  async ensure(signal: AbortSignal = AbortSignal.timeout(JOIN_MS)): Promise<RoomView> {
    if (!this.host) throw noHostHere();
    try {
      const { log } = this;
      const link = await this.host.ensure({ claudePath: this.claudePath(), signal, log });
      this.failure = undefined;
      this.follow({ kind: 'running', link });
    } catch (error) {
      this.failure = asAppError(error);
      this.changed.fire();
      throw error;
    }
    return this.joined(AbortSignal.any([signal, AbortSignal.timeout(JOIN_MS)]));
  }

  /** Joins the host that runs; undefined if none does. Throws AppError if it does not let us in. */
  async attach(signal: AbortSignal = AbortSignal.timeout(JOIN_MS)): Promise<RoomView | undefined> {
    await this.look();
    if (this.isHostGone) return undefined;
    return this.joined(AbortSignal.any([signal, AbortSignal.timeout(JOIN_MS)]));
  }

  /** Sends a command to the host, starting it if needed, and waits for its result. */
  async request<K extends MachineCommandKind>(
    kind: K,
    args: CommandArgs<K>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Json | undefined> {
    const view = await this.ensure(signal);
    return view.request(kind, args, { signal });
  }

  /** Environment of this window for a session that it starts. */
  sessionEnvironment(): Record<string, string> {
    return { ...this.host?.sessionEnvironment(this.claudePath()) };
  }

  get homeFolder(): string {
    return this.host?.homeFolder ?? '';
  }

  async close(): Promise<void> {
    this.disposables.dispose();
    await this.room.close();
  }

  /** Sessions of a crashed host, or of one that made room, wait for a new one: a window that knew it does not let them wait. */
  private async restart(why: 'crashed' | 'replaced'): Promise<void> {
    if (!this.state || this.restarts >= MAX_RESTARTS) return;
    this.restarts += 1;
    this.log.warn('the background service is started again', { why });
    await this.ensure();
  }

  private follow(found: FoundHost): void {
    const before = this.status;
    this.hasLooked = true;
    this.isHostGone = found.kind !== 'running';
    const { failure } = this;
    if (found.kind === 'running') {
      // Whoever started it: what kept this window from starting it is over.
      this.failure = undefined;
      this.room.setTarget({ link: found.link, remembers: false });
    }
    if (this.status !== before || this.failure !== failure) this.changed.fire();
  }

  /** Waits until this window is in the machine room and its picture is the host's. */
  private joined(signal: AbortSignal): Promise<RoomView> {
    const { room, clock } = this;
    return waitForChange({
      clock,
      signal,
      onAbort: (reason) => (isAppError(reason) ? reason : hostSilent()),
      events: [room.onDidChange],
      look: () => {
        const { view } = room;
        const error = room.error ?? this.mismatch;
        const isTrue = view?.truth.kind === 'live' || view?.truth.kind === 'unconfirmed';
        if (view?.me && isTrue) return view;
        if (error) throw error;
        return undefined;
      },
    });
  }
}
