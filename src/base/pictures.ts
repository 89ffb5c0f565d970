// What a picture is, by its bytes: nobody's word for it counts.

/** A picture of a kind that agents take. */
export interface PictureKind {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  /** It has more than one frame. */
  readonly isAnimated: boolean;
}

/** Bytes at the beginning, by which it is told, and where they stand. */
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const GIF = [0x47, 0x49, 0x46, 0x38];
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];
/** In a GIF: the extension that says how often it is repeated. Only what moves has it. */
const NETSCAPE = ascii('NETSCAPE2.0');
/** Where it is looked for what moves: before the first frame's pixels, or shortly behind. */
const HEAD_BYTES = 4096;

/** The kind of a picture; undefined for bytes that are none that agents take. */
export function pictureKind(bytes: Uint8Array): PictureKind | undefined {
  const head = bytes.subarray(0, HEAD_BYTES);
  if (has(head, PNG, 0)) return { mediaType: 'image/png', isAnimated: holds(head, ascii('acTL')) };
  if (has(head, JPEG, 0)) return { mediaType: 'image/jpeg', isAnimated: false };
  if (has(head, GIF, 0)) return { mediaType: 'image/gif', isAnimated: holds(head, NETSCAPE) };
  if (has(head, RIFF, 0) && has(head, WEBP, 8)) {
    return { mediaType: 'image/webp', isAnimated: holds(head, ascii('ANIM')) };
  }
  return undefined;
}

function ascii(text: string): readonly number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

function has(bytes: Uint8Array, wanted: readonly number[], at: number): boolean {
  return wanted.every((byte, i) => bytes[at + i] === byte);
}

function holds(bytes: Uint8Array, wanted: readonly number[]): boolean {
  for (let at = 0; at + wanted.length <= bytes.length; at += 1)
    if (has(bytes, wanted, at)) return true;
  return false;
}
