// The sessions that this host knows and those that it serves now: kept in the journal, opened, closed, forgotten.
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { prefixLogger } from '../../base/log.ts';
import { isPrivate } from './directoryRows.ts';
import { sessionNotFound } from '../errors.ts';
import type { StoredSession, UnreadableSession } from '../journal/sessionTables.ts';
import type { Closing } from '../session/sessionDriver.ts';
import { OpenSession, type OpenSessionOptions } from '../session/openSession.ts';

/** What they work with. */
export type OpenSessionsOptions = Omit<OpenSessionOptions, 'stored'>;

/** Ended sessions that stay open to be read. */
const OPEN_ENDED = 10;

/** Everything here is of one moment: who moves a session runs alone on it, see Sessions. */
export class OpenSessions {
  private readonly options: OpenSessionsOptions;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  /** The one that was opened or ended last comes last. */
  private readonly open = new Map<string, OpenSession>();
  private readonly known = new Map<string, StoredSession>();

  readonly onDidChange = this.changed.event;

  /** Reads what the journal knows; a session that cannot be read is left out, and left as it is. */
  constructor(options: OpenSessionsOptions) {
    this.options = options;
    const { journal, log } = options;
    const onUnreadable = (session: string, { room, isRotten }: UnreadableSession): void => {
      log.error('a session of the journal cannot be read', { session });
      if (isRotten) journal.noteSuspect(room);
    };
    for (const session of journal.sessions.sessions(onUnreadable)) {
      this.known.set(session.id, session);
    }
  }

  /** All sessions of the journal, by id. */
  get stored(): ReadonlyMap<string, StoredSession> {
    return this.known;
  }

  /** Open sessions; the one that was opened or ended last comes last. */
  get all(): readonly OpenSession[] {
    return [...this.open.values()];
  }

  /** An open session. */
  find(id: string): OpenSession | undefined {
    return this.open.get(id);
  }

  /** The same; throws AppError 'session-not-found'. */
  get(id: string): OpenSession {
    const session = this.open.get(id);
    if (session === undefined) throw sessionNotFound(id);
    return session;
  }

  /** Writes down what is known of a session. */
  save(stored: StoredSession): void {
    this.known.set(stored.id, stored);
    this.options.journal.sessions.saveSession(stored);
    this.changed.fire();
  }

  /** Serves a session's room; nothing drives it yet. Rejects if its prompts cannot be read. */
  async serve(stored: StoredSession): Promise<OpenSession> {
    const session = await OpenSession.open({
      ...this.options,
      stored,
      log: prefixLogger(this.options.log, `session ${stored.id.slice(0, 6)}`),
    });
    this.open.set(stored.id, session);
    session.recorder.onDidChange(() => {
      this.known.set(stored.id, session.recorder.stored);
      this.changed.fire();
    });
    session.room.onDidChange(() => this.changed.fire());
    return session;
  }

  /** Says that a session was opened or ended just now. */
  touch(session: OpenSession): void {
    this.open.delete(session.id);
    this.open.set(session.id, session);
  }

  /** Closes a session and takes it out of the journal. */
  async forget(id: string): Promise<void> {
    const session = this.open.get(id);
    this.open.delete(id);
    await session?.close();
    this.known.delete(id);
    this.options.journal.sessions.deleteSession(id);
    this.changed.fire();
  }

  /** Ended sessions that nobody looks at, the oldest first, but for the newest ten. */
  tooMany(): readonly OpenSession[] {
    const unseen = this.all.filter(isUnseen);
    return unseen.slice(0, Math.max(0, unseen.length - OPEN_ENDED));
  }

  /** Closes a session; the journal keeps it. */
  async close(id: string): Promise<void> {
    const session = this.open.get(id);
    if (session === undefined) return;
    this.open.delete(id);
    await session.close();
    this.changed.fire();
  }

  /** Closes a session, unless somebody looks at it by now. */
  async closeUnseen(id: string): Promise<void> {
    const session = this.open.get(id);
    if (session !== undefined && isUnseen(session)) await this.close(id);
  }

  /** Closes all of them. */
  async closeAll(how: Closing): Promise<void> {
    await Promise.all(this.all.map((session) => session.close(how)));
    this.open.clear();
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

/** Guests of a shared one may come at any time. */
function isUnseen({ recorder, room }: OpenSession): boolean {
  return recorder.status === 'ended' && room.windowCount === 0 && isPrivate(recorder.stored);
}
