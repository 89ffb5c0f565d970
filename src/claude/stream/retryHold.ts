// Keeps the prompt before the news that its request is made again: the CLI tells them the other way round.
import type { AgentEvent } from '../../protocol/agent.ts';

/** One per child process. */
export class RetryHold {
  private held: AgentEvent[] = [];

  /** What can be told now. `isAwaited`: the prompt that begins the turn has not come back yet. */
  pass(events: readonly AgentEvent[], isAwaited: boolean): AgentEvent[] {
    // It came with the end of a turn, or never will: nothing is kept longer.
    if (events.some(isTurn)) return [...this.end(), ...events];
    if (!isAwaited) return [...events, ...this.end()];
    this.held.push(...events.filter(isRetry));
    return events.filter((event) => !isRetry(event));
  }

  /** The process is over. */
  end(): AgentEvent[] {
    return this.held.splice(0);
  }
}

function isTurn(event: AgentEvent): boolean {
  return event.kind === 'entry' && event.entry.kind === 'turn';
}

function isRetry(event: AgentEvent): boolean {
  return event.kind === 'entry' && event.entry.kind === 'retry';
}
