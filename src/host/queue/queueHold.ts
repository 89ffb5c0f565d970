// [Q5] [Q7] The hold of a queue: nothing of it runs until somebody with control says so.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Author } from '../../protocol/entryParts.ts';
import type { QueueHold } from '../../protocol/state.ts';
import type { Entry } from '../../protocol/transcript.ts';
import type { Wait } from '../../protocol/wait.ts';
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

/** [Q5] Stop: holds what waits or may come back. Gives the ids of prompts that the agent has and may not have begun. */
export function holdByStop(
  recorder: SessionRecorder,
  by: Author,
  since: number,
): readonly string[] {
  const { prompts } = recorder;
  // What was sent a moment ago is at the agent too, before that has said so.
  const handed = prompts
    .unfinished()
    .filter(({ state }) => state === 'queued' || state === 'sent')
    .map(({ promptId }) => promptId);
  if (handed.length + prompts.waiting().length > 0) setHold(recorder, { why: 'stop', since, by });
  return handed;
}

/** [Q7] The service refused a turn: what waits would be refused like it. [W3] Until a time that is known it waits by itself. */
export function holdByFailure(
  recorder: SessionRecorder,
  cause: Wait['why'] | undefined,
  since: number,
): void {
  const { prompts, wait } = recorder;
  if (prompts.hold?.why === 'stop' || wait.holdsQueue || prompts.waiting().length === 0) return;
  setHold(recorder, { why: 'failed', since, ...omitUndefined({ cause }) });
}

/** [Q7] The service answers again: a hold that nobody has made is over. */
export function endFailureHold(recorder: SessionRecorder, entry: Entry): void {
  if (entry.kind !== 'turn' || entry.outcome !== 'completed') return;
  if (recorder.prompts.hold?.why === 'failed') setHold(recorder, undefined);
}
