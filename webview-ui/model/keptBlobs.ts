// Long texts and pictures that were asked for, as many as a page can hold.

/** A long text that was asked for. */
export type BlobState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly text: string }
  | { readonly kind: 'failed'; readonly error: string };

// So many long texts stay loaded, and so much of them; one has up to 4 MiB.
const MAX_BLOBS = 64;
const MAX_BLOB_CHARS = 32 * 1024 * 1024;

/** These with one that is new or has changed; the oldest go. */
export function withBlob(
  before: ReadonlyMap<string, BlobState>,
  blob: string,
  state: BlobState,
): ReadonlyMap<string, BlobState> {
  const blobs = new Map(before);
  blobs.delete(blob);
  blobs.set(blob, state);
  let chars = [...blobs.values()].reduce((sum, one) => sum + charsOf(one), 0);
  for (const [oldest, one] of blobs) {
    if (oldest === blob || (blobs.size <= MAX_BLOBS && chars <= MAX_BLOB_CHARS)) break;
    blobs.delete(oldest);
    chars -= charsOf(one);
  }
  return blobs;
}

function charsOf(state: BlobState): number {
  return state.kind === 'loaded' ? state.text.length : 0;
}
