// Who belongs to a room: members and invites in the journal, who is here now, and what relays admit.
import type { Clock } from '../base/clock.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { RelayToken } from '../protocol/claim.ts';
import type { Open } from '../protocol/openEnum.ts';
import { roleOf } from '../protocol/openValues.ts';
import type { Knock } from '../protocol/room.ts';
import type { Role } from '../protocol/role.ts';
import { type Person, type Scope, scopeSchema } from '../protocol/state.ts';
import { cleanName, guestName, renamedGuests } from './memberNames.ts';
import { placeFor, type Places } from './places.ts';
import type { RoomJournal, StoredInvite, StoredMember } from './roomJournal.ts';

/** Rights of a controller if its invite says nothing else: approving and modes stay with the owner. */
export const GUEST_SCOPES: readonly Scope[] = ['prompt', 'interrupt'];

/** SHA-256 in base64url. */
const TOKEN_HASH = /^[\w-]{43}$/;

/** What a roster needs. */
export interface RosterOptions {
  readonly room: string;
  readonly journal: Pick<
    RoomJournal,
    'members' | 'saveMember' | 'removeMember' | 'invites' | 'saveInvite' | 'removeInvite'
  >;
  readonly clock: Clock;
  /** Whether a window of the member is connected. */
  readonly isPresent: (member: string) => boolean;
  /** For how long no window of the member was connected, ms. */
  readonly goneMs: (member: string) => number;
}

/** Who was let in; `gone`: who gave its place up for that. */
export interface Admitted {
  readonly stored: StoredMember;
  readonly gone?: string;
}

/** Members, invites and their rights. */
export class Roster {
  private readonly options: RosterOptions;

  constructor(options: RosterOptions) {
    this.options = options;
  }

  get members(): readonly StoredMember[] {
    return this.options.journal.members().filter(({ gaveWayAt }) => gaveWayAt === undefined);
  }

  /** [J7] Those who gave their place up, the newest first. */
  get gaveWay(): readonly StoredMember[] {
    return this.options.journal
      .members()
      .filter(({ gaveWayAt }) => gaveWayAt !== undefined)
      .toSorted((a, b) => (b.gaveWayAt ?? 0) - (a.gaveWayAt ?? 0));
  }

  /** [J7] Links by which nobody new finds a place. */
  get fullLinks(): readonly string[] {
    // The owner's own links are nobody's business.
    const given = this.invites.filter(({ role }) => roleOf(role) !== 'owner');
    if (given.length === 0) return [];
    const { places } = this;
    return given
      .filter((invite) => placeFor(places, invite, undefined).kind === 'full')
      .map(({ inviteId }) => inviteId);
  }

  /** Invites that have not ended. */
  get invites(): readonly StoredInvite[] {
    const now = this.options.clock.now();
    return this.options.journal.invites().filter((invite) => invite.notAfter > now);
  }

  get people(): readonly Person[] {
    return this.members.map((member) => this.personOf(member));
  }

  person(member: string): Person | undefined {
    const stored = this.members.find((one) => one.member === member);
    return stored && this.personOf(stored);
  }

  /**
   * Takes in who knocked with an invite; undefined if it has no place, or has ended while the knock
   * was opened. Somebody who is gone may give way.
   */
  admitKnock(member: string, knock: Knock, invite: StoredInvite): Admitted | undefined {
    if (!this.invites.some(({ inviteId }) => inviteId === invite.inviteId)) return undefined;
    const place = placeFor(this.places, invite, member);
    if (place.kind === 'full') return undefined;
    const { journal, clock } = this.options;
    const all = journal.members();
    const known = all.find((one) => one.member === member);
    const others = all.filter((one) => one !== known);
    const name = cleanName(knock.name) || 'Guest';
    const invited = roleOf(invite.role);
    const before = known && roleOf(known.role);
    const isOwner = invited === 'owner' || before === 'owner';
    const mayControl = invited === 'controller' && invite.allowControl;
    const role: Role = isOwner
      ? 'owner'
      : mayControl || before === 'controller'
        ? 'controller'
        : 'viewer';
    const stored: StoredMember = {
      member,
      key: knock.key,
      exchangeKey: knock.exchangeKey,
      ...(isOwner ? { name } : guestName(name, others)),
      device: cleanName(knock.device),
      role,
      // What the owner has allowed is not taken back, nor widened, by a link that only asks.
      scopes:
        known && before === 'controller' && role === 'controller' && !mayControl
          ? known.scopes
          : scopesOf(role, invite.scopes),
      asksControl: role === 'viewer' && invited === 'controller',
      inviteId: isOwner && known ? known.inviteId : invite.inviteId,
      tokenHash: knock.tokenHash,
      since: known?.since ?? clock.now(),
    };
    const gone = place.kind === 'given up' ? place.by : undefined;
    if (gone !== undefined) this.giveWay(gone);
    journal.saveMember(stored);
    if (isOwner) for (const guest of renamedGuests(stored, others)) journal.saveMember(guest);
    return { stored, ...(gone === undefined ? {} : { gone }) };
  }

