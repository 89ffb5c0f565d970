// Identifiers of ours: random, so that a short prefix names one, as with git's.
import { toBase32 } from './bytes.ts';

/** A new random id: 128 bits as 26 base32 characters. */
export function newId(): string {
  return toBase32(globalThis.crypto.getRandomValues(new Uint8Array(16)));
}

/** How many characters of an id people see at the least. */
const SHORT_ID_LENGTH = 6;

/** The shortest prefix of `id`, at least 6 characters, that no other id of `all` begins with. */
export function shortId(id: string, all: readonly string[] = []): string {
  for (let length = SHORT_ID_LENGTH; length < id.length; length += 1) {
    const prefix = id.slice(0, length);
    if (!all.some((other) => other !== id && other.startsWith(prefix))) return prefix;
  }
  return id;
}

/** A random UUID (version 4); also where crypto.randomUUID is missing (pages without https). */
export function newCommandId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
