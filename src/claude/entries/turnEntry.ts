// Maps a `result` line to the entry that ends a turn; pure.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import type { ResultLine } from '../wire/streamJson.ts';

/** The 'turn' entry of a result. `at` is ms since 1970. */
export function turnEntry(line: ResultLine, at: number): EntryOf<'turn'> {
  const outcome = outcomeOf(line);
  const error = outcome === 'failed' || outcome === 'limit' ? errorOf(line) : undefined;
  const reason = line.terminal_reason ?? line.subtype;
  return {
    kind: 'turn',
    id: line.uuid ?? `turn:${at}`,
    at,
    outcome,
    reason,
    ...omitUndefined({
      durationMs: line.duration_ms,
      costUsd: line.total_cost_usd,
      usage: line.usage && usageOf(line.usage),
      promptIds: line.user_message_uuids,
      error,
    }),
  };
}

/** Context window of the model that is used now: a result lists all that the session has used. */
export function contextLimitOf(line: ResultLine, model: string): number | undefined {
  const used = Object.entries(line.modelUsage ?? {});
  const current = used.find(([name]) => name === model || model.startsWith(`${name}[`));
  return (current ?? used.at(-1))?.[1].contextWindow;
}

/** Whether the result only ends a slash command that the CLI ran itself: no turn of the model. */
export function isLocalCommand(line: ResultLine): boolean {
  if (line.local_command !== undefined) return true;
  return line.num_turns === 0 && line.is_error !== true;
}

/** Whether the result only ends the news of a task, as a resumed agent begins with: no turn, and nobody's prompt. */
export function isTaskNews(line: ResultLine): boolean {
  return line.num_turns === 0 && line.origin?.kind === 'task-notification';
}

function outcomeOf(line: ResultLine): EntryOf<'turn'>['outcome'] {
  if (line.terminal_reason?.startsWith('aborted') === true) return 'interrupted';
  if (line.subtype === 'error_max_turns' || line.subtype === 'error_max_budget_usd') return 'limit';
  return line.is_error === true ? 'failed' : 'completed';
}

/** Diagnostics of the CLI for itself are not for people. */
function errorOf(line: ResultLine): string {
  const errors = (line.errors ?? []).filter((text) => !text.startsWith('[ede_diagnostic]'));
  return errors.join('\n') || line.result || line.subtype;
}

function usageOf(usage: NonNullable<ResultLine['usage']>): EntryOf<'turn'>['usage'] {
  return omitUndefined({
    inputTokens: usage.input_tokens ?? undefined,
    outputTokens: usage.output_tokens ?? undefined,
    cacheReadTokens: usage.cache_read_input_tokens ?? undefined,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? undefined,
  });
}
