// Sessions on this computer that this host does not run, as they were last listed.
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText, type Logger } from '../../base/log.ts';
import type { Agent, FoundSession } from '../../protocol/agent.ts';

/** Keys of earlier lists that are remembered. */
const REMEMBERED_KEYS = 1_000;

/** What the list is asked of. */
export interface FoundListOptions {
  readonly agent: Pick<Agent, 'found' | 'onDidChangeFound'>;
  readonly log: Logger;
}

/** Follows the agent's list. One look at a time; one that is asked for meanwhile follows. */
export class FoundList {
  private readonly options: FoundListOptions;
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private current: readonly FoundSession[] = [];
  /** Conversation by key: a key ends when a terminal takes the conversation up or lets it go. */
  private readonly conversations = new Map<string, string>();
  private looking: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;

  /** Fires after every look. */
  readonly onDidChange = this.changed.event;

  constructor(options: FoundListOptions) {
    this.options = options;
    this.disposables.add(options.agent.onDidChangeFound(() => void this.look()));
  }

  get all(): readonly FoundSession[] {
    return this.current;
  }

  /** The session that was listed under this key, now or in an earlier list. */
  byKey(key: string): FoundSession | undefined {
    const exact = this.current.find((one) => one.key === key);
    if (exact !== undefined) return exact;
    const conversation = this.conversations.get(key);
    return conversation === undefined
      ? undefined
      : this.current.find((one) => one.agentSessionId === conversation);
  }

  /** The process that has this conversation open. */
  running(agentSessionId: string | undefined): FoundSession | undefined {
    return agentSessionId === undefined
      ? undefined
      : this.current.find((one) => one.agentSessionId === agentSessionId && isRunning(one));
  }

  /** Resolves when a look that began after this call is done; a failed one is logged. */
  look(): Promise<void> {
    if (this.waiting !== undefined) return this.waiting;
    const next = this.looking.then(() => {
      this.waiting = undefined;
      return this.lookNow();
    });
    this.waiting = next;
    this.looking = next;
    return next;
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private async lookNow(): Promise<void> {
    if (this.disposables.isDisposed) return;
    try {
      this.current = await this.options.agent.found();
    } catch (error) {
      this.options.log.warn('sessions of this computer not listed', { error: errorText(error) });
    }
    for (const { key, agentSessionId } of this.current) {
      this.conversations.delete(key);
      this.conversations.set(key, agentSessionId);
    }
    for (const oldest of this.conversations.keys()) {
      if (this.conversations.size <= REMEMBERED_KEYS) break;
      this.conversations.delete(oldest);
    }
    this.changed.fire();
  }
}

/** Whether a process has the session open. */
export function isRunning(found: FoundSession): boolean {
  return found.status !== 'ended';
}
