// Rooms, their claims, and what a token opens.
import { say } from '../../base/say.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { verifyClaim } from '../../crypto/admissionToken.ts';
import type { Claim, ClaimConflict, ClaimRequest, RelayToken } from '../../protocol/claim.ts';
import { matchesDocument, roomOfDocument } from '../../protocol/documentNames.ts';
import { badClaim } from '../errors.ts';
import type { RelayLimits } from '../relayLimits.ts';
import type { RoomStore, StoredClaim } from '../stores/roomStore.ts';

/** What a socket may do in its document. */
export interface Access {
  readonly mode: 'read' | 'write';
  /** The room's host: not cut to the guests' frame size and rate. */
  readonly isHost: boolean;
}

/** A socket's wish. */
export interface AdmissionRequest {
  readonly document: string;
  /** Hash of the offered token; undefined if none was offered. */
  readonly tokenHash: string | undefined;
  /** Straight from this computer, see isDirectLoopback. */
  readonly isDirect: boolean;
  /** A page asks, see isFromPage. */
  readonly isFromPage: boolean;
}

/** The answer to a wish. */
export type TokenVerdict =
  | { readonly kind: 'admitted'; readonly access: Access }
  | { readonly kind: 'refused' }
  | { readonly kind: 'noRoom' };

/** The answer to a claim. */
export type ClaimOutcome =
  | { readonly kind: 'accepted'; readonly claim: Claim }
  | { readonly kind: 'conflict'; readonly conflict: ClaimConflict };

/** A claim in memory, with what is asked of it often. */
interface KnownClaim {
  readonly claim: StoredClaim;
  /** By hash. Guests choose theirs: one that repeats another's must not take its place. */
  readonly tokens: ReadonlyMap<string, readonly RelayToken[]>;
  /** Wall time of the next expiry not yet announced. */
  nextExpiry: number;
}

