// The update log of one document: a compacted base and the updates since, without a Y.Doc.
import * as Y from 'yjs';
import { type Clocks, advanceOf, decodeGuestUpdate } from './guestUpdate.ts';
import { EMPTY_STATE_VECTOR, EMPTY_UPDATE } from './wire.ts';

/** What `compact` did. */
export interface Compaction {
  readonly base: Uint8Array;
  /** Updates that were no Yjs updates and were left out. */
  readonly dropped: number;
}

/** Keeps updates in the order they came; decodes them only when compacting or joining. */
export class UpdateLog {
  private baseUpdate: Uint8Array = EMPTY_UPDATE;
  private baseStateVector: Uint8Array | undefined;
  private tail: Uint8Array[] = [];
  private tailSize = 0;
  /** Kept up to date while they are cheap to know, and only once somebody asked. */
  private clocks: Map<number, number> | undefined;

  constructor(updates: readonly Uint8Array[] = []) {
    for (const update of updates) this.append(update);
  }

  /** The compacted part. */
  get base(): Uint8Array {
    return this.baseUpdate;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.baseUpdate.length + this.tailSize;
  }

  /** Number of updates since the last compaction. */
  get tailUpdates(): number {
    return this.tail.length;
  }

  /** Takes an update; the array must not be changed afterwards. */
  append(update: Uint8Array): void {
    this.tail.push(update);
    this.tailSize += update.length;
    if (!this.clocks) return;
    const decoded = decodeGuestUpdate(update);
    const advance = decoded && advanceOf(decoded, this.clocks);
    if (!advance) this.clocks = undefined;
    else for (const [client, next] of advance) this.clocks.set(client, next);
  }

  /**
   * Whether an update builds only on what is here, told by a temporary Y.Doc: as costly as a
   * compaction. One that does not would wait inside every Y.Doc for what may never come, and make
   * each update after it dearer.
   */
  hasAllFor(update: Uint8Array): boolean {
    const doc = new Y.Doc();
    try {
      applyAll(doc, [this.baseUpdate, ...this.tail]);
      Y.applyUpdate(doc, update);
      return doc.store.pendingStructs === null && doc.store.pendingDs === null;
    } catch {
      return false;
    } finally {
      doc.destroy();
    }
  }

  /** Next clock of each client that wrote here. */
  knownClocks(): Clocks {
    if (!this.clocks) {
      if (!this.isCompact) this.compact();
      this.clocks = Y.decodeStateVector(this.stateVector());
    }
    return this.clocks;
  }

  /** Updates that bring a client up to date, oldest first; undefined if `stateVector` is none. */
  missing(stateVector: Uint8Array): readonly Uint8Array[] | undefined {
    const first = this.missingOfBase(stateVector);
    if (!first) return undefined;
    return first.length > EMPTY_UPDATE.length ? [first, ...this.tail] : [...this.tail];
  }

  /** Whether everything is in the base. */
  get isCompact(): boolean {
    return this.tail.length === 0;
  }

  /** State vector of the compacted base. */
  stateVector(): Uint8Array {
    this.baseStateVector ??= Y.encodeStateVectorFromUpdate(this.baseUpdate);
    return this.baseStateVector;
  }

  /**
   * Folds the tail into the base through a temporary Y.Doc, which also collects garbage
   * (Y.mergeUpdates would keep it). Takes about 10 ms per MiB: never on the path of an update.
   */
  compact(): Compaction {
    const doc = new Y.Doc();
    const dropped = applyAll(doc, [this.baseUpdate, ...this.tail]);
    this.baseUpdate = Y.encodeStateAsUpdate(doc);
    doc.destroy();
    this.baseStateVector = undefined;
    this.clocks = undefined;
    this.tail = [];
    this.tailSize = 0;
    return { base: this.baseUpdate, dropped };
  }

  private missingOfBase(stateVector: Uint8Array): Uint8Array | undefined {
    if (stateVector.length <= EMPTY_STATE_VECTOR.length) return this.baseUpdate;
    try {
      return Y.diffUpdate(this.baseUpdate, stateVector);
    } catch {
      return undefined;
    }
  }
}

/**
 * Applies updates as one transaction; the number that were no Yjs updates. What still waits for
 * others after a second try is left out: a client sends again whatever a relay lacks when it syncs,
 * and Yjs takes quadratic time to keep it (4 MiB: minutes).
 */
function applyAll(doc: Y.Doc, updates: readonly Uint8Array[]): number {
  let dropped = 0;
  const early: Uint8Array[] = [];
  const apply = (update: Uint8Array): boolean => {
    Y.applyUpdate(doc, update);
    const isWhole = doc.store.pendingStructs === null && doc.store.pendingDs === null;
    doc.store.pendingStructs = null;
    doc.store.pendingDs = null;
    return isWhole;
  };
  doc.transact(() => {
    for (const update of updates) {
      try {
        if (!apply(update)) early.push(update);
      } catch {
        dropped += 1;
      }
    }
    for (const update of early) {
      try {
        apply(update);
      } catch {
        dropped += 1;
      }
    }
  });
  return dropped;
}
