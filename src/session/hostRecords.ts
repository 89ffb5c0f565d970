// The records of a host as a replica reads them: each is opened once, and what does not open stays shut.
import { readUtf8 } from '../base/bytes.ts';
import { inflateRaw } from '../crypto/inflate.ts';
import type { RecordHeader, RecordOpener } from '../crypto/record.ts';
import { type Json, parseJson } from '../protocol/json.ts';
import { LIMITS } from '../protocol/limits.ts';
import { RECORD_FLAG, RECORD_TYPE, type RecordType } from '../protocol/room.ts';

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
  /** [S11] The host has written something that this version cannot undo. */
  readonly onForeign: () => void;
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
    const { opener, keyOf, onForeign } = this.options;
    const flags = type === RECORD_TYPE.log ? RECORD_FLAG.deflated : 0;
    const result = await opener.open(record, { type, place, flags }, keyOf);
    if (!result.ok) {
      if (result.reason === 'other-flags') onForeign();
      return undefined;
    }
    const plaintext =
      result.header.flags === 0
        ? result.plaintext
        : await inflateRaw(result.plaintext, LIMITS.logRecordBytes);
    const text = plaintext && readUtf8(plaintext);
    const json = text === undefined ? undefined : parseJson(text);
    if (text === undefined || json === undefined) return undefined;
    return { seq: result.header.seq, json, text, isOffered: false };
  }
}