  /** Changes what a member may do; false if there is none. */
  setRole(member: string, role: Role, scopes?: readonly Scope[]): boolean {
    const known = this.members.find((one) => one.member === member);
    if (!known) return false;
    const invited = this.options.journal.invites().find((one) => one.inviteId === known.inviteId);
    this.options.journal.saveMember({
      ...known,
      role,
      scopes: scopesOf(role, scopes ?? invited?.scopes ?? []),
      asksControl: false,
    });
    return true;
  }

  /** Takes a member out, and the invite it came by: its link must not let it in again. */
  remove(member: string): boolean {
    const known = this.members.find((one) => one.member === member);
    if (!known) return false;
    this.options.journal.removeMember(member);
    if (roleOf(known.role) !== 'owner') this.options.journal.removeInvite(known.inviteId);
    return true;
  }

  /** Takes out who goes by itself. */
  leave(member: string): boolean {
    if (!this.members.some((one) => one.member === member)) return false;
    this.options.journal.removeMember(member);
    return true;
  }

  /** Takes out everybody but owners, and every invite but theirs; the members that went. */
  removeGuests(): readonly string[] {
    const all = this.options.journal.members();
    const guests = all.filter((one) => roleOf(one.role) !== 'owner');
    for (const { member } of guests) this.options.journal.removeMember(member);
    for (const { inviteId, role } of this.options.journal.invites()) {
      if (roleOf(role) !== 'owner') this.options.journal.removeInvite(inviteId);
    }
    return guests.map(({ member }) => member);
  }

  /** Forgets invites that have ended, but for those whose rights a member may still be given. */
  forgetEnded(): void {
    const { journal, clock } = this.options;
    const inUse = new Set(journal.members().map(({ inviteId }) => inviteId));
    for (const { inviteId, notAfter } of journal.invites()) {
      if (notAfter <= clock.now() && !inUse.has(inviteId)) journal.removeInvite(inviteId);
    }
  }

  /** What a relay must admit: whole labels, so that no token covers another's channel. */
  relayTokens(inviteTokenHash: (invite: StoredInvite) => string | undefined): RelayToken[] {
    const { room } = this.options;
    const tokens: RelayToken[] = [];
    for (const invite of this.invites) {
      const hash = inviteTokenHash(invite);
      if (hash === undefined) continue;
      tokens.push({
        hash,
        grants: [
          { doc: room, access: 'read' },
          { doc: `${room}.k`, access: 'write' },
        ],
        notAfter: invite.notAfter,
        // An owner's right is for programs: no page of this computer may use it.
        ...(invite.loopbackOnly
          ? { loopbackOnly: true, pages: roleOf(invite.role) !== 'owner' }
          : {}),
      });
    }
    for (const member of this.members) {
      // One that no relay takes would make it refuse all of them.
      if (!TOKEN_HASH.test(member.tokenHash)) continue;
      const channel = `${room}.g.${member.member}`;
      tokens.push({
        hash: member.tokenHash,
        grants: [
          { doc: room, access: 'read' },
          { doc: `${room}.s.*`, access: 'read' },
          { doc: `${room}.b.**`, access: 'read' },
          { doc: channel, access: 'write' },
          // [I5] Who may not prompt has nothing to attach.
          ...(mayAttach(member) ? [{ doc: `${channel}.b.**`, access: 'write' as const }] : []),
        ],
        ...(member.notAfter === undefined ? {} : { notAfter: member.notAfter }),
      });
    }
    return tokens;
  }

  private get places(): Places {
    return { members: this.members, goneMs: this.options.goneMs };
  }

  /** It stays known, so that it comes back with what it was allowed; of those there are not too many. */
  private giveWay(member: string): void {
    const { journal, clock } = this.options;
    const known = this.members.find((one) => one.member === member);
    if (known) journal.saveMember({ ...known, gaveWayAt: clock.now() });
    for (const { member: one } of this.gaveWay.slice(LIMITS.gaveWay)) journal.removeMember(one);
  }

  private personOf(member: StoredMember): Person {
    return {
      member: member.member,
      key: member.key,
      name: member.name,
      device: member.device,
      role: member.role,
      scopes: [...member.scopes],
      ...(member.asksControl ? { asksControl: true } : {}),
      ...(member.alike ? { alike: true } : {}),
      since: member.since,
      ...(member.notAfter === undefined ? {} : { notAfter: member.notAfter }),
      present: this.options.isPresent(member.member),
    };
  }
}

/** [I5] Who has `prompt`, as its rights are judged (R1). */
function mayAttach({ role, scopes }: StoredMember): boolean {
  const known = roleOf(role);
  return known === 'owner' || (known === 'controller' && scopes.includes('prompt'));
}

/** Scopes of a role; what another version has given beside ours stays. */
function scopesOf(role: Role, given: readonly Open<Scope>[]): readonly Open<Scope>[] {
  switch (role) {
    case 'owner':
      return scopeSchema.options;
    case 'controller':
      return [...new Set([...GUEST_SCOPES, ...given])];
    case 'viewer':
      return [];
  }
}
