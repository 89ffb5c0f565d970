// What tests of the journal's tables put in.
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { hostPaths } from '../../src/host/find/paths.ts';
import { Journal } from '../../src/host/journal/journal.ts';
import type { AcceptedRow, StoredInvite, StoredMember } from '../../src/session/roomJournal.ts';

/** The journal of a home. */
export function openJournal(home: string): Journal {
  return Journal.open({ paths: hostPaths(home), clock: systemClock, log: silentLogger });
}

/** A guest with some rights. */
export const MEMBER: StoredMember = {
  member: 'm',
  key: 'key',
  name: 'Ada',
  device: 'laptop',
  role: 'controller',
  scopes: ['prompt', 'interrupt'],
  asksControl: false,
  inviteId: 'i',
  tokenHash: 't',
  since: 5,
};
/** A link to watch. */
export const INVITE: StoredInvite = {
  inviteId: 'i',
  secret: 's',
  role: 'viewer',
  scopes: [],
  allowControl: false,
  loopbackOnly: true,
  notAfter: 9,
  createdAt: 1,
};

/** A command as it is accepted. */
export function row(id: string, cseq?: number, at = 10): AcceptedRow {
  const base = { member: 'm', boot: 'b', id, kind: 'prompt', at } as const;
  return cseq === undefined ? base : { ...base, cseq };
}
