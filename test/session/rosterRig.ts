// A roster over a journal in memory, and what it is asked with.
import type { Clock } from '../../src/base/clock.ts';
import type { Knock } from '../../src/protocol/room.ts';
import type { StoredInvite, StoredMember } from '../../src/session/roomJournal.ts';
import { Roster } from '../../src/session/roster.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

/** Makes one; everybody is here. */
export function makeRoster() {
  const clock = createFakeClock();
  const members = new Map<string, StoredMember>();
  const invites = new Map<string, StoredInvite>();
  const journal = {
    members: () => [...members.values()],
    saveMember: (member: StoredMember) => void members.set(member.member, member),
    removeMember: (member: string) => void members.delete(member),
    invites: () => [...invites.values()],
    saveInvite: (invite: StoredInvite) => void invites.set(invite.inviteId, invite),
    removeInvite: (inviteId: string) => void invites.delete(inviteId),
  };
  /** Members without a window, and for how long. */
  const gone = new Map<string, number>();
  const roster = new Roster({
    room: 'room',
    journal,
    clock,
    isPresent: (member) => !gone.has(member),
    goneMs: (member) => gone.get(member) ?? 0,
  });
  const invite = (inviteId: string, change: Partial<StoredInvite> = {}): StoredInvite => {
    const made = sampleInvite(clock, { inviteId, ...change });
    journal.saveInvite(made);
    return made;
  };
  const knock = (name = 'Ada'): Knock => ({
    versions: [1],
    inviteId: 'x',
    key: 'k',
    exchangeKey: 'e',
    name,
    device: 'd',
    nonce: 'n',
    tokenHash: 't'.repeat(43),
    at: 0,
  });
  return { roster, clock, invite, knock, members, invites, gone };
}

/** A viewer's link that is good for a minute. */
export function sampleInvite(clock: Clock, change: Partial<StoredInvite>): StoredInvite {
  return {
    inviteId: 'a',
    secret: 's',
    role: 'viewer',
    scopes: [],
    allowControl: false,
    loopbackOnly: false,
    notAfter: clock.now() + 60_000,
    createdAt: clock.now(),
    ...change,
  };
}
