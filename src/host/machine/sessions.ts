// All sessions of this computer: ours, open or ended, and those found running elsewhere.
import { say } from '../../base/say.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { isAppError } from '../../base/errors.ts';
import { errorText } from '../../base/log.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import type { FoundSession } from '../../protocol/agent.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { DirectoryRow } from '../../protocol/state.ts';
import { isPrivate, listRows, storedOfFound } from './directoryRows.ts';
import { type DriverOptions, driveHosted, driveObserved, isOurs } from '../drive/drivers.ts';
import { filterEnvironment, storableEnvironment } from '../find/filterEnvironment.ts';
import {
  endInTerminal,
  folderMissing,
  forkAtWork,
  hostStopping,
  sessionBusy,
  sessionNotFound,
  wouldBreak,
} from '../errors.ts';
import { isFolder } from '../../node/files.ts';
import { forkConversation } from './forkConversation.ts';
import { FoundList, isRunning } from './foundList.ts';
import { ListChanges } from './listChanges.ts';
import type { HostedSession } from '../drive/hostedSession.ts';
import type { Closing } from '../session/sessionDriver.ts';
import { OpenSessions } from './openSessions.ts';
import type { OpenSession } from '../session/openSession.ts';
import type { ServedRooms } from '../serve/servedRooms.ts';
import { SessionKeys, type Target } from './sessionKeys.ts';
import type { StoredChild, StoredSession } from '../journal/sessionTables.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { type StartOptions, storedOfStart } from './startOptions.ts';
import { WorkQueue } from './workQueue.ts';

/** What the registry works with. */
export interface SessionsOptions extends DriverOptions {
  readonly rooms: ServedRooms;
  readonly computer: string;
}

/** Sessions that were not touched this long are not served again by themselves. */
const DORMANT_MS = 7 * 24 * 3_600_000;

/**
 * The registry. Whatever opens, moves or closes a session runs alone on that session, in the order
 * of its coming; different sessions do not wait for each other.
 */
export class Sessions {
  private readonly options: SessionsOptions;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly open: OpenSessions;
  private readonly queue = new WorkQueue();
  private readonly found: FoundList;
  private readonly keys: SessionKeys;
  /** What its owner does with the list itself. */
  readonly list: ListChanges;

  readonly onDidChange = this.changed.event;

  constructor(options: SessionsOptions) {
    this.options = options;
    this.open = this.disposables.add(new OpenSessions(options));
    this.disposables.add(this.open.onDidChange(() => this.changed.fire()));
    this.found = this.disposables.add(new FoundList(options));
    this.keys = new SessionKeys(this.open.stored, this.found);
    this.disposables.add(this.found.onDidChange(() => this.follow()));
    this.list = new ListChanges({
      open: this.open,
      alone: (key, work) => this.alone(key, work),
      store: (found) => this.storeFound(found),
      hasChild: (id) => this.children().has(id),
    });
  }

  /** Serves again what was open when the last host ended, and finds old agent processes first. */
  async restore(): Promise<void> {
    await this.found.look();
    const { clock, log } = this.options;
    const children = this.children();
    /** The next start repairs those, and serves them then. */
    const damaged = new Set<string>();
    for (const stored of [...this.open.stored.values()]) {
      const child = children.get(stored.id);
      const isOld = clock.now() - stored.lastActivityAt > DORMANT_MS;
      const isWanted = isOurs(stored) && !stored.ended && stored.archived !== true;
      // Guests of a shared one come back to it, also to one that has ended.
      const isToServe = (isWanted || !isPrivate(stored)) && !isOld;
      if (child === undefined && !isToServe) continue;
      await this.alone(stored.id, () => this.serveAgain(stored, child)).catch((error: unknown) => {
        log.error('session not served', { session: stored.id, error: errorText(error) });
        if (isAppError(error, 'journal-damaged')) damaged.add(stored.id);
      });
    }
    for (const stored of this.open.stored.values()) {
      const isOver = !stored.ended && this.open.find(stored.id) === undefined;
      if (isOver && !damaged.has(stored.id)) this.open.save({ ...stored, ended: true });
    }
  }

  /** Open sessions. */
  /** Rules of the agent that sessions are started with. */
  get rules(): AgentRules {
    return this.options.agent.rules;
  }

  get all(): readonly OpenSession[] {
    return this.open.all;
  }

  /** An open session; throws AppError 'session-not-found'. */
  get(id: string): OpenSession {
    return this.open.get(id);
  }

