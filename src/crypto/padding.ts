// Padding: sizes in buckets, because sizes of streamed pieces would spell the words.
import type { Bytes } from '../base/bytes.ts';

const SMALLEST = 256;
const STEP = 4096;

/** Padded size in bytes of a plaintext of `length`: 256 × 2^k up to 4 KiB, then steps of 4 KiB. */
export function paddedLength(length: number): number {
  const needed = length + 4;
  if (needed > STEP) return Math.ceil(needed / STEP) * STEP;
  let size = SMALLEST;
  while (size < needed) size *= 2;
  return size;
}

/** u32 length ‖ bytes ‖ zeros. */
export function pad(plaintext: Bytes): Bytes {
  const out = new Uint8Array(paddedLength(plaintext.length));
  new DataView(out.buffer).setUint32(0, plaintext.length);
  out.set(plaintext, 4);
  return out;
}

/** Takes the padding off; undefined if the length does not fit, the bucket is wrong or a pad byte is not zero. */
export function unpad(padded: Bytes): Bytes | undefined {
  if (padded.length < 4) return undefined;
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - 4 || paddedLength(length) !== padded.length) return undefined;
  for (let i = 4 + length; i < padded.length; i += 1) if (padded[i] !== 0) return undefined;
  return padded.slice(4, 4 + length);
}
