// Whether a host has to stay for a session.
import type { SessionRecorder } from '../session/sessionRecorder.ts';
import type { AgentSlot } from './agentSlot.ts';

/** Something of it runs, starts, waits for a person or is to be handed over later. */
export function isBusy(recorder: SessionRecorder, slot: AgentSlot['kind']): boolean {
  const { status, openRequests, prompts, stored, wait } = recorder;
  // [G2] What runs behind the conversation would end with its host.
  if (stored.tasks !== undefined && slot === 'running') return true;
  // [W3] They are handed over when a limit is reset: somebody has to be there then.
  if (wait.holdsQueue && prompts.waiting().length > 0) return true;
  const isStill = slot === 'empty' || slot === 'running';
  if (!isStill || openRequests.length > 0) return true;
  return (status !== 'idle' && status !== 'ended') || prompts.nextAccepted() !== undefined;
}
