// Which session a key of the list stands for: one of ours, or one that was found.
import type { FoundSession } from '../../protocol/agent.ts';
import { foundId } from './directory.ts';
import { isPrivate } from './directoryRows.ts';
import type { FoundList } from './foundList.ts';
import type { StoredSession } from '../journal/sessionTables.ts';

/** What a key stands for. */
export interface Target {
  /** Id of the session, also of one that is not stored yet. */
  readonly id: string;
  readonly stored: StoredSession | undefined;
  /** Where it was found; for one of ours only the terminal that has taken it up. */
  readonly found: FoundSession | undefined;
}

/** Reads keys over what is stored and what was found last. */
export class SessionKeys {
  private readonly stored: ReadonlyMap<string, StoredSession>;
  private readonly found: Pick<FoundList, 'byKey' | 'running'>;

  constructor(
    stored: ReadonlyMap<string, StoredSession>,
    found: Pick<FoundList, 'byKey' | 'running'>,
  ) {
    this.stored = stored;
    this.found = found;
  }

  /** An id of ours, or the key of a found session, now or in an earlier list. */
  targetOf(key: string): Target {
    const ours = this.stored.get(key);
    const found = ours === undefined ? this.found.byKey(key) : this.takerOf(ours);
    const stored = ours ?? (found && this.storedOf(found));
    return { id: stored?.id ?? foundId(found?.key ?? key), stored, found };
  }

  /** The terminal that has taken up an ended session of ours; a shared one is not followed. */
  takerOf(stored: StoredSession): FoundSession | undefined {
    return isPrivate(stored) ? this.found.running(stored.agentSessionId) : undefined;
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
}
