// Maps prompts that come back: each once, with its own author's words and pictures, in the order of sending.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { AgentEvent } from '../../protocol/agent.ts';
import type { PromptImage } from '../../protocol/entryParts.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { PromptLifecycle } from './promptLifecycle.ts';
import { type SentPrompt, SentPrompts } from './sentPrompts.ts';
import { imageOf } from '../entries/toolResultEntry.ts';

/** Where the line of a prompt comes from: the CLI's replay of what it was sent, its own live lines, the transcript. */
export type PromptSource = 'replay' | 'live' | 'mirror';

/** An entry with the bytes of its pictures, where they are at hand. */
interface PromptPart {
  readonly entry: EntryOf<'prompt'>;
  readonly images?: readonly PromptImage[] | undefined;
}

/** One per child process. */
export class PromptMapper {
  private readonly lifecycle = new PromptLifecycle();
  private readonly unreturned = new SentPrompts();
  private isTurnRunning = false;

  /** Whether somebody's prompt or command has begun a turn that still runs. */
  get isInTurn(): boolean {
    return this.isTurnRunning;
  }

  /** Whether the prompt that begins a turn was sent and has not come back yet. */
  get isAwaited(): boolean {
    return !this.isTurnRunning && this.unreturned.first !== undefined;
  }

  /** Ids of the prompts of the turn that runs, as far as they are known. */
  get inTurn(): readonly string[] {
    return this.lifecycle.inTurn;
  }

  /** It was written to the child; to a busy one, so that it waits. */
  sent(prompt: SentPrompt, isBusy: boolean): AgentEvent[] {
    this.unreturned.add(prompt);
    if (isBusy) return this.lifecycle.queued(prompt.promptId);
    this.lifecycle.written(prompt.promptId);
    return [];
  }

  /** It was taken out of the queue: it will not come back. */
  cancelled(promptId: string): AgentEvent[] {
    this.unreturned.remove(promptId);
    return this.lifecycle.cancelled(promptId);
  }

  /** The CLI tells the state of a prompt itself (`command_lifecycle`). */
  applyLifecycle(promptId: string, state: string): AgentEvent[] {
    if (state === 'cancelled') this.unreturned.remove(promptId);
    return this.lifecycle.apply(promptId, state);
  }

  /**
   * A line gives a prompt back, and with it those that were merged into it and have not come back by
   * themselves. The replay and the transcript hold the same line, and either may come first.
   */
  returned(part: PromptPart, source: PromptSource): AgentEvent[] {
    const { promptId, text } = part.entry;
    const merged = promptId === undefined ? undefined : this.unreturned.take(promptId, text);
    const isOurs = merged !== undefined;
    const isStart = source === 'replay' || (source === 'mirror' && isOurs);
    return partsOf(part, merged ?? []).flatMap(({ entry, images }): AgentEvent[] => {
      const isFolded = isStart && this.isTurnRunning;
      if (isStart) this.isTurnRunning = true;
      return [
        ...(isOurs || source !== 'mirror' ? this.started(entry.promptId) : []),
        {
          kind: 'entry',
          entry: isFolded ? { ...entry, folded: true } : entry,
          ...omitUndefined({ images }),
        },
      ];
    });
  }

  /** A slash command that makes a prompt of its own stands in the log under the id that it was sent with. */
  commandStarted(entryId: string): AgentEvent[] {
    this.unreturned.remove(entryId);
    return this.lifecycle.commandStarted(entryId);
  }

  /** A line that was replayed begins a turn without a prompt: a slash command that makes one of its own. */
  turnStarted(): void {
    this.isTurnRunning = true;
  }

  /** The prompt under way was refused before it began: it will not come back. Its id, if it is one of ours. */
  takeBlocked(): string | undefined {
    const { first } = this.unreturned;
    if (first !== undefined) this.unreturned.remove(first);
    return first;
  }

  /** A turn ended: what had started is over. */
  turnEnded(state: 'completed' | 'cancelled'): AgentEvent[] {
    this.isTurnRunning = false;
    return this.lifecycle.turnEnded(state);
  }

  /** A command that the CLI ran itself is over. */
  commandEnded(): AgentEvent[] {
    this.isTurnRunning = false;
    const events = this.lifecycle.commandEnded();
    for (const event of events) if (event.kind === 'prompt') this.unreturned.remove(event.promptId);
    return events;
  }

  private started(promptId: string | undefined): AgentEvent[] {
    return promptId === undefined ? [] : this.lifecycle.started(promptId);
  }
}

/** A line as the prompts that it is made of. What the CLI has not merged is shown as the CLI has it. */
function partsOf(part: PromptPart, merged: readonly SentPrompt[]): readonly PromptPart[] {
  const own = merged.at(-1);
  if (own === undefined) return [part];
  if (own.text !== part.entry.text) return merged.map((prompt) => ownPart(part.entry, prompt));
  const hasAll = part.entry.images?.length === own.images?.length;
  return [{ entry: part.entry, images: part.images ?? (hasAll ? own.images : undefined) }];
}

function ownPart(merged: EntryOf<'prompt'>, own: SentPrompt): PromptPart {
  const { images: _, ...entry } = merged;
  const { promptId, text, images = [] } = own;
  if (images.length === 0) return { entry: { ...entry, id: promptId, promptId, text } };
  const sizes = images.map(({ mediaType, base64 }) =>
    imageOf({ media_type: mediaType, data: base64 }),
  );
  return { entry: { ...entry, id: promptId, promptId, text, images: sizes }, images };
}
