// Facts are told when they change.
import type { AgentFacts } from '../../protocol/agent.ts';

/** The facts of `next` that differ from what is known; undefined if none does. Lists differ by identity. */
export function diffFacts(known: AgentFacts, next: AgentFacts): AgentFacts | undefined {
  const before = new Map<string, unknown>(Object.entries(known));
  const changed = Object.entries(next).filter(([key, value]) => before.get(key) !== value);
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}
