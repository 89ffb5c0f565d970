// [H7] A copy of a conversation under a new id, to be gone on with beside the first one.
import type { Agent } from '../../protocol/agent.ts';
import { noFork, nothingToFork } from '../errors.ts';
import type { StoredSession } from '../journal/sessionTables.ts';
import type { StartOptions } from './startOptions.ts';

/** What a copy is made with. */
export interface ForkOptions {
  readonly agent: Pick<Agent, 'name' | 'watchWriters'>;
  /** The host's own environment, under what the session was started with. */
  readonly env: Readonly<Record<string, string>>;
}

/** How the new session starts. Throws AppError 'invalid-input' if there is nothing to copy, or agent-*; then nothing was made. */
export async function forkConversation(
  stored: StoredSession,
  { agent, env }: ForkOptions,
): Promise<StartOptions> {
  const { agentSessionId, cwd, title, model, mode, isModeChosen, effort, isEffortChosen } = stored;
  if (agentSessionId === undefined) throw nothingToFork();
  const all = { ...env, ...stored.env };
  const watch = await agent.watchWriters?.({ agentSessionId, cwd }, all);
  if (watch === undefined) throw noFork(agent.name);
  try {
    return {
      ...{ cwd, model, env: stored.env },
      title: title === '' ? '' : `${title} (fork)`,
      mode: isModeChosen === true ? mode : undefined,
      effort: isEffortChosen === true ? effort : undefined,
      agentSessionId: await watch.part(),
    };
  } finally {
    watch.dispose();
  }
}
