// Undoes what a host did to a long plaintext, within a bound.
import type { Bytes } from '../base/bytes.ts';

/** So much is given to the runtime at once: what it makes of it (at most 1,032 times as much) is looked at in between. */
const STEP_BYTES = 4096;

/**
 * Inflates raw DEFLATE (RFC 1951); undefined if it is none, is cut short, is followed by something, or
 * comes to more than `maxBytes`.
 */
export async function inflateRaw(deflated: Bytes, maxBytes: number): Promise<Bytes | undefined> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const write = async (): Promise<void> => {
    for (let at = 0; at < deflated.length; at += STEP_BYTES) {
      await writer.write(deflated.slice(at, at + STEP_BYTES));
    }
    await writer.close();
  };
  // Why it ends is told by the reader.
  const writing = write().catch(() => undefined);
  const reader = stream.readable.getReader();
  const out = new Uint8Array(maxBytes);
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return out.slice(0, length);
      if (length + value.length > maxBytes) {
        await reader.cancel();
        return undefined;
      }
      out.set(value, length);
      length += value.length;
    }
  } catch {
    return undefined;
  } finally {
    await writing;
  }
}
