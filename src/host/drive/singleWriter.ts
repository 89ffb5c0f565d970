// Never two writers on one conversation: the agents themselves have no lock.
import { say } from '../../base/say.ts';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { Agent } from '../../protocol/agent.ts';
import { sessionBusy } from '../errors.ts';

/** An agent whose input ended while nothing ran is gone within 1.2 s. */
const ORPHAN_MS = 5_000;
const POLL_MS = 200;

/**
 * Throws AppError 'session-busy' while any other process has this conversation open. One that a
 * killed host left without a word ends by itself within seconds: it is waited for.
 */
export async function refuseSecondWriter(
  agentSessionId: string,
  options: {
    readonly agent: Pick<Agent, 'found'>;
    readonly clock: Clock;
    /** Processes that the owner knows of. */
    readonly beside: readonly number[];
    readonly isClosed: () => boolean;
  },
): Promise<void> {
  const { agent, clock, beside, isClosed } = options;
  const end = clock.monotonic() + ORPHAN_MS;
  for (;;) {
    const found = await agent.found();
    const other = found.find(
      ({ agentSessionId: id, pid, status }) =>
        id === agentSessionId && pid !== undefined && status !== 'ended' && !beside.includes(pid),
    );
    if (other === undefined) return;
    if (isClosed() || clock.monotonic() > end) {
      throw sessionBusy(say`a terminal (process ${other.pid ?? 0})`);
    }
    await pause(POLL_MS);
  }
}
