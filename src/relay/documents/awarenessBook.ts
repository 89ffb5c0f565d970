// Awareness of one document: each connection speaks for one client only, and its last state is kept.
import type { AwarenessEntry } from './wire.ts';

const NOBODY = 'null';
/** Clients whose last clock is remembered, so that an echo cannot pass for the client itself. */
const MAX_REMEMBERED = 2048;
/** Clients of hosts that nobody else may speak for, the newest of them. */
const MAX_HOST_CLIENTS = 64;
/** A guest's clock beyond this is none: clients count one up per change, and must be able to count on. */
const MAX_GUEST_CLOCK = 2 ** 31;

/** Who sends a message of awareness. */
export type AwarenessRank = 'host' | 'guest';

/** What a message of a connection does. */
export type AwarenessOutcome<Speaker> =
  /** Send this entry to everybody. */
  | { readonly kind: 'publish'; readonly entry: AwarenessEntry }
  /** The client is spoken for by another connection: find out whether that one is alive. */
  | { readonly kind: 'contested'; readonly holder: Speaker }
  /** Send this entry to everybody, and end `impostor`, a guest that spoke for the host's client. */
  | { readonly kind: 'reclaimed'; readonly impostor: Speaker; readonly entry: AwarenessEntry }
  /** Nothing: an echo of other clients' states. */
  | { readonly kind: 'nothing' };

/**
 * Binds connections to awareness clients. The stock client repeats the states of all others, even
 * before it has one of its own; so a connection is bound by the first state that it was not sent
 * itself, or that is newer than the newest known.
 */
export class AwarenessBook<Speaker extends object> {
  private readonly bound = new Map<Speaker, AwarenessEntry>();
  private readonly speakers = new Map<number, Speaker>();
  private readonly delivered = new WeakMap<Speaker, Set<number>>();
  private readonly lastClocks = new Map<number, number>();
  private readonly ranks = new WeakMap<Speaker, AwarenessRank>();
  private readonly hostClients = new Set<number>();

  /** States of all clients that are there. */
  entries(): readonly AwarenessEntry[] {
    return [...this.bound.values()].filter((entry) => entry.state !== NOBODY);
  }

  /** Notes that a connection was sent the states of these clients. */
  noteDelivered(speaker: Speaker, entries: readonly AwarenessEntry[]): void {
    if (this.bound.has(speaker)) return;
    const ids = this.delivered.get(speaker) ?? new Set<number>();
    for (const entry of entries) addBounded(ids, entry.clientId, MAX_REMEMBERED);
    this.delivered.set(speaker, ids);
  }

  /** Takes a message of a connection. */
  receive(
    speaker: Speaker,
    entries: readonly AwarenessEntry[],
    rank: AwarenessRank = 'guest',
  ): AwarenessOutcome<Speaker> {
    this.ranks.set(speaker, rank);
    const taken = rank === 'host' ? entries : entries.filter((each) => this.isForGuests(each));
    const own = this.bound.get(speaker);
    if (own) {
      const entry = taken.find((each) => each.clientId === own.clientId);
      return entry ? this.publish(speaker, entry) : { kind: 'nothing' };
    }
    const entry = taken.find((each) => this.isOwn(speaker, each));
    if (!entry) return { kind: 'nothing' };
    const holder = this.speakers.get(entry.clientId);
    if (!holder) return this.publish(speaker, entry);
    if (rank !== 'host' || this.ranks.get(holder) === 'host') return { kind: 'contested', holder };
    this.bound.delete(holder);
    this.publish(speaker, entry);
    return { kind: 'reclaimed', impostor: holder, entry };
  }

  /** Forgets a connection; the result tells everybody that its client left. */
  leave(speaker: Speaker): AwarenessEntry | undefined {
    const entry = this.bound.get(speaker);
    this.bound.delete(speaker);
    if (!entry) return undefined;
    this.speakers.delete(entry.clientId);
    return entry.state === NOBODY ? undefined : { ...entry, state: NOBODY };
  }

  private isOwn(speaker: Speaker, entry: AwarenessEntry): boolean {
    if (entry.state === NOBODY) return false;
    const isDelivered = this.delivered.get(speaker)?.has(entry.clientId) ?? false;
    return !isDelivered || entry.clock > (this.lastClocks.get(entry.clientId) ?? -1);
  }

  private isForGuests(entry: AwarenessEntry): boolean {
    return entry.clock <= MAX_GUEST_CLOCK && !this.hostClients.has(entry.clientId);
  }

  private publish(speaker: Speaker, entry: AwarenessEntry): AwarenessOutcome<Speaker> {
    if (this.ranks.get(speaker) === 'host') {
      addBounded(this.hostClients, entry.clientId, MAX_HOST_CLIENTS);
    }
    this.bound.set(speaker, entry);
    this.speakers.set(entry.clientId, speaker);
    this.delivered.delete(speaker);
    this.lastClocks.delete(entry.clientId);
    this.lastClocks.set(entry.clientId, entry.clock);
    const oldest = this.lastClocks.keys().next();
    if (this.lastClocks.size > MAX_REMEMBERED && !oldest.done) this.lastClocks.delete(oldest.value);
    return { kind: 'publish', entry };
  }
}

/** Adds a value; the oldest goes when there are more than `max`. */
function addBounded(set: Set<number>, value: number, max: number): void {
  set.add(value);
  const oldest = set.values().next();
  if (set.size > max && !oldest.done) set.delete(oldest.value);
}
