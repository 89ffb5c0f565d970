// Agents that find a stand-in for `claude`, removed after each test.
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createClaudeAgent } from '../../src/claude/claudeAgent.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { type FakeCli, fakeCli } from './fakeCli.ts';

const cleanups: (() => Promise<void>)[] = [];

/** Ends and removes what this file's tests have made; for afterEach. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** Runs with the next `cleanUp`. */
export function later(cleanup: () => Promise<void>): void {
  cleanups.push(cleanup);
}

/** A stand-in that does what it should. */
export const GOOD: FakeCli = { version: '2.1.332 (Claude Code)' };

/** An agent that finds this stand-in. */
export async function agentOf(
  cli: FakeCli,
  clock: Clock = systemClock,
): Promise<{ agent: Agent; folder: string; env: Readonly<Record<string, string>> }> {
  const fake = await fakeCli(cli);
  const agent = createClaudeAgent({ path: fake.path, env: fake.env, clock, log: silentLogger });
  later(fake.dispose);
  later(() => agent.close());
  return { agent, folder: fake.folder, env: fake.env };
}
