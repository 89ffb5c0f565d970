// The log of a room on its host: chains entries and journals them before anything else happens.
import { type Bytes, toBase64Url, utf8Bytes } from '../base/bytes.ts';
import type { Json } from '../protocol/json.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { LogPlaintext } from '../protocol/room.ts';
import type { Entry } from '../protocol/transcript.ts';
import type { RoomJournal, StoredRecord } from './roomJournal.ts';
import type { PlacedEntry } from './view.ts';

/** Bytes that sealing adds to a record, about. */
const SEALED_OVERHEAD_BYTES = 300;

/** What a log needs. */
export interface RoomLogOptions {
  readonly journal: Pick<RoomJournal, 'logEnd' | 'appendLog' | 'readLog'>;
  /** SHA-256, synchronous. */
  readonly sha256: (bytes: Bytes) => Uint8Array;
}

/** Appends to the chain. */
export class RoomLog {
  private readonly options: RoomLogOptions;
  private nextIndex: number;
  private lastHash: string;

  constructor(options: RoomLogOptions) {
    this.options = options;
    ({ nextIndex: this.nextIndex, lastHash: this.lastHash } = options.journal.logEnd());
  }

  /** Chains and journals entries: durable when this returns. */
  append(entries: readonly Entry[]): {
    readonly placed: readonly PlacedEntry[];
    readonly records: readonly StoredRecord[];
  } {
    let { nextIndex, lastHash } = this;
    const records: StoredRecord[] = [];
    const placed: PlacedEntry[] = [];
    for (const entry of entries) {
      // An entry is JSON by its schema, which its type does not say.
      const plain: LogPlaintext = { index: nextIndex, prev: lastHash, entry: entry as Json };
      const text = JSON.stringify(plain);
      const hash = toBase64Url(this.options.sha256(utf8Bytes(text)));
      records.push({ index: nextIndex, hash, text });
      placed.push({ index: nextIndex, entry });
      nextIndex += 1;
      lastHash = hash;
    }
    // If the journal refuses, nothing of it has happened.
    if (records.length > 0) this.options.journal.appendLog(records);
    this.nextIndex = nextIndex;
    this.lastHash = lastHash;
    return { placed, records };
  }

  /** The newest records that fit one chunk: what a document begins with. */
  newest(): readonly StoredRecord[] {
    const { journal } = this.options;
    const end = journal.logEnd().nextIndex;
    const records = journal.readLog(Math.max(0, end - LIMITS.chunkRecords), end);
    let bytes = 0;
    let first = records.length;
    while (first > 0 && bytes < LIMITS.chunkBytes) {
      first -= 1;
      bytes += (records[first]?.text.length ?? 0) + SEALED_OVERHEAD_BYTES;
    }
    return records.slice(first);
  }
}
