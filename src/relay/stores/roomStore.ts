// What a relay keeps: update logs of documents and the claims of rooms. Several stores fit behind this.
import type { RelayToken } from '../../protocol/claim.ts';

/** A claim as stored: who holds the room, and which tokens it admits. */
export interface StoredClaim {
  readonly term: number;
  readonly boot: string;
  readonly rev: number;
  readonly tokens: readonly RelayToken[];
}

/** Which version of a claim a compare-and-set expects; undefined: none is stored. */
export type ClaimVersion = Pick<StoredClaim, 'term' | 'boot' | 'rev'> | undefined;

/** Where the updates of documents are kept; their names and updates are opaque to it. */
export interface DocumentStore {
  /** The updates of a document in the order they were appended, those not yet durable included. */
  load(document: string): Promise<readonly Uint8Array[]>;
  /** Takes an update; it is durable soon after (see `flush`), and in order. Never throws. */
  append(document: string, update: Uint8Array): void;
  /** Replaces all that `append` took so far by one compacted update, atomically. */
  replace(document: string, compacted: Uint8Array): void;
}

/** Storage of a relay. */
export interface RoomStore extends DocumentStore {
  /** The claim of a room. */
  loadClaim(room: string): Promise<StoredClaim | undefined>;
  /**
   * Stores `next` if the stored claim still is `expected`; resolves, once `next` is durable, to
   * whether it was stored. If it rejects because the disk refuses, the store still goes by `next`,
   * and writes it later: what a claim takes away is gone.
   */
  compareAndSetClaim(room: string, expected: ClaimVersion, next: StoredClaim): Promise<boolean>;
  /**
   * Forgets rooms, their claims included: those that nobody has used since `unusedSince` (wall time,
   * ms), and, while the store is over its size, those that were not used for longest. Rooms in `keep`
   * stay. Done before it returns; resolves to the number of rooms.
   */
  prune(keep: ReadonlySet<string>, unusedSince: number): Promise<number>;
  /** Resolves when everything taken so far is durable; rejects if the disk refused it. */
  flush(): Promise<void>;
  /** Flushes and releases the store; idempotent. */
  close(): Promise<void>;
}

/** Whether a stored claim is the version that a compare-and-set expects. */
export function isClaimVersion(stored: StoredClaim | undefined, expected: ClaimVersion): boolean {
  if (!stored || !expected) return !stored && !expected;
  return (
    stored.term === expected.term && stored.boot === expected.boot && stored.rev === expected.rev
  );
}
