// What a picture is, by its bytes: nobody's word for it counts.

/** A picture of a kind that agents take. */
export interface PictureKind {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  /** It has more than one frame. */
  readonly isAnimated: boolean;
  /** Pixels, as its head says. */
  readonly width: number;
  readonly height: number;
}

/** More pixels fill the memory of whoever looks at them: 100 million take 400 MB. */
export const MAX_PIXELS = 100_000_000;

/** Bytes by which a picture is told, and where they stand. */
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const GIF = ascii('GIF8');
/** In a GIF: the extension that says how often it is repeated. Only what moves has it. */
const NETSCAPE = ascii('NETSCAPE2.0');
/** Where it is looked for what moves: it stands before the pixels of the first frame. */
const HEAD_BYTES = 4096;

type Size = Pick<PictureKind, 'width' | 'height'>;

/** The kind of a picture; undefined for bytes that are none that agents take. */
export function pictureKind(bytes: Uint8Array): PictureKind | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const kind = kindOf(bytes, view);
    return kind && kind.width > 0 && kind.height > 0 ? kind : undefined;
  } catch {
    // It ends within its head.
    return undefined;
  }
}

function kindOf(bytes: Uint8Array, view: DataView): PictureKind | undefined {
  const head = bytes.subarray(0, HEAD_BYTES);
  if (has(head, PNG, 0) && has(head, ascii('IHDR'), 12)) {
    const size = { width: view.getUint32(16), height: view.getUint32(20) };
    return { mediaType: 'image/png', isAnimated: holds(head, ascii('acTL')), ...size };
  }
  if (has(head, GIF, 0)) {
    const size = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    return { mediaType: 'image/gif', isAnimated: holds(head, NETSCAPE), ...size };
  }
  if (has(head, ascii('RIFF'), 0) && has(head, ascii('WEBP'), 8)) {
    const size = webpSize(bytes, view);
    return size && { mediaType: 'image/webp', isAnimated: holds(head, ascii('ANIM')), ...size };
  }
  const size = has(head, JPEG, 0) ? jpegSize(view) : undefined;
  return size && { mediaType: 'image/jpeg', isAnimated: false, ...size };
}

/** The three forms of WebP, each with its size in another place. */
function webpSize(bytes: Uint8Array, view: DataView): Size | undefined {
  const low14 = (value: number): number => value & 0x3fff;
  if (has(bytes, ascii('VP8X'), 12)) {
    const uint24 = (at: number): number => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
    return { width: uint24(24) + 1, height: uint24(27) + 1 };
  }
  if (has(bytes, ascii('VP8L'), 12)) {
    const packed = view.getUint32(21, true);
    return { width: low14(packed) + 1, height: low14(packed >>> 14) + 1 };
  }
  if (!has(bytes, ascii('VP8 '), 12)) return undefined;
  return { width: low14(view.getUint16(26, true)), height: low14(view.getUint16(28, true)) };
}

/** The size stands in the first frame header; before it come segments, each with its length. */
function jpegSize(view: DataView): Size | undefined {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    // Filling, or a marker that stands alone.
    const isAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xff) at += 1;
    else at += isAlone ? 2 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function ascii(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

function has(bytes: Uint8Array, wanted: readonly number[], at: number): boolean {
  return wanted.every((byte, i) => bytes[at + i] === byte);
}

function holds(bytes: Uint8Array, wanted: readonly number[]): boolean {
  for (let at = 0; at + wanted.length <= bytes.length; at += 1) {
    if (has(bytes, wanted, at)) return true;
  }
  return false;
}
