// The host's beats as a replica reads them: each once, the newest counts, and one under a missing secret is heard.
import type { Bytes } from '../base/bytes.ts';
import type { RecordHeader, RecordOpener } from '../crypto/record.ts';
import { type Beat, beatSchema, RECORD_TYPE } from '../protocol/room.ts';
import type { HostRecords } from './hostRecords.ts';
import type { Promised } from './promised.ts';

/** What reading needs. */
export interface BeatReaderOptions {
  readonly records: HostRecords;
  readonly opener: RecordOpener;
  /** [T2] The key of the boot that may write; undefined for others. */
  readonly keyOf: (header: RecordHeader) => CryptoKey | undefined;
}

/** Reads beats of one host after the other. */
export class BeatReader {
  private readonly options: BeatReaderOptions;
  private seq = -1n;
  /** Of the newest beat that could not be opened; it is opened yet when its secret comes. */
  private lockedSeq = -1n;
  private newest: Promised | undefined;

  constructor(options: BeatReaderOptions) {
    this.options = options;
  }

  /** What the newest beat says that stands in the document. */
  get promised(): Promised | undefined {
    return this.newest;
  }

  /** Another process writes from now on: it counts anew. */
  forget(): void {
    this.seq = -1n;
    this.lockedSeq = -1n;
    this.newest = undefined;
  }

  /** Takes a beat; undefined if it is not the host's or not newer than the last. */
  async accept(record: Bytes): Promise<Beat | undefined> {
    const opened = await this.options.records.open(record, RECORD_TYPE.beat, 'beat');
    if (!opened || opened.seq <= this.seq) return undefined;
    const parsed = beatSchema.safeParse(opened.json);
    if (!parsed.success) return undefined;
    this.seq = opened.seq;
    this.newest = parsed.data;
    return parsed.data;
  }

  /** [P6] Whether this is a beat of the host, newer than the last, under a secret that is not held here. */
  async hearsLocked(record: Bytes): Promise<boolean> {
    const { opener, keyOf } = this.options;
    const header = await opener.locked(record, { type: RECORD_TYPE.beat, place: 'beat' }, keyOf);
    if (!header || header.seq <= this.lockedSeq || header.seq <= this.seq) return false;
    this.lockedSeq = header.seq;
    return true;
  }
}
