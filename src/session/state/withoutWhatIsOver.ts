// A state as the log that is newer than it lets it stand: states are slower than entries.
import { statusOf } from '../../protocol/openValues.ts';
import type { RoomState, SessionState } from '../../protocol/state.ts';
import type { PlacedEntry } from '../view.ts';

/**
 * Without the prompts that have begun and the requests that were decided since the entry that it is
 * as of; the same object if there are none. `entries` in order.
 */
export function withoutWhatIsOver(state: RoomState, entries: readonly PlacedEntry[]): RoomState {
  if (state.kind !== 'session') return state;
  const over = new Set<string>();
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const placed = entries[at];
    if (placed === undefined || placed.index <= state.asOf.index) break;
    const { entry } = placed;
    if (entry.kind === 'prompt' && entry.promptId !== undefined) over.add(entry.promptId);
    if (entry.kind === 'decision') over.add(entry.requestId);
  }
  const queue = state.queue.filter(({ promptId }) => !over.has(promptId));
  const pending = state.pending.filter(({ requestId }) => !over.has(requestId));
  const isWhole = queue.length === state.queue.length && pending.length === state.pending.length;
  return withoutEndedControl(isWhole ? state : { ...state, queue, pending });
}

/** [O4] Nobody has control of a session that has ended, nor waits for it. */
function withoutEndedControl(state: SessionState): SessionState {
  const { fence, holder, queue } = state.focus;
  const isFree = holder === undefined && queue.length === 0;
  if (isFree || statusOf(state.session.status) !== 'ended') return state;
  return { ...state, focus: { fence, queue: [] } };
}