/** Keeps claims (durably, through the store) and judges tokens by them. */
export class Claims {
  private readonly store: RoomStore;
  private readonly clock: Clock;
  private readonly limits: RelayLimits;
  private readonly claims = new Map<string, KnownClaim>();
  private readonly changed = new Emitter<string>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly store: RoomStore;
    readonly clock: Clock;
    readonly limits: RelayLimits;
  }) {
    this.store = options.store;
    this.clock = options.clock;
    this.limits = options.limits;
  }

  /** Fires the room whose tokens were replaced, or one of them expired. */
  readonly onDidChange: Event<string> = (listener) => this.changed.event(listener);

  /** Judges a wish, loading the room's claim if it is not in memory. */
  async judge(request: AdmissionRequest): Promise<TokenVerdict> {
    await this.load(roomOfDocument(request.document));
    return this.judgeKnown(request);
  }

  /** Judges a wish for a room that is in memory because it has sockets. */
  judgeKnown(request: AdmissionRequest): TokenVerdict {
    const known = this.claims.get(roomOfDocument(request.document));
    if (!known) return { kind: 'noRoom' };
    const tokens = this.takenTokens(known, request);
    if (tokens.some((token) => token.host)) {
      return { kind: 'admitted', access: { mode: 'write', isHost: true } };
    }
    const grants = tokens
      .flatMap((token) => token.grants)
      .filter((grant) => matchesDocument(grant.doc, request.document));
    if (grants.length === 0) return { kind: 'refused' };
    const mode = grants.some((grant) => grant.access === 'write') ? 'write' : 'read';
    return { kind: 'admitted', access: { mode, isHost: false } };
  }

  /** Who holds a room, for somebody with any token of it; undefined if the token is not admitted. */
  async holder(
    room: string,
    wish: Omit<AdmissionRequest, 'document'>,
  ): Promise<Pick<StoredClaim, 'term' | 'boot'> | undefined> {
    const claim = await this.load(room);
    const known = this.claims.get(room);
    if (!claim || !known) return undefined;
    if (this.takenTokens(known, { document: room, ...wish }).length === 0) return undefined;
    return { term: claim.term, boot: claim.boot };
  }

  /** Takes a claim for `room`; throws AppError `relay-bad-request` if it is none. */
  async claim(room: string, request: ClaimRequest): Promise<ClaimOutcome> {
    const claim = await verifyClaim(request);
    if (!claim) throw badClaim(say`its signature or room key is wrong`);
    if (claim.room !== room) throw badClaim(say`it is for another room`);
    const result = this.queue.then(() => this.decide(claim));
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Announces expired tokens, and forgets claims of rooms that are not in use; the store has them. */
  sweep(usedRooms: ReadonlySet<string>): void {
    const now = this.clock.now();
    for (const [room, known] of this.claims) {
      if (!usedRooms.has(room)) {
        this.claims.delete(room);
      } else if (known.nextExpiry <= now) {
        known.nextExpiry = nextExpiry(known.claim.tokens, now);
        this.changed.fire(room);
      }
    }
  }

  /** Rooms whose claims are in memory. */
  rooms(): Iterable<string> {
    return this.claims.keys();
  }

  private async decide(claim: Claim): Promise<ClaimOutcome> {
    const stored = await this.load(claim.room);
    if (stored && isRepeated(stored, claim)) return { kind: 'accepted', claim };
    if (stored && !isNewer(stored, claim)) return { kind: 'conflict', conflict: versionOf(stored) };
    if (!stored && Math.abs(this.clock.now() - claim.at) > this.limits.claimClockMs) {
      throw badClaim(say`its time is more than an hour off; check the clocks of both computers`);
    }
    const { term, boot, rev, tokens } = claim;
    const next: StoredClaim = { term, boot, rev, tokens };
    try {
      if (await this.store.compareAndSetClaim(claim.room, stored, next)) {
        this.remember(claim.room, next);
        this.changed.fire(claim.room);
        return { kind: 'accepted', claim };
      }
    } catch (error) {
      await this.readAgain(claim.room);
      this.changed.fire(claim.room);
      throw error;
    }
    const winner = await this.readAgain(claim.room);
    return { kind: 'conflict', conflict: versionOf(winner ?? next) };
  }

  private readAgain(room: string): Promise<StoredClaim | undefined> {
    this.claims.delete(room);
    return this.load(room);
  }

  private takenTokens(known: KnownClaim, request: AdmissionRequest): readonly RelayToken[] {
    const tokens = known.tokens.get(request.tokenHash ?? '') ?? [];
    return tokens.filter((token) => this.isTaken(token, request));
  }

  private isTaken(token: RelayToken, request: AdmissionRequest): boolean {
    if (token.notAfter !== undefined && token.notAfter <= this.clock.now()) return false;
    if (!token.loopbackOnly) return true;
    return request.isDirect && (!request.isFromPage || token.pages === true);
  }

  private async load(room: string): Promise<StoredClaim | undefined> {
    const known = this.claims.get(room);
    if (known) return known.claim;
    const stored = await this.store.loadClaim(room);
    // A claim that was accepted during the read is newer than what was read.
    const newer = this.claims.get(room);
    if (!newer && stored) this.remember(room, stored);
    return newer?.claim ?? stored;
  }

  private remember(room: string, claim: StoredClaim): void {
    const tokens = new Map<string, RelayToken[]>();
    for (const token of claim.tokens) {
      const same = tokens.get(token.hash);
      if (same) same.push(token);
      else tokens.set(token.hash, [token]);
    }
    this.claims.set(room, {
      claim,
      tokens,
      nextExpiry: nextExpiry(claim.tokens, this.clock.now()),
    });
  }
}

function nextExpiry(tokens: readonly RelayToken[], now: number): number {
  const times = tokens.map((token) => token.notAfter ?? Infinity).filter((time) => time > now);
  return Math.min(Infinity, ...times);
}

function isNewer(stored: StoredClaim, claim: Claim): boolean {
  if (claim.term !== stored.term) return claim.term > stored.term;
  return claim.boot === stored.boot && claim.rev > stored.rev;
}

/** The same claim once more: its answer was lost on the way. */
function isRepeated(stored: StoredClaim, claim: Claim): boolean {
  const isSame =
    claim.term === stored.term && claim.boot === stored.boot && claim.rev === stored.rev;
  return isSame && JSON.stringify(claim.tokens) === JSON.stringify(stored.tokens);
}

function versionOf(stored: StoredClaim): ClaimConflict {
  return { term: stored.term, boot: stored.boot, rev: stored.rev };
}
