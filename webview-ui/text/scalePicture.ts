// Makes pictures small enough for the agent before they are sent, and shows small ones of them.
import { MAX_PIXELS, pictureKind } from '../../src/base/pictures.ts';

/** Longest edge: agents make larger ones smaller. */
const MAX_EDGE = 2000;
/** As base64 it has 5 MiB. */
const MAX_BYTES = 3.75 * 1024 * 1024;
/** A picture without loss that is larger than this is sent with some. */
const MAX_LOSSLESS_BYTES = 2 * 1024 * 1024;
const QUALITY = 0.85;
const THUMB_EDGE = 96;

/** A picture as it is sent. */
export interface ReadyPicture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** A small one, as a data: URL. */
  readonly thumb: string;
  /** What it was, if it is not that any more. */
  readonly before?: { readonly width: number; readonly height: number; readonly bytes: number };
  readonly width: number;
  readonly height: number;
  /** Only the first of its frames is sent. */
  readonly wasAnimated: boolean;
}

/** Why a picture is not taken. */
export type PictureProblem = 'no-picture' | 'too-many-pixels';

/** Reads a picture, and makes it smaller if it is too large. */
export async function readyPicture(file: Blob): Promise<ReadyPicture | PictureProblem> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = pictureKind(bytes);
  if (kind && kind.width * kind.height > MAX_PIXELS) return 'too-many-pixels';
  // What agents do not know (BMP, AVIF), the browser may.
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (!bitmap) return 'no-picture';
  const { width, height } = bitmap;
  try {
    const thumb = draw(bitmap, THUMB_EDGE).toDataURL('image/jpeg', 0.7);
    const wasAnimated = kind?.isAnimated === true;
    const isFine = Math.max(width, height) <= MAX_EDGE && bytes.length <= MAX_BYTES;
    if (kind && isFine && !wasAnimated) return { bytes, thumb, width, height, wasAnimated };
    const canvas = draw(bitmap, MAX_EDGE);
    const isPhoto = kind?.mediaType === 'image/jpeg';
    const lossless = isPhoto ? undefined : await encoded(canvas, 'image/png');
    const isSmall = lossless !== undefined && lossless.length <= MAX_LOSSLESS_BYTES;
    const scaled = isSmall ? lossless : await encoded(canvas, 'image/jpeg');
    if (scaled === undefined) return 'no-picture';
    const before = { width, height, bytes: bytes.length };
    return {
      bytes: scaled,
      thumb,
      before,
      width: canvas.width,
      height: canvas.height,
      wasAnimated,
    };
  } finally {
    bitmap.close();
  }
}

function draw(bitmap: ImageBitmap, maxEdge: number): HTMLCanvasElement {
  const scale = Math.min(1, maxEdge / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d');
  context?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function encoded(
  canvas: HTMLCanvasElement,
  type: 'image/png' | 'image/jpeg',
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, QUALITY));
  return blob ? new Uint8Array(await blob.arrayBuffer()) : undefined;
}
