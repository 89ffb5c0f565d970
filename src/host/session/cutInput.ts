// Shortens the strings and lists of a JSON value, so that its shape stays readable.
import type { Json } from '../../protocol/json.ts';

const MAX_DEPTH = 12;
const MAX_ITEMS = 60;

/**
 * The value with strings of at most `maxChars` characters, lists and objects of at most 60 items
 * and 12 levels. What was left out is said in place: "… 1234 more …".
 */
export function shortenStrings(value: Json, maxChars: number, depth = 0): Json {
  if (typeof value === 'string') return shortenString(value, maxChars);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) {
    const items: Json[] = value
      .slice(0, MAX_ITEMS)
      .map((item: Json) => shortenStrings(item, maxChars, depth + 1));
    return value.length > MAX_ITEMS ? [...items, `… ${value.length - MAX_ITEMS} more`] : items;
  }
  const entries = Object.entries(value);
  const kept = entries
    .slice(0, MAX_ITEMS)
    .map(([key, item]) => [
      shortenString(key, maxChars),
      shortenStrings(item, maxChars, depth + 1),
    ]);
  if (entries.length > MAX_ITEMS) kept.push(['…', `${entries.length - MAX_ITEMS} more`]);
  return Object.fromEntries(kept);
}

/** Head and tail: what a command does last matters as much as how it begins. */
function shortenString(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const tailChars = Math.floor((maxChars * 3) / 13);
  const head = wholeHead(text, maxChars - tailChars);
  const tail = tailChars === 0 ? '' : wholeTail(text, tailChars);
  return `${head}… ${text.length - head.length - tail.length} more …${tail}`;
}

function wholeHead(text: string, chars: number): string {
  return text.slice(0, isInPair(text, chars) ? chars - 1 : chars);
}

function wholeTail(text: string, chars: number): string {
  const from = text.length - chars;
  return text.slice(isInPair(text, from) ? from + 1 : from);
}

/** Whether a cut before this unit would part a surrogate pair. */
function isInPair(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
}
