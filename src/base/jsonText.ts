// How long a text is inside JSON, and the longest part of it that fits: escaping counts.
import { utf8Bytes } from './bytes.ts';

const ELLIPSIS = '…';
const ELLIPSIS_BYTES = 3;
/** What one UTF-16 unit takes at the most: a control character is written as \u0001. */
const MAX_UNIT_BYTES = 6;

/** UTF-8 bytes of a value as JSON. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value) ?? '').length;
}

/** UTF-8 bytes that a text takes inside JSON, without its quotes. */
export function textBytes(text: string): number {
  return jsonBytes(text) - 2;
}

/** The text, or its beginning with an ellipsis, in at most `maxBytes` inside JSON; no character is split. */
export function jsonCut(text: string, maxBytes: number): string {
  if (text.length * MAX_UNIT_BYTES <= maxBytes || textBytes(text) <= maxBytes) return text;
  return maxBytes < ELLIPSIS_BYTES ? '' : `${jsonHead(text, maxBytes - ELLIPSIS_BYTES)}${ELLIPSIS}`;
}

/** Bytes that one UTF-16 unit or pair takes in a JSON string, as JSON.stringify writes it. */
function escapedBytes(code: number): number {
  if (code === 0x22 || code === 0x5c) return 2;
  if (code < 0x20)
    return code === 8 || code === 9 || code === 10 || code === 12 || code === 13 ? 2 : 6;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  if (code < 0x10000) return code >= 0xd800 && code <= 0xdfff ? 6 : 3;
  return 4;
}

/** The longest beginning of `text` that takes at most `maxBytes` inside JSON; no character is split. */
export function jsonHead(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0;
    bytes += escapedBytes(code);
    if (bytes > maxBytes) break;
    end += code > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** The longest end of `text` that takes at most `maxBytes` inside JSON; no character is split. */
export function jsonTail(text: string, maxBytes: number): string {
  let bytes = 0;
  let start = text.length;
  while (start > 0) {
    const isPair = start > 1 && (text.codePointAt(start - 2) ?? 0) > 0xffff;
    bytes += escapedBytes(text.codePointAt(start - (isPair ? 2 : 1)) ?? 0);
    if (bytes > maxBytes) break;
    start -= isPair ? 2 : 1;
  }
  return text.slice(start);
}
