// [J7] Places in a room: how many a link has, which are kept free, and who gives way.
import { LIMITS, TIMES } from '../protocol/limits.ts';
import { roleOf } from '../protocol/openValues.ts';
import type { StoredInvite, StoredMember } from './roomJournal.ts';

/** What is known of who has a place. */
export interface Places {
  /** Members that have one. */
  readonly members: readonly Pick<StoredMember, 'member' | 'role' | 'inviteId'>[];
  /** For how long a member has had no window here, ms; 0: it has one. */
  readonly goneMs: (member: string) => number;
}

/** Whether a link has a place for somebody. */
export type Place =
  | { readonly kind: 'free' }
  /** It is this member's, who is gone. */
  | { readonly kind: 'given up'; readonly by: string }
  | { readonly kind: 'full' };

const FREE: Place = { kind: 'free' };

/** Places of a link. */
export function placesOf(invite: Pick<StoredInvite, 'role' | 'places'>): number {
  return roleOf(invite.role) === 'owner' ? LIMITS.members : (invite.places ?? LIMITS.placesOfLink);
}

/** Whether who comes by this link finds a place; `member`: who it is, undefined for a stranger. */
export function placeFor(
  places: Places,
  invite: Pick<StoredInvite, 'inviteId' | 'role' | 'places'>,
  member: string | undefined,
): Place {
  const own = places.members.find((one) => one.member === member);
  if (own && (own.inviteId === invite.inviteId || roleOf(own.role) === 'owner')) return FREE;
  const others = places.members.filter((one) => one !== own);
  const ofLink = others.filter(({ inviteId }) => inviteId === invite.inviteId);
  const isLinkFull = ofLink.length >= placesOf(invite);
  const isRoomFull = others.length >= LIMITS.members - keptFrom(invite, ofLink.length);
  if (!isLinkFull && !isRoomFull) return FREE;
  const longest = (isLinkFull ? ofLink : others)
    .filter(
      ({ member: one, role }) => roleOf(role) !== 'owner' && places.goneMs(one) >= TIMES.goneMs,
    )
    .toSorted((a, b) => places.goneMs(b.member) - places.goneMs(a.member))[0];
  return longest ? { kind: 'given up', by: longest.member } : { kind: 'full' };
}

/** How many of the last places are not for this link: they are for owners, and for links without a guest. */
function keptFrom(invite: Pick<StoredInvite, 'role'>, guests: number): number {
  if (roleOf(invite.role) === 'owner') return 0;
  return guests === 0 ? LIMITS.placesOfOwners : LIMITS.placesOfNewLinks;
}
