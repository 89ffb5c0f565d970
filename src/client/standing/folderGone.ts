// A session whose folder is gone, and who may choose another one.
import { canOf, roleOf } from '../../protocol/openValues.ts';
import type { Person, SessionSummary } from '../../protocol/state.ts';

/** Whether this person can choose now in which folder it goes on. */
export function maySetFolder(
  session: SessionSummary,
  me: Pick<Person, 'role'> | undefined,
): boolean {
  const isOwner = me !== undefined && roleOf(me.role) === 'owner';
  return isOwner && canOf(session, 'prompt') && session.problem?.code === 'agent-folder-gone';
}
