// Pictures for tests: of a true kind, and of any size.
import { randomFillSync } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import { type Bytes, concatBytes, utf8Bytes } from '../../src/base/bytes.ts';

/** A PNG of one grey pixel that has at least so many bytes: the rest is in a chunk that viewers pass over. */
export function pngOf(bytes: number): Bytes {
  const filling = randomFillSync(new Uint8Array(Math.max(0, bytes)));
  return concatBytes(
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', new Uint8Array([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
    chunk('prVt', filling),
    chunk('IDAT', new Uint8Array(deflateSync(new Uint8Array([0, 127])))),
    chunk('IEND', new Uint8Array()),
  );
}

function chunk(type: string, data: Uint8Array): Bytes {
  const named = concatBytes(utf8Bytes(type), data);
  const [length, check] = [new Uint8Array(4), new Uint8Array(4)];
  new DataView(length.buffer).setUint32(0, data.length);
  new DataView(check.buffer).setUint32(0, crc32(named));
  return concatBytes(length, named, check);
}
