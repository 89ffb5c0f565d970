// Awareness of one document: each connection speaks for one client only, and its last state is kept.
import type { AwarenessEntry } from './wire.ts';

const NOBODY = 'null';
/** Clients whose last clock is remembered, so that an echo cannot pass for the client itself. */
const MAX_REMEMBERED = 2048;

/** What a message of a connection does. */
export type AwarenessOutcome<Speaker> =
  /** Send this entry to everybody. */
  | { readonly kind: 'publish'; readonly entry: AwarenessEntry }
  /** The client is spoken for by another connection: find out whether that one is alive. */
  | { readonly kind: 'contested'; readonly holder: Speaker }
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

  /** States of all clients that are there. */
  entries(): readonly AwarenessEntry[] {
    return [...this.bound.values()].filter((entry) => entry.state !== NOBODY);
  }

  /** Notes that a connection was sent the states of these clients. */
  noteDelivered(speaker: Speaker, entries: readonly AwarenessEntry[]): void {
    if (this.bound.has(speaker)) return;
    const ids = this.delivered.get(speaker) ?? new Set<number>();
    for (const entry of entries) ids.add(entry.clientId);
    this.delivered.set(speaker, ids);
  }

  /** Takes a message of a connection. */
  receive(speaker: Speaker, entries: readonly AwarenessEntry[]): AwarenessOutcome<Speaker> {
    const own = this.bound.get(speaker);
    if (own) {
      const entry = entries.find((each) => each.clientId === own.clientId);
      return entry ? this.publish(speaker, entry) : { kind: 'nothing' };
    }
    const entry = entries.find((each) => this.isOwn(speaker, each));
    if (!entry) return { kind: 'nothing' };
    const holder = this.speakers.get(entry.clientId);
    return holder ? { kind: 'contested', holder } : this.publish(speaker, entry);
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

  private publish(speaker: Speaker, entry: AwarenessEntry): AwarenessOutcome<Speaker> {
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
