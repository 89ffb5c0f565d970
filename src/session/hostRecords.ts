// The records of a host as a replica reads them: each is opened once, and what does not open stays shut.
import { readUtf8 } from '../base/bytes.ts';
import type { RecordHeader, RecordOpener } from '../crypto/record.ts';
import { type Json, parseJson } from '../protocol/json.ts';
import type { RecordType } from '../protocol/room.ts';

/** A record that opened. */
export interface OpenedRecord {
  readonly seq: bigint;
  readonly json: Json;
  readonly text: string;
  /** Its place in the chain is decided: a log record is hashed and offered once. */
  isOffered: boolean;
}

/** What reading needs. */
export interface HostRecordsOptions {
  readonly opener: RecordOpener;
  /** [T2] The key of the boot that may write; undefined for others. */
  readonly keyOf: (header: RecordHeader) => CryptoKey | undefined;
}

/** Opens records and remembers what became of them. */
export class HostRecords {
  private readonly options: HostRecordsOptions;
  private opened = new WeakMap<Uint8Array, OpenedRecord | 'refused'>();

  constructor(options: HostRecordsOptions) {
    this.options = options;
  }

  /** Everything is opened again, as after a new epoch secret or another boot. */
  forget(): void {
    this.opened = new WeakMap();
  }

  /** Those that open, in order. */
  async openAll(
    records: readonly Uint8Array[],
    type: RecordType,
    place: string,
  ): Promise<readonly OpenedRecord[]> {
    // Of this moment: a refresh in between must not find what was refused for want of its secret.
    const { opened } = this;
    const fresh = records.filter((record) => !opened.has(record));
    await Promise.all(
      fresh.map(async (record) => {
        opened.set(record, (await this.open(record, type, place)) ?? 'refused');
      }),
    );
    return records.flatMap((record) => {
      const known = opened.get(record);
      return known === undefined || known === 'refused' ? [] : [known];
    });
  }

  /** One that is not remembered. */
  async open(
    record: Uint8Array,
    type: RecordType,
    place: string,
  ): Promise<OpenedRecord | undefined> {
    const { opener, keyOf } = this.options;
    const result = await opener.open(record, { type, place }, keyOf);
    if (!result.ok) return undefined;
    const text = readUtf8(result.plaintext);
    const json = text === undefined ? undefined : parseJson(text);
    if (text === undefined || json === undefined) return undefined;
    return { seq: result.header.seq, json, text, isOffered: false };
  }
}
