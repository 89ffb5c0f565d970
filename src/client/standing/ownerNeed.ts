// [Z7] What a session needs from its owner before what waits in it can go on, besides answers to its agent.
import { canOf, statusOf } from '../../protocol/openValues.ts';
import type { SessionSummary } from '../../protocol/state.ts';
import { isThere, othersHead, type SayOthers } from './othersWords.ts';

/** A choice about others on its conversation, or another folder; undefined: nothing goes on being held without the owner. */
export function ownerNeed(session: SessionSummary): 'others' | 'folder' | undefined {
  const { others, problem, queued = 0 } = session;
  if (!canOf(session, 'prompt') || statusOf(session.status) !== 'idle') return undefined;
  if (problem?.code === 'agent-folder-gone' && queued > 0) return 'folder';
  if (others?.holds !== true || others.choice !== undefined) return undefined;
  // Who is there and has not kept anything waiting may just be the owner at a terminal.
  return queued > 0 || !isThere(others) ? 'others' : undefined;
}

/** The same as a sentence. */
export function ownerNeedText(session: SessionSummary, t: SayOthers): string | undefined {
  const need = ownerNeed(session);
  if (need === 'folder') return session.problem?.happened;
  return need && session.others && othersHead(session.others, t);
}
