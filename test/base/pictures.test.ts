// What a picture is, by its bytes.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { pictureKind } from '../../src/base/pictures.ts';
import { pngOf } from '../host/samplePictures.ts';

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part)),
  );

const GIF = bytes('GIF89a', [7, 0, 5, 0, 0, 0, 0]);
const LOOP = bytes('GIF89a', [7, 0, 5, 0, 0, 0, 0], [0x21, 0xff, 11], 'NETSCAPE2.0');
const JPEG = bytes([
  0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 5, 0, 7, 1, 1, 0x11, 0,
]);
const RIFF = bytes('RIFF', [0, 0, 0, 0], 'WEBP');
const zeros = (n: number): readonly number[] => Array.from({ length: n }, () => 0);
const VP8X = bytes([...RIFF], 'VP8X', [10, 0, 0, 0, 2, 0, 0, 0], [6, 0, 0, 4, 0, 0], 'ANIM');
const VP8L = bytes([...RIFF], 'VP8L', [0, 0, 0, 0, 0x2f], [6, 0, 1, 0]);
const VP8 = bytes([...RIFF], 'VP8 ', zeros(10), [7, 0, 5, 0]);

it.each([
  ['a GIF', GIF, { mediaType: 'image/gif', isAnimated: false, width: 7, height: 5 }],
  ['a GIF that moves', LOOP, { mediaType: 'image/gif', isAnimated: true, width: 7, height: 5 }],
  ['a JPEG', JPEG, { mediaType: 'image/jpeg', isAnimated: false, width: 7, height: 5 }],
  ['a WebP that moves', VP8X, { mediaType: 'image/webp', isAnimated: true, width: 7, height: 5 }],
  [
    'a WebP without loss',
    VP8L,
    { mediaType: 'image/webp', isAnimated: false, width: 7, height: 5 },
  ],
  ['a WebP', VP8, { mediaType: 'image/webp', isAnimated: false, width: 7, height: 5 }],
  ['a PNG', pngOf(5), { mediaType: 'image/png', isAnimated: false, width: 1, height: 1 }],
])('[I4] %s is known by its bytes, with its size', (_name, picture, kind) => {
  expect(pictureKind(picture)).toEqual(kind);
});

it('[I4] what is no picture, or ends within its head, is none, and nothing else happens', () => {
  expect(pictureKind(bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBeUndefined();
  for (const picture of [GIF, JPEG, VP8X, VP8L, VP8, pngOf(5)]) {
    for (let end = 0; end < 24; end += 1) {
      expect(() => pictureKind(picture.subarray(0, Math.min(end, picture.length)))).not.toThrow();
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(5), (rest, which) => {
      const head = [GIF, JPEG, VP8X, VP8L, VP8, pngOf(1)][which]?.subarray(0, 12) ?? GIF;
      pictureKind(new Uint8Array([...head, ...rest]));
    }),
  );
});
