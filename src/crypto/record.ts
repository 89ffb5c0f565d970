// Sealed records: everything that goes into a document is one of these. Layout: docs/protocol.md § Record.
import { type Bytes, concatBytes, equalBytes, utf8Bytes } from '../base/bytes.ts';
import { LABEL } from '../protocol/version.ts';
import type { RecordType } from '../protocol/room.ts';
import {
  hkdfAesKey,
  type RandomBytes,
  randomBytes,
  senderOfKey,
  sign,
  type SigningPair,
  verify,
} from './keys.ts';
import { pad, unpad } from './padding.ts';

const subtle = globalThis.crypto.subtle;
const MAGIC_0 = 0x54; // T
const MAGIC_1 = 0x31; // 1: version and suite
const HEADER_BYTES = 68;
const SIGNATURE_BYTES = 64;
const TAG_BYTES = 16;
const RECORD_LABEL = utf8Bytes(`${LABEL} record`);

/** What a record says of itself in the clear; authenticated. */
export interface RecordHeader {
  readonly type: number;
  readonly flags: number;
  readonly epoch: number;
  /** 16 bytes each. */
  readonly room: Bytes;
  readonly sender: Bytes;
  /** u32 term ‖ 12 random bytes. */
  readonly boot: Bytes;
  /** Host term that the boot carries. */
  readonly term: number;
  /** Counter of the boot over all places. */
  readonly seq: bigint;
}

/** Reads the header; undefined if it is no record of this version. */
export function readHeader(record: Uint8Array): RecordHeader | undefined {
  if (record.length < HEADER_BYTES + TAG_BYTES + SIGNATURE_BYTES) return undefined;
  if (record[0] !== MAGIC_0 || record[1] !== MAGIC_1) return undefined;
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  return {
    type: view.getUint8(2),
    flags: view.getUint8(3),
    epoch: view.getUint32(4),
    room: record.slice(8, 24),
    sender: record.slice(24, 40),
    boot: record.slice(40, 56),
    term: view.getUint32(40),
    seq: view.getBigUint64(60),
  };
}

/** Key of the records of one sender's boot in one epoch. */
export async function recordKey(
  secret: Bytes,
  room: Bytes,
  sender: Bytes,
  boot: Bytes,
): Promise<CryptoKey> {
  return hkdfAesKey(secret, room, concatBytes(RECORD_LABEL, sender, boot));
}

/** How a sealed plaintext is to be made. */
export interface SealOptions {
  readonly type: RecordType;
  /** Where it will stand: bound, not carried. */
  readonly place: string;
  readonly epoch: number;
  readonly plaintext: Bytes;
  /** What was done to the plaintext before: RECORD_FLAG. */
  readonly flags?: number;
}

/** Seals records of one sender and boot; hands out sequence numbers in call order. */
export class RecordSealer {
  readonly sender: Bytes;
  readonly boot: Bytes;
  private readonly room: Bytes;
  private readonly pair: SigningPair;
  private readonly secretOf: (epoch: number) => Bytes | undefined;
  private readonly keys = new Map<number, Promise<CryptoKey>>();
  private readonly random: RandomBytes;
  private readonly firstSeq: bigint;
  private nextSeq: bigint;

  private constructor(options: RecordSealerOptions, sender: Bytes) {
    this.sender = sender;
    this.boot = options.boot;
    this.room = options.room;
    this.pair = options.pair;
    this.secretOf = options.secretOf;
    this.random = options.random ?? randomBytes;
    this.firstSeq = options.firstSeq ?? 0n;
    this.nextSeq = this.firstSeq;
  }

  static async create(options: RecordSealerOptions): Promise<RecordSealer> {
    return new RecordSealer(options, await senderOfKey(options.pair.publicBytes));
  }

  /** Records sealed so far. */
  get count(): bigint {
    return this.nextSeq - this.firstSeq;
  }

  /** Seals one plaintext; throws if the epoch's secret is not known. */
  async seal(options: SealOptions): Promise<Bytes> {
    const seq = this.nextSeq;
    this.nextSeq += 1n;
    const header = new Uint8Array(HEADER_BYTES);
    const view = new DataView(header.buffer);
    header[0] = MAGIC_0;
    header[1] = MAGIC_1;
    header[2] = options.type;
    header[3] = options.flags ?? 0;
    view.setUint32(4, options.epoch);
    header.set(this.room, 8);
    header.set(this.sender, 24);
    header.set(this.boot, 40);
    header.set(this.random(4), 56);
    view.setBigUint64(60, seq);
    const place = utf8Bytes(options.place);
    const ciphertext = await subtle.encrypt(
      {
        name: 'AES-GCM',
        iv: header.slice(56, 68),
        additionalData: concatBytes(header, place),
      },
      await this.key(options.epoch),
      pad(options.plaintext),
    );
    const body = concatBytes(header, new Uint8Array(ciphertext));
    return concatBytes(body, await sign(this.pair, concatBytes(RECORD_LABEL, body, place)));
  }

  private key(epoch: number): Promise<CryptoKey> {
    const known = this.keys.get(epoch);
    if (known) return known;
    const secret = this.secretOf(epoch);
    if (!secret) throw new Error(`invariant: no secret for epoch ${epoch}`);
    const made = recordKey(secret, this.room, this.sender, this.boot);
    this.keys.set(epoch, made);
    return made;
  }
}