  /** Every row of the directory, in order. */
  rows(): readonly DirectoryRow[] {
    return listRows({
      open: this.all,
      stored: [...this.open.stored.values()],
      found: this.found.all,
      computer: this.options.computer,
      agent: this.options.agent,
    });
  }

  /** Starts a session. Throws AppError agent-* or 'invalid-input'; then nothing is left of it. */
  async start(start: StartOptions): Promise<OpenSession> {
    const { rooms, clock } = this.options;
    if (!isFolder(start.cwd)) throw folderMissing(start.cwd);
    const env = start.env && filterEnvironment(start.env);
    const room = await rooms.create('session');
    const stored = storedOfStart({ ...start, env }, room, clock.now());
    // Nobody else knows its id yet.
    return this.queue.run(stored.id, async () => {
      try {
        this.refuseIfClosing();
        this.open.save(stored);
        const session = await this.open.serve(stored);
        const { prompt } = start;
        if (prompt !== undefined) session.recorder.prompts.accept({ ...prompt, at: clock.now() });
        await this.host(session, env).start();
        this.changed.fire();
        return session;
      } catch (error) {
        await this.open.forget(stored.id);
        throw error;
      }
    });
  }

  /** Opens a found session live and read-only, or an ended one of ours to be read. */
  async openFound(key: string): Promise<OpenSession> {
    return this.alone(key, (target) => this.openNow(key, target));
  }

  /** Goes on with an ended conversation here. Throws 'session-busy' while somebody else has it open. */
  async continue(
    name: { session?: string | undefined; foundKey?: string | undefined },
    env?: Readonly<Record<string, string>>,
  ): Promise<OpenSession> {
    const key = name.session ?? name.foundKey ?? '';
    await this.found.look();
    return this.alone(key, async (target) => {
      const found = target.found ?? this.found.running(target.stored?.agentSessionId);
      if (found !== undefined && isRunning(found)) throw sessionBusy(say`a terminal`);
      const session = await this.openNow(key, target);
      const goesOn =
        session.driver?.can.includes('prompt') === true && !session.recorder.stored.ended;
      if (!goesOn) await this.goOn(session, env && filterEnvironment(env));
      return session;
    });
  }

  /** Ends a session's agent; what was said stays readable. An agent that is being started is given up. */
  async end(id: string, options: { by?: Author; force?: boolean } = {}): Promise<void> {
    const { tasks = [] } = this.get(id).recorder.stored;
    if (tasks.length > 0 && options.force !== true) throw wouldBreak(tasks);
    this.get(id).driver?.giveUpStart?.();
    await this.alone(id, async () => {
      const session = this.open.find(id);
      // Giving up its first start has left nothing of it.
      if (session === undefined) return;
      const { recorder } = session;
      if (session.driver?.can.includes('end') === false && recorder.status !== 'ended') {
        throw endInTerminal();
      }
      await session.driver?.end(options.by);
      session.rest();
      recorder.update({ ended: true });
      recorder.setStatus('ended');
      this.open.touch(session);
    });
    this.closeOldest();
  }

  /** [H7] Starts a session that goes on with a copy of a conversation. Throws AppError 'session-busy' while that one is at work, 'invalid-input', or as `start` does. */
  async fork(key: string, env?: Readonly<Record<string, string>>): Promise<OpenSession> {
    const { agent, env: own, clock } = this.options;
    await this.found.look();
    const copy = await this.alone(key, async ({ stored, found }) => {
      const known = stored ?? (found && storedOfFound(found, '', clock.now()));
      if (known === undefined) throw sessionNotFound(key);
      const status = this.open.find(known.id)?.recorder.status ?? found?.status ?? 'ended';
      if (status !== 'idle' && status !== 'ended') throw forkAtWork();
      return forkConversation(known, { agent, env: own });
    });
    return this.start({ ...copy, env: { ...copy.env, ...env } });
  }

  /** Lets every session go: agents end cleanly, nothing is marked as ended. `now`: agents are killed, also by a second call. */
  async closeAll(how: Closing = {}): Promise<void> {
    this.disposables.dispose();
    // Whatever is being started is given up; what was given before settles, nothing new begins.
    await Promise.all(this.all.map(async ({ driver }) => driver?.close(how)));
    await this.queue.settled();
    await this.open.closeAll(how);
  }

