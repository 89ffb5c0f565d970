// The entry that begins a new conversation of the same session.
import type { EntryOf } from '../../protocol/transcript.ts';

/** The 'reset' entry; its id is the same live and observed. `at` is ms since 1970. */
export function resetEntry(agentSessionId: string, at: number): EntryOf<'reset'> {
  return { kind: 'reset', id: `reset:${agentSessionId}`, at, agentSessionId };
}
