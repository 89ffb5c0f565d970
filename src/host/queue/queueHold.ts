// [Q5] The hold of a queue: nothing of it runs until somebody with control says so.
import type { QueueHold } from '../../protocol/state.ts';
import type { SessionRecorder } from '../session/sessionRecorder.ts';

/** Holds the queue, or lets it go; on disk when this returns. */
export function setHold(recorder: SessionRecorder, hold: QueueHold | undefined): void {
  if (recorder.prompts.hold === undefined && hold === undefined) return;
  recorder.prompts.hold = hold;
  recorder.update({ queueHold: hold });
}

/** A hold without anything that waits is over. */
export function settleHold(recorder: SessionRecorder): void {
  if (recorder.prompts.waiting().length === 0) setHold(recorder, undefined);
}