  /** Runs work alone on the session that a key stands for. Which one that is may change while it waits. */
  private async alone<T>(key: string, work: (target: Target) => Promise<T>): Promise<T> {
    for (;;) {
      const { id } = this.keys.targetOf(key);
      const done = await this.queue.run(id, async () => {
        this.refuseIfClosing();
        const target = this.keys.targetOf(key);
        return target.id === id ? { value: await work(target) } : undefined;
      });
      if (done !== undefined) return done.value;
    }
  }

  private async openNow(key: string, { id, stored, found }: Target): Promise<OpenSession> {
    const opened = this.open.find(id);
    if (opened !== undefined) {
      this.open.touch(opened);
      return opened;
    }
    const known = stored ?? (found && (await this.storeFound(found)));
    if (known === undefined) throw sessionNotFound(key);
    // Who opens it wants to see it.
    const session = await this.open.serve({ ...known, unlisted: undefined });
    if (found !== undefined && (isRunning(found) || !isOurs(known))) {
      await driveObserved(session, this.options, found);
    } else {
      session.rest();
    }
    this.changed.fire();
    this.closeOldest();
    return session;
  }

  private async storeFound(found: FoundSession): Promise<StoredSession> {
    const { rooms, clock } = this.options;
    const stored = storedOfFound(found, await rooms.create('session'), clock.now());
    this.open.save(stored);
    return stored;
  }

  /** Hands an ended session to an agent of ours. */
  private async goOn(session: OpenSession, env: Readonly<Record<string, string>> | undefined) {
    const { recorder } = session;
    const { source, archived } = recorder.stored;
    await session.driver?.close();
    session.holdOpen();
    recorder.update({
      source: 'hosted',
      ended: false,
      ...{ archived: false, unlisted: undefined },
      ...omitUndefined({ env: env && storableEnvironment(env) }),
    });
    try {
      const driver = this.host(session, env);
      // An earlier host could not serve it again: its agent may live.
      const left = this.children().get(session.id);
      if (left !== undefined) driver.recover(left);
      await driver.start();
    } catch (error) {
      // [M1] It is open all the same: its owner can choose another folder.
      if (isAppError(error, 'agent-folder-gone')) return;
      session.rest();
      recorder.update({ source, archived, ended: true });
      recorder.setStatus('ended');
      throw error;
    }
  }

  private async serveAgain(stored: StoredSession, child: StoredChild | undefined): Promise<void> {
    const session = await this.open.serve(stored);
    if (child === undefined && stored.ended) return session.rest();
    if (child !== undefined || isOurs(stored)) this.host(session).recover(child);
    else await driveObserved(session, this.options, this.found.byKey(stored.foundKey ?? ''));
  }

  private host(session: OpenSession, env?: Readonly<Record<string, string>>): HostedSession {
    this.refuseIfClosing();
    return driveHosted(session, this.options, env);
  }

  private refuseIfClosing(): void {
    if (this.disposables.isDisposed) throw hostStopping();
  }

  /** Agent processes that were not seen to end, by session. */
  private children(): ReadonlyMap<string, StoredChild> {
    const { sessions } = this.options.journal;
    return new Map(sessions.children().map((child) => [child.session, child]));
  }

  /** Open sessions that ended and were taken up in a terminal are live again, in the same room. */
  private follow(): void {
    for (const session of this.all) {
      if (this.takerOf(session) === undefined) continue;
      const { id } = session;
      this.alone(id, () => this.takeUp(id)).catch((error: unknown) => {
        this.options.log.warn('session not followed', { session: id, error: errorText(error) });
      });
    }
    this.changed.fire();
  }

  private async takeUp(id: string): Promise<void> {
    const session = this.open.find(id);
    const found = session && this.takerOf(session);
    if (session === undefined || found === undefined) return;
    await session.driver?.close();
    session.holdOpen();
    await driveObserved(session, this.options, found);
  }

  private takerOf({ recorder }: OpenSession): FoundSession | undefined {
    return recorder.status === 'ended' ? this.keys.takerOf(recorder.stored) : undefined;
  }

  /** Closes ended sessions that nobody looks at, the oldest first. Nobody waits for it: each is closed in its turn. */
  private closeOldest(): void {
    for (const { id } of this.open.tooMany()) {
      this.alone(id, () => this.open.closeUnseen(id)).catch((error: unknown) => {
        this.options.log.warn('session not closed', { session: id, error: errorText(error) });
      });
    }
  }
}
