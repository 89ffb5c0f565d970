// What an entry says of the prompt that it belongs to.
import type { Entry } from '../../protocol/transcript.ts';
import { promptOf } from './completeEntry.ts';
import type { PromptBook } from './promptBook.ts';

/** Notes it before the next entry is completed, which may ask what is under way. */
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
