// What the owner does with the list itself: puts sessions away, on top, and out of it. Nothing of the agent's is touched.
import type { FoundSession } from '../../protocol/agent.ts';
import { sessionNotFound, unlistRunning, unlistShared } from '../errors.ts';
import type { StoredSession } from '../journal/sessionTables.ts';
import { isPrivate } from './directoryRows.ts';
import { isRunning } from './foundList.ts';
import type { OpenSessions } from './openSessions.ts';
import type { Target } from './sessionKeys.ts';

/** What changes to the list work with. */
export interface ListChangesOptions {
  readonly open: OpenSessions;
  /** Runs work alone on the session that a key stands for. */
  readonly alone: <T>(key: string, work: (target: Target) => Promise<T>) => Promise<T>;
  /** Keeps a found session in the journal. */
  readonly store: (found: FoundSession) => Promise<StoredSession>;
  /** Whether an agent of ours may still run for it. */
  readonly hasChild: (id: string) => boolean;
}

/** Changes the list; whatever is done to a session waits for what came before. */
export class ListChanges {
  private readonly options: ListChangesOptions;

  constructor(options: ListChangesOptions) {
    this.options = options;
  }

  /** Puts a session away, or takes it out again. Throws AppError 'session-not-found'. */
  async archive(id: string, archived: boolean): Promise<void> {
    await this.options.alone(id, async ({ stored }) => {
      if (stored === undefined) throw sessionNotFound(id);
      this.change(stored, { archived });
    });
  }

  /** [H5] Puts a session above all others, or back. Throws AppError 'session-not-found'. */
  async pin(key: string, pinned: boolean): Promise<void> {
    await this.options.alone(key, async (target) => {
      const known = await this.known(key, target);
      this.change(known, { pinned: pinned ? true : undefined });
    });
  }

  /**
   * [H6] Takes a session out of the list, or back into it: its conversation, what was recorded of it
   * and its room stay. Throws AppError 'session-busy' while it runs or is shared, or 'session-not-found'.
   */
  async unlist(key: string, unlisted: boolean): Promise<void> {
    const { open, alone, hasChild } = this.options;
    await alone(key, async (target) => {
      if (!unlisted && target.stored === undefined) throw sessionNotFound(key);
      const { found } = target;
      if (unlisted && found !== undefined && isRunning(found)) throw unlistRunning();
      const { id } = await this.known(key, target);
      if (unlisted) {
        const session = open.find(id);
        const runs = session !== undefined && session.recorder.status !== 'ended';
        if (runs || hasChild(id)) throw unlistRunning();
        const shared = open.stored.get(id);
        if (shared !== undefined && !isPrivate(shared)) throw unlistShared();
        await open.close(id);
      }
      const stored = open.stored.get(id);
      if (stored !== undefined) this.change(stored, { unlisted: unlisted ? true : undefined });
    });
  }

  private async known(key: string, { stored, found }: Target): Promise<StoredSession> {
    const known = stored ?? (found && (await this.options.store(found)));
    if (known === undefined) throw sessionNotFound(key);
    return known;
  }

  private change({ id }: StoredSession, changes: Partial<StoredSession>): void {
    const { open } = this.options;
    const session = open.find(id);
    const stored = open.stored.get(id);
    if (session !== undefined) session.recorder.update(changes);
    else if (stored !== undefined) open.save({ ...stored, ...changes });
  }
}
