// How far a prompt got, by what is written of it.
import type { Entry } from '../../protocol/transcript.ts';
import { promptOf } from '../session/completeEntry.ts';
import type { PromptBook } from './promptBook.ts';

/** What an entry says of its prompt: before the next entry is completed, which may ask what is under way. */
export function markPrompt(entry: Entry, prompts: PromptBook): void {
  if (entry.kind === 'command') {
    const prompt = promptOf(entry, prompts);
    // Under another id nothing else will tell that it has run.
    const state = prompt?.promptId === prompts.idOf(entry.id) ? 'started' : 'completed';
    if (prompt !== undefined) prompts.mark(prompt.promptId, state);
  } else if (entry.kind === 'prompt' && entry.promptId !== undefined) {
    prompts.mark(entry.promptId, 'started');
  } else if (entry.kind === 'notice' && entry.promptId !== undefined) {
    if (entry.code === 'prompt-blocked') prompts.mark(entry.promptId, 'cancelled');
  }
}
