// [I1] Parts of a blob: how bytes are cut, sealed for their places, found again and put together.
import type * as Y from 'yjs';
import { type Bytes, concatBytes, toBase64Url } from '../../base/bytes.ts';
import { sha256 } from '../../crypto/keys.ts';
import type { RecordHeader, RecordOpener, RecordSealer } from '../../crypto/record.ts';
import { partPlace, type PartName } from '../../protocol/documentNames.ts';
import type { Attached } from '../../protocol/entryParts.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { RECORD_TYPE } from '../../protocol/room.ts';
import { outOf, recordsOf } from '../layout.ts';

/** Records of one document that are looked at: whoever may write there can put more into it. */
const MAX_LOOKED_AT = 4;

/** What goes with a prompt, before it is sent. */
export interface Outgoing {
  readonly use: Attached['use'];
  readonly bytes: Bytes;
  /** Of a file: the name that it had. */
  readonly name?: string;
}

/** In how many parts so many bytes lie. */
export function partCount(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / LIMITS.partBytes));
}

/** Part `k` of a whole. */
export function partOf(whole: Bytes, k: number): Bytes {
  return whole.slice(k * LIMITS.partBytes, (k + 1) * LIMITS.partBytes);
}

/** What a command says of bytes that it sends in parts under this id. */
export async function attachedOf({ use, bytes, name }: Outgoing, id: string): Promise<Attached> {
  const hash = toBase64Url(await sha256(bytes));
  return { id, use, bytes: bytes.length, sha256: hash, ...(name === undefined ? {} : { name }) };
}

/** Seals one part for its place. */
export function sealPart(
  { sealer, epoch }: { readonly sealer: RecordSealer; readonly epoch: number },
  part: PartName,
  plaintext: Bytes,
): Promise<Bytes> {
  return sealer.seal({ type: RECORD_TYPE.blob, place: partPlace(part), epoch, plaintext });
}

/** Puts a record into its document, in the place of whatever is there. */
export function putPart(doc: Y.Doc, record: Bytes): void {
  emptyPart(doc);
  outOf(doc).push([record]);
}

/** Takes everything out of a document. */
export function emptyPart(doc: Y.Doc): void {
  const out = outOf(doc);
  if (out.length > 0) out.delete(0, out.length);
}

/** The bytes of a part; undefined if none of the first records of its document is that part. */
export async function openPart(
  doc: Y.Doc,
  part: PartName,
  { opener, keyOf }: PartKeys,
): Promise<Bytes | undefined> {
  const expected = { type: RECORD_TYPE.blob, place: partPlace(part) };
  for (const record of recordsOf(outOf(doc)).slice(0, MAX_LOOKED_AT)) {
    // oxlint-disable-next-line no-await-in-loop -- the first that opens counts
    const opened = await opener.open(record, expected, keyOf);
    if (opened.ok) return opened.plaintext;
  }
  return undefined;
}

/** What parts are opened with. */
export interface PartKeys {
  readonly opener: RecordOpener;
  readonly keyOf: (header: RecordHeader) => CryptoKey | undefined;
}

/** The whole; undefined if the parts, in their order, are not what was named. */
export async function joinParts(
  parts: readonly Bytes[],
  { bytes, sha256: hash }: Pick<Attached, 'bytes' | 'sha256'>,
): Promise<Bytes | undefined> {
  if (parts.reduce((sum, part) => sum + part.length, 0) !== bytes) return undefined;
  const whole = concatBytes(...parts);
  return toBase64Url(await sha256(whole)) === hash ? whole : undefined;
}
