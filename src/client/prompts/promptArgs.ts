// How a prompt of a window is sent: in its turn, or at once.
import type { CommandArgs } from '../../protocol/commandTable.ts';
import type { RoomView } from '../../session/view.ts';

/**
 * Arguments of a prompt. [Q2] Who sees that the queue is held sends past it: typing after Stop is meant to
 * run. `isUrgent`: into a turn that runs.
 */
export function promptArgs(
  view: Pick<RoomView, 'state'>,
  text: string,
  isUrgent = false,
): CommandArgs<'prompt'> {
  const isHeld = view.state?.kind === 'session' && view.state.session.queueHold !== undefined;
  return { text, ...(isHeld || isUrgent ? { now: true } : {}) };
}
