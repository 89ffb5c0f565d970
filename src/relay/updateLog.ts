// The update log of one document: a compacted base and the updates since, without a Y.Doc.
import * as Y from 'yjs';
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

  /** Bytes of the updates since the last compaction. */
  get tailBytes(): number {
    return this.tailSize;
  }

  /** Number of updates since the last compaction. */
  get tailUpdates(): number {
    return this.tail.length;
  }

  /** Takes an update; the array must not be changed afterwards. */
  append(update: Uint8Array): void {
    this.tail.push(update);
    this.tailSize += update.length;
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
    let dropped = 0;
    for (const update of [this.baseUpdate, ...this.tail]) {
      try {
        Y.applyUpdate(doc, update);
      } catch {
        dropped += 1;
      }
    }
    this.baseUpdate = Y.encodeStateAsUpdate(doc);
    doc.destroy();
    this.baseStateVector = undefined;
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

/** Whether bytes of a guest have the structure of a Yjs update; takes time by their length only. */
export function isYjsUpdate(bytes: Uint8Array): boolean {
  try {
    Y.decodeUpdate(bytes);
    return true;
  } catch {
    return false;
  }
}
