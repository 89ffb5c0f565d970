// The prompts of one session: journalled once, in order, each with its author and how far it got.
import type { Queued } from '../../protocol/state.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { PromptState, SessionTables, StoredPrompt } from '../journal/sessionTables.ts';

/** Prompts of a session, over the journal. */
export class PromptBook {
  private readonly tables: SessionTables;
  private readonly session: string;
  /** Prompts that have not ended, by id, in the order of their acceptance. */
  private readonly open = new Map<string, StoredPrompt>();

  constructor(tables: SessionTables, session: string) {
    this.tables = tables;
    this.session = session;
    for (const prompt of tables.openPrompts(session)) this.open.set(prompt.promptId, prompt);
  }

  /** Journals a prompt; false if it is known: it is never taken twice. */
  accept(prompt: Omit<StoredPrompt, 'state'>): boolean {
    const accepted: StoredPrompt = {
      promptId: prompt.promptId,
      text: prompt.text,
      author: prompt.author,
      at: prompt.at,
      ...(prompt.images === undefined ? {} : { images: prompt.images }),
      ...(prompt.guest === true ? { guest: true } : {}),
      state: 'accepted',
    };
    if (!this.tables.addPrompt(this.session, accepted)) return false;
    this.open.set(prompt.promptId, accepted);
    return true;
  }

  /** Notes how far a prompt got; unknown ids (typed at the agent itself) are ignored. */
  mark(promptId: string, state: PromptState): void {
    const prompt = this.open.get(promptId);
    // A late "queued" does not undo "started".
    if (prompt === undefined || prompt.state === state) return;
    if (prompt.state === 'started' && (state === 'queued' || state === 'sent')) return;
    this.tables.setPromptState(this.session, promptId, state);
    switch (state) {
      case 'completed':
      case 'cancelled':
      case 'unknown':
        this.open.delete(promptId);
        return;
      default:
        this.open.set(promptId, { ...prompt, state });
    }
  }

  /** A prompt of any state. */
  find(promptId: string): StoredPrompt | undefined {
    return this.open.get(promptId) ?? this.tables.prompt(this.session, promptId);
  }

  /** The next prompt that the agent has not got. */
  nextAccepted(): StoredPrompt | undefined {
    return [...this.open.values()].find(({ state }) => state === 'accepted');
  }

  /** The oldest that the agent was given and that has not begun. */
  handedOver(): StoredPrompt | undefined {
    return [...this.open.values()].find(({ state }) => state === 'sent' || state === 'queued');
  }

  /** Those that the running turn serves, oldest first. */
  running(): readonly StoredPrompt[] {
    return [...this.open.values()].filter(({ state }) => state === 'started');
  }

  /** Those that wait here, and could still be taken back, oldest first. */
  waiting(): readonly StoredPrompt[] {
    return [...this.open.values()].filter(isWaiting);
  }

  /** Prompts whose end is not known, oldest first. */
  unfinished(): readonly StoredPrompt[] {
    return [...this.open.values()];
  }

  /** Who prompted: the first of these prompts that is known. */
  authorOf(promptIds: readonly string[]): Author | undefined {
    for (const id of promptIds) {
      const author = this.find(id)?.author;
      if (author !== undefined) return author;
    }
    return undefined;
  }

  /** What waits, here or at the agent, with whole texts: the state cuts them. */
  queue(): Queued[] {
    return [...this.open.values()]
      .filter((prompt) => isWaiting(prompt) || prompt.state === 'queued')
      .map(({ promptId, text, author, at, state }) => ({
        promptId,
        text,
        author,
        since: at,
        ...(state === 'held' ? { held: true } : {}),
      }));
  }
}

function isWaiting({ state }: StoredPrompt): boolean {
  return state === 'accepted' || state === 'held';
}
