// All sessions of this computer: ours, open or ended, and those found running elsewhere.
import { statSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { newId } from '../base/ids.ts';
import { errorText, type Logger, prefixLogger } from '../base/log.ts';
import type { Agent, FoundSession } from '../protocol/agent.ts';
import type { DirectoryRow } from '../protocol/state.ts';
import type { Author } from '../protocol/transcript.ts';
import { foundId } from './directory.ts';
import { isPrivate, listRows, storedOfFound } from './directoryRows.ts';
import { filterEnvironment, storableEnvironment } from './environment.ts';
import { folderMissing, sessionBusy, sessionNotFound } from './errors.ts';
import { FoundList, isRunning } from './foundList.ts';
import { HostedSession } from './hostedSession.ts';
import type { Journal } from './journal.ts';
import { ObservedSession } from './observedSession.ts';
import { OpenSession } from './openSession.ts';
import type { Rooms } from './rooms.ts';
import type { StoredSession } from './sessionStore.ts';
import { given } from './sessionSummary.ts';

/** What the registry works with. */
export interface SessionsOptions {
  readonly journal: Journal;
  readonly rooms: Rooms;
  readonly agent: Agent;
  /** The host's own environment, filtered: under what a session was started with. */
  readonly env: Readonly<Record<string, string>>;
  readonly computer: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How a session is started. */
export interface StartOptions {
  readonly cwd: string;
  readonly title?: string | undefined;
  readonly model?: string | undefined;
  readonly mode?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly prompt?: { readonly promptId: string; readonly text: string; readonly author: Author };
}

/** Sessions that were not touched this long are not served again by themselves. */
const DORMANT_MS = 7 * 24 * 3_600_000;
/** Ended sessions that stay open to be read. */
const OPEN_ENDED = 10;

/** The registry. Commands on one session run one after the other. */
export class Sessions {
  private readonly options: SessionsOptions;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly open = new Map<string, OpenSession>();
  private readonly stored = new Map<string, StoredSession>();
  private readonly opening = new Map<string, Promise<OpenSession>>();
  private readonly found: FoundList;

  readonly onDidChange = this.changed.event;

  constructor(options: SessionsOptions) {
    this.options = options;
    for (const session of options.journal.sessions.sessions()) this.stored.set(session.id, session);
    this.found = this.disposables.add(new FoundList(options));
    this.disposables.add(this.found.onDidChange(() => void this.follow()));
  }

  /** Serves again what was open when the last host ended, and finds old agent processes first. */
  async restore(): Promise<void> {
    await this.found.look();
    const { journal, clock, log } = this.options;
    const children = new Map(journal.sessions.children().map((child) => [child.session, child]));
    for (const stored of this.stored.values()) {
      const child = children.get(stored.id);
      const isOld = clock.now() - stored.lastActivityAt > DORMANT_MS;
      const isDormant = !stored.ended && stored.archived !== true && !isOld;
      if (child === undefined && !isDormant) continue;
      if (stored.source === 'observed' && stored.sharing === undefined) continue;
      try {
        const session = await this.serve(stored);
        if (stored.source === 'observed')
          await this.observe(session, this.found.byKey(stored.foundKey ?? ''));
        else this.host(session).recover(child);
      } catch (error) {
        log.error('session not served', { session: stored.id, error: errorText(error) });
      }
    }
    for (const stored of this.stored.values()) {
      const isOver = !stored.ended && !this.open.has(stored.id);
      if (isOver) this.save({ ...stored, ended: true });
    }
  }

  /** Open sessions. */
  get all(): readonly OpenSession[] {
    return [...this.open.values()];
  }

  /** An open session; throws AppError 'session-not-found'. */
  get(id: string): OpenSession {
    const session = this.open.get(id);
    if (session === undefined) throw sessionNotFound(id);
    return session;
  }

  /** Every row of the directory, in order. */
  rows(): readonly DirectoryRow[] {
    return listRows({
      open: this.all,
      stored: [...this.stored.values()],
      found: this.found.all,
      computer: this.options.computer,
      agentName: this.options.agent.name,
    });
  }

  /** Starts a session. Throws AppError agent-* or 'invalid-input'; then nothing is left of it. */
  async start(start: StartOptions): Promise<OpenSession> {
    const { rooms, clock } = this.options;
    if (!isFolder(start.cwd)) throw folderMissing(start.cwd);
    const env = start.env && filterEnvironment(start.env);
    const stored: StoredSession = {
      id: newId(),
      room: await rooms.create('session'),
      source: 'hosted',
      cwd: start.cwd,
      title: start.title?.trim().slice(0, 200) ?? '',
      startedAt: clock.now(),
      lastActivityAt: clock.now(),
      ended: false,
      ...given({ model: start.model, mode: start.mode, env: env && storableEnvironment(env) }),
    };
    this.save(stored);
    const session = await this.serve(stored);
    const { prompt } = start;
    if (prompt !== undefined) session.recorder.prompts.accept({ ...prompt, at: clock.now() });
    try {
      await this.host(session, env).start();
    } catch (error) {
      await this.forget(session);
      throw error;
    }
    this.changed.fire();
    return session;
  }

  /** Opens a found session live and read-only, or an ended one of ours to be read. */
  async openFound(key: string): Promise<OpenSession> {
    const ours = this.stored.get(key);
    const found = ours === undefined ? this.found.byKey(key) : this.runningOf(ours);
    const stored = ours ?? (found && this.storedOf(found));
    const id = stored?.id ?? foundId(found?.key ?? key);
    const opened = this.open.get(id);
    if (opened !== undefined) return opened;
    const running = this.opening.get(id) ?? this.openClosed(key, stored, found);
    this.opening.set(id, running);
    return running.finally(() => this.opening.delete(id));
  }

  /** Goes on with an ended conversation here. Throws 'session-busy' while somebody else has it open. */
  async continue(
    name: { session?: string | undefined; foundKey?: string | undefined },
    env?: Readonly<Record<string, string>>,
  ): Promise<OpenSession> {
    const key = name.session ?? name.foundKey ?? '';
    await this.found.look();
    const conversation = this.stored.get(key)?.agentSessionId;
    const found = this.found.byKey(key) ?? this.found.running(conversation);
    if (found !== undefined && isRunning(found)) throw sessionBusy('a terminal');
    const session = this.open.get(key) ?? (await this.openFound(key));
    const { recorder } = session;
    if (session.driver instanceof HostedSession && !recorder.stored.ended) return session;
    const before = { ...recorder.stored };
    await session.driver?.close();
    session.drive(undefined);
    const filtered = env && filterEnvironment(env);
    recorder.update({
      source: 'hosted',
      ended: false,
      archived: false,
      ...given({ env: filtered && storableEnvironment(filtered) }),
    });
    try {
      await this.host(session, filtered).start();
    } catch (error) {
      session.drive(undefined);
      recorder.update({ source: before.source, ended: true });
      recorder.setStatus('ended');
      throw error;
    }
    return session;
  }

  /** Ends a session's agent; what was said stays readable. */
  async end(id: string): Promise<void> {
    const session = this.get(id);
    await session.driver?.end();
    session.drive(undefined);
    session.recorder.update({ ended: true });
    session.recorder.setStatus('ended');
    await this.closeOldest();
  }

  archive(id: string, archived: boolean): void {
    const session = this.open.get(id);
    if (session !== undefined) {
      session.recorder.update({ archived });
      return;
    }
    const stored = this.stored.get(id);
    if (stored === undefined) throw sessionNotFound(id);
    this.save({ ...stored, archived });
  }

  /** Lets every session go: agents end cleanly, nothing is marked as ended. */
  async closeAll(force = false): Promise<void> {
    this.disposables.dispose();
    await Promise.all(this.all.map((session) => session.close(force)));
    this.open.clear();
  }

  private async openClosed(
    key: string,
    known: StoredSession | undefined,
    found: FoundSession | undefined,
  ): Promise<OpenSession> {
    const stored = known ?? (found && (await this.storeFound(found)));
    if (stored === undefined) throw sessionNotFound(key);
    const session = await this.serve(stored);
    if (found !== undefined && (isRunning(found) || stored.source === 'observed')) {
      await this.observe(session, found);
    }
    this.changed.fire();
    return session;
  }

  /** Our session of a found one: the one that watched it before, or that had the same conversation. */
  private storedOf(found: FoundSession): StoredSession | undefined {
    return (
      this.stored.get(foundId(found.key)) ??
      [...this.stored.values()].findLast(
        (one) => one.agentSessionId === found.agentSessionId && isPrivate(one),
      )
    );
  }

  /** The terminal that has taken up an ended session of ours. */
  private runningOf(stored: StoredSession): FoundSession | undefined {
    return isPrivate(stored) ? this.found.running(stored.agentSessionId) : undefined;
  }

  private async storeFound(found: FoundSession): Promise<StoredSession> {
    const { rooms, clock } = this.options;
    const stored = storedOfFound(found, await rooms.create('session'), clock.now());
    this.save(stored);
    return stored;
  }

  private async serve(stored: StoredSession): Promise<OpenSession> {
    const { journal, rooms, clock, computer, agent, log } = this.options;
    const session = await OpenSession.open({
      stored,
      journal,
      rooms,
      clock,
      computer,
      agentName: agent.name,
      log: prefixLogger(log, `session ${stored.id.slice(0, 6)}`),
    });
    this.open.set(stored.id, session);
    session.recorder.onDidChange(() => {
      this.stored.set(stored.id, session.recorder.stored);
      this.changed.fire();
    });
    session.room.onDidChange(() => this.changed.fire());
    return session;
  }

  private host(session: OpenSession, env?: Readonly<Record<string, string>>): HostedSession {
    const { journal, agent, clock, log } = this.options;
    const { recorder, store } = session;
    const driver = new HostedSession({
      recorder,
      store,
      sessions: journal.sessions,
      agent,
      env: { ...this.options.env, ...recorder.stored.env, ...env },
      clock,
      log: prefixLogger(log, `session ${session.id.slice(0, 6)}`),
      hasControllers: () => session.hasControllers,
    });
    session.drive(driver);
    return driver;
  }

  private async observe(session: OpenSession, found: FoundSession | undefined): Promise<void> {
    const { recorder } = session;
    if (found === undefined) {
      recorder.update({ ended: true });
      recorder.setStatus('ended');
      return;
    }
    recorder.update({ source: 'observed', foundKey: found.key, ended: false });
    session.drive(await ObservedSession.open(session, this.options.agent.observe(found)));
  }

  /** An open session that ended and was taken up in a terminal is live again, in the same room. */
  private async follow(): Promise<void> {
    for (const session of this.all) {
      const { recorder } = session;
      const found = recorder.status === 'ended' ? this.runningOf(recorder.stored) : undefined;
      if (found === undefined || this.opening.has(session.id)) continue;
      const following = this.takeUp(session, found);
      this.opening.set(session.id, following);
      await following.finally(() => this.opening.delete(session.id)).catch(() => undefined);
    }
    this.changed.fire();
  }

  private async takeUp(session: OpenSession, found: FoundSession): Promise<OpenSession> {
    try {
      await session.driver?.close();
      await this.observe(session, found);
    } catch (error) {
      const { log } = this.options;
      log.warn('session not followed', { session: session.id, error: errorText(error) });
    }
    return session;
  }

  private save(stored: StoredSession): void {
    this.stored.set(stored.id, stored);
    this.options.journal.sessions.saveSession(stored);
    this.changed.fire();
  }

  private async forget(session: OpenSession): Promise<void> {
    this.open.delete(session.id);
    await session.close();
    this.stored.delete(session.id);
    this.options.journal.sessions.deleteSession(session.id);
    this.changed.fire();
  }

  /** Ended sessions that nobody looks at are closed, the oldest first. */
  private async closeOldest(): Promise<void> {
    const ended = this.all
      .filter(({ recorder, room }) => recorder.status === 'ended' && room.windowCount === 0)
      .sort((a, b) => a.recorder.stored.lastActivityAt - b.recorder.stored.lastActivityAt);
    for (const session of ended.slice(0, Math.max(0, ended.length - OPEN_ENDED))) {
      this.open.delete(session.id);
      await session.close();
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