/** What a sealer needs. */
export interface RecordSealerOptions {
  readonly room: Bytes;
  readonly pair: SigningPair;
  readonly boot: Bytes;
  readonly secretOf: (epoch: number) => Bytes | undefined;
  /** Where the counter begins, if the boot has sealed before: above all of that. */
  readonly firstSeq?: bigint;
  readonly random?: RandomBytes;
}

/** Why a record was not opened. */
export type OpenFailure =
  | 'malformed'
  | 'other-type'
  | 'other-room'
  | 'no-secret'
  | 'forged'
  /** [S11] Its sender has done something to the plaintext that is not known here. */
  | 'other-flags';

/** An opened record or the reason why not. */
export type OpenResult =
  | { readonly ok: true; readonly header: RecordHeader; readonly plaintext: Bytes }
  | { readonly ok: false; readonly reason: OpenFailure; readonly header?: RecordHeader };

/** Opens records of one room; keeps derived keys. */
export class RecordOpener {
  private readonly room: Bytes;
  private readonly secretOf: (epoch: number) => Bytes | undefined;
  private readonly keys = new Map<string, Promise<CryptoKey>>();

  constructor(options: {
    readonly room: Bytes;
    readonly secretOf: (epoch: number) => Bytes | undefined;
  }) {
    this.room = options.room;
    this.secretOf = options.secretOf;
  }

  /**
   * Opens a record in the order type → room → epoch → signature → flags → decryption. `keyOf` gives
   * the verification key of a sender, undefined if the sender may not write here; `flags` are those
   * that the caller can undo.
   */
  async open(
    record: Uint8Array,
    expected: { readonly type: RecordType; readonly place: string; readonly flags?: number },
    keyOf: (header: RecordHeader) => CryptoKey | undefined,
  ): Promise<OpenResult> {
    const header = readHeader(record);
    if (!header) return { ok: false, reason: 'malformed' };
    if (header.type !== expected.type) return { ok: false, reason: 'other-type', header };
    if (!equalBytes(header.room, this.room)) return { ok: false, reason: 'other-room', header };
    const secret = this.secretOf(header.epoch);
    if (!secret) return { ok: false, reason: 'no-secret', header };
    const place = utf8Bytes(expected.place);
    if (!(await isSigned(record, place, keyOf(header)))) {
      return { ok: false, reason: 'forged', header };
    }
    if ((header.flags & ~(expected.flags ?? 0)) !== 0) {
      return { ok: false, reason: 'other-flags', header };
    }
    const plaintext = await this.decrypt(record, header, secret, place);
    return plaintext ? { ok: true, header, plaintext } : { ok: false, reason: 'forged', header };
  }

  /** [P6] Header of a record whose sender has signed it under a secret that is not known here; else undefined. */
  async locked(
    record: Uint8Array,
    expected: { readonly type: RecordType; readonly place: string },
    keyOf: (header: RecordHeader) => CryptoKey | undefined,
  ): Promise<RecordHeader | undefined> {
    const header = readHeader(record);
    if (header?.type !== expected.type || !equalBytes(header.room, this.room)) return undefined;
    if (this.secretOf(header.epoch)) return undefined;
    return (await isSigned(record, utf8Bytes(expected.place), keyOf(header))) ? header : undefined;
  }

  /** Decrypts without a signature check: only to read who says to have signed it, then `open` it. */
  async peek(
    record: Uint8Array,
    expected: { readonly type: RecordType; readonly place: string },
  ): Promise<Bytes | undefined> {
    const header = readHeader(record);
    if (header?.type !== expected.type || !equalBytes(header.room, this.room)) return undefined;
    const secret = this.secretOf(header.epoch);
    return secret && this.decrypt(record, header, secret, utf8Bytes(expected.place));
  }

  private async decrypt(
    record: Uint8Array,
    header: RecordHeader,
    secret: Bytes,
    place: Bytes,
  ): Promise<Bytes | undefined> {
    try {
      const padded = await subtle.decrypt(
        {
          name: 'AES-GCM',
          iv: record.slice(56, HEADER_BYTES),
          additionalData: concatBytes(record.slice(0, HEADER_BYTES), place),
        },
        await this.key(secret, header),
        record.slice(HEADER_BYTES, record.length - SIGNATURE_BYTES),
      );
      return unpad(new Uint8Array(padded));
    } catch {
      return undefined;
    }
  }

  private key(secret: Bytes, header: RecordHeader): Promise<CryptoKey> {
    const name = `${header.epoch} ${header.sender.join()} ${header.boot.join()}`;
    const known = this.keys.get(name);
    if (known) return known;
    // A hostile relay can invent boots: the cache is bounded, a dropped key is derived again.
    if (this.keys.size >= 512) this.keys.clear();
    const made = recordKey(secret, this.room, header.sender, header.boot);
    this.keys.set(name, made);
    return made;
  }
}

async function isSigned(
  record: Uint8Array,
  place: Bytes,
  key: CryptoKey | undefined,
): Promise<boolean> {
  if (!key) return false;
  const body = record.slice(0, record.length - SIGNATURE_BYTES);
  const signature = record.slice(record.length - SIGNATURE_BYTES);
  return verify(key, signature, concatBytes(RECORD_LABEL, body, place));
}
