// After an agent ended without a word: takes what was missed, and says what was lost.
import type { Words } from '../../base/say.ts';
import type { Clock } from '../../base/clock.ts';
import { endLeftCommands } from './leftCommands.ts';
import {
  loseCalls,
  loseRequests,
  type ReconcileOptions,
  settlePrompts,
  takeMissed,
} from './reconcile.ts';

/** Brings the session in line with the agent's transcript; `words` say what happened if something was under way. */
export async function readUp(
  options: ReconcileOptions & { readonly clock: Pick<Clock, 'now'> },
  ended: {
    readonly code: string;
    readonly words: Words;
    /** The transcript has all that was done. */
    readonly isWhole?: boolean;
  },
): Promise<void> {
  const { code, words, isWhole = false } = ended;
  const { recorder, tables, agent, clock } = options;
  await endLeftCommands(recorder.stored.id, agent.rules);
  const hadText = recorder.dropLive();
  recorder.restoreRequests();
  const { prompts } = recorder;
  const wasRunning = prompts.unfinished().length > prompts.waiting().length;
  const isLost = hadText || wasRunning || recorder.openRequests.length > 0;
  // Nobody could answer any more: before what the agent made of that.
  loseRequests(recorder);
  const { isRead } = await takeMissed(options);
  loseCalls(recorder, tables, clock.now());
  settlePrompts(recorder, tables, isWhole && isRead);
  if (isLost) recorder.notice({ level: 'warning', code, words });
}
