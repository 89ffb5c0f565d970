// How a device gets into a room and stays in: which token it offers, when it knocks, and when it is over.
import type { AppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { CLOSE } from '../../protocol/closeCodes.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { InviteLink } from '../../protocol/link.ts';
import type { Person, RoomState } from '../../protocol/state.ts';
import type { DocumentConnection } from '../documentConnection.ts';
import { linkFull, notAdmitted, notMemberAnyMore, revoked, roomNotFound } from '../errors.ts';
import { asksMore, type Knocking } from './knocking.ts';

/** A new room may be claimed a moment after its link was made; longer than this it is not there. */
const UNKNOWN_ROOM_MS = 8_000;

/** What opens a room's documents: the link's token, and the one that the member has told the host. */
export interface AdmissionTokens {
  readonly invite: string;
  readonly channel: string;
  /** Names the link in the state of its room. */
  readonly inviteId: string;
}

/** What admission needs. */
export interface RoomEntryOptions {
  readonly link: InviteLink;
  readonly tokens: AdmissionTokens;
  readonly member: string;
  /** The connection of the main document. */
  readonly main: DocumentConnection;
  readonly knocking: Knocking;
  readonly clock: Clock;
}

/** Follows roster and relay; what it returns as an error is the end of the view. */
export class RoomEntry {
  private readonly options: RoomEntryOptions;
  /** Which token the next try offers, and which one the synced socket was admitted by. */
  private offersInvite = true;
  private enteredByInvite = false;
  private triedOther = false;
  private unknownSince: number | undefined;
  private asksMore: boolean | undefined;
  private wasMember = false;

  constructor(options: RoomEntryOptions) {
    this.options = options;
  }

  /** The state says who is in: our own row, if there is one, and which links have no place. */
  follow(me: Person | undefined, state: RoomState): AppError | undefined {
    const { knocking, link, main, tokens, member } = this.options;
    if (!me) {
      // [J7] Who gave its place up while it was gone asks for one again.
      if (state.gaveWay?.includes(member)) this.wasMember = false;
      // Whoever was let in once and is not there any more does not ask again by itself.
      if (this.wasMember) return notMemberAnyMore();
      if (state.fullLinks?.includes(tokens.inviteId)) return linkFull(placesIn(state, tokens));
      knocking.start(main.url);
      return undefined;
    }
    this.wasMember = true;
    // A member that comes with a better link than it came by knocks once more.
    this.asksMore = this.asksMore !== false && asksMore(link.role, me);
    if (this.asksMore) knocking.start(main.url);
    else knocking.stop();
    if (this.offersInvite) this.offer(false);
    return undefined;
  }

  /** The relay has admitted us and sent what it has. */
  synced(): void {
    this.enteredByInvite = this.offersInvite;
    this.triedOther = false;
  }

  /** The relay said no for good. */
  refused(code: number): AppError | undefined {
    // An invite may have ended while the membership lasts, and the other way round: try the other once.
    const isNotAdmitted = code === CLOSE.notAdmitted;
    const hasLinkEnded = code === CLOSE.revoked && this.enteredByInvite && this.wasMember;
    if ((isNotAdmitted || hasLinkEnded) && !this.triedOther) {
      this.triedOther = true;
      this.offer(isNotAdmitted && !this.offersInvite);
      this.options.main.reconnect();
      return undefined;
    }
    return isNotAdmitted && !this.wasMember ? notAdmitted() : revoked();
  }

  /** The relay does not know a room of which nothing was ever seen: it is not there if that lasts. */
  unknown(): AppError | undefined {
    const now = this.options.clock.monotonic();
    this.unknownSince ??= now;
    return now - this.unknownSince < UNKNOWN_ROOM_MS ? undefined : roomNotFound();
  }

  /** The relay moved. */
  move(url: string): void {
    this.options.main.setAddress(url, this.token);
    this.options.main.reconnect();
  }

  private get token(): string {
    const { invite, channel } = this.options.tokens;
    return this.offersInvite ? invite : channel;
  }

  private offer(isInvite: boolean): void {
    this.offersInvite = isInvite;
    this.options.main.setAddress(this.options.main.url, this.token);
  }
}

/** How many places the link has. */
function placesIn(state: RoomState, { inviteId }: AdmissionTokens): number {
  const invites = state.kind === 'session' ? (state.sharing?.invites ?? []) : [];
  return invites.find((invite) => invite.inviteId === inviteId)?.places ?? LIMITS.placesOfLink;
}
