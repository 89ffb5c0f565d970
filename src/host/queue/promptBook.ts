// The prompts of one session: journalled once, in order, each with its author and how far it got.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Queued, QueueHold, QueueWait } from '../../protocol/state.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { PromptState, SessionTables, StoredPrompt } from '../journal/sessionTables.ts';

const MAX_SHOWN_IMAGES = 99;

/** Prompts of a session, over the journal. */
export class PromptBook {
  /** [Q5] Nothing runs while it is there; kept by the session's facts. */
  hold: QueueHold | undefined;
  /** [W3] What is handed over now would be refused by a usage limit. */
  isRefused: () => boolean = () => false;
  private readonly tables: SessionTables;
  private readonly session: string;
  /** Prompts that have not ended, by id, in the order of their acceptance. */
  private readonly open = new Map<string, StoredPrompt>();
  /** Our ids by those under which prompts were sent again. */
  private readonly ids = new Map<string, string>();

  constructor(tables: SessionTables, session: string, hold?: QueueHold) {
    this.hold = hold;
    this.tables = tables;
    this.session = session;
    for (const prompt of tables.openPrompts(session)) {
      this.open.set(prompt.promptId, prompt);
      if (prompt.sentAs !== undefined) this.ids.set(prompt.sentAs, prompt.promptId);
    }
  }

  /** The id of a prompt by which the agent knows it. */
  agentIdOf(promptId: string): string {
    return this.open.get(promptId)?.sentAs ?? promptId;
  }

  /** Our id of a prompt that the agent names. */
  idOf(agentId: string): string {
    return this.ids.get(agentId) ?? agentId;
  }

  /** Journals a prompt; false if it is known: it is never taken twice. */
  accept(prompt: Omit<StoredPrompt, 'state'>): boolean {
    const accepted: StoredPrompt = {
      promptId: prompt.promptId,
      text: prompt.text,
      author: prompt.author,
      at: prompt.at,
      ...omitUndefined({ images: prompt.images, files: prompt.files }),
      ...(prompt.guest === true ? { guest: true } : {}),
      state: 'accepted',
    };
    if (!this.tables.addPrompt(this.session, accepted)) return false;
    this.open.set(prompt.promptId, accepted);
    return true;
  }

  /** Changes what a prompt says that waits here. */
  edit(promptId: string, change: Pick<StoredPrompt, 'text' | 'images' | 'edited'>): void {
    const prompt = this.open.get(promptId);
    if (prompt === undefined) return;
    this.change({ ...prompt, ...change });
  }

  /** Puts a prompt that waits here before another one, or behind all. */
  move(promptId: string, before: string | undefined): void {
    const prompt = this.open.get(promptId);
    if (prompt === undefined || promptId === before) return;
    const others = [...this.open].filter(([id]) => id !== promptId);
    const at = others.findIndex(([id]) => id === before);
    const ordered = others.toSpliced(at < 0 ? others.length : at, 0, [promptId, prompt]);
    this.open.clear();
    for (const [id, one] of ordered) this.open.set(id, one);
    this.tables.orderPrompts(this.session, [...this.open.keys()]);
  }

  /** The agent has given it back: it waits here again. No agent takes an id twice, so it is sent under another one. */
  giveBack(promptId: string): void {
    const prompt = this.open.get(promptId);
    if (prompt === undefined) return;
    const sentAs = crypto.randomUUID();
    this.ids.set(sentAs, promptId);
    this.change({ ...prompt, sentAs });
    this.mark(promptId, 'accepted');
  }

  /** Holds a prompt that waits, and says why. */
  holdOne(promptId: string, waits: QueueWait): void {
    const prompt = this.open.get(promptId);
    if (prompt === undefined) return;
    this.change({ ...prompt, waits });
    this.mark(promptId, 'held');
  }

  /** Notes how far a prompt got; unknown ids (typed at the agent itself) are ignored. */
  mark(agentId: string, state: PromptState): void {
    const promptId = this.idOf(agentId);
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
  find(agentId: string): StoredPrompt | undefined {
    const promptId = this.idOf(agentId);
    return this.open.get(promptId) ?? this.tables.prompt(this.session, promptId);
  }

  /** The next prompt that is to run; none while the queue is held, or would be refused. */
  nextAccepted(): StoredPrompt | undefined {
    if (this.hold !== undefined || this.isRefused()) return undefined;
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
      .map(queuedOf);
  }

  private change(prompt: StoredPrompt): void {
    this.tables.editPrompt(this.session, prompt);
    this.open.set(prompt.promptId, prompt);
  }
}

function queuedOf({ promptId, text, author, at, state, ...prompt }: StoredPrompt): Queued {
  const { images = [], edited, waits } = prompt;
  return {
    ...{ promptId, text, author, since: at },
    ...(state === 'held' ? { held: true, ...omitUndefined({ waits }) } : {}),
    ...(state === 'queued' ? { waits: 'agent' } : {}),
    ...(images.length > 0 ? { images: Math.min(images.length, MAX_SHOWN_IMAGES) } : {}),
    ...omitUndefined({ edited }),
  };
}

function isWaiting({ state }: StoredPrompt): boolean {
  return state === 'accepted' || state === 'held';
}
