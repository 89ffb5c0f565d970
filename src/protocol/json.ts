// JSON values, as they come from tools and from newer versions of anything.
import * as z from 'zod/mini';

/** Any JSON value. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Accepts what JSON.parse can return. */
export const jsonSchema: z.ZodMiniType<Json> = z.json();

/** Deeper than anything that is written in earnest: what walks a value must not run out of stack. */
const MAX_DEPTH = 500;

/** Parses a JSON text; undefined if it is not JSON, is nested too deeply or holds no finite number. */
export function parseJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Nothing but JSON comes out of JSON.parse: a schema that proves it again takes 15 times as long.
    return isTame(value, MAX_DEPTH) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a parsed value can be walked and copied safely; a key that would set a prototype is dropped. */
function isTame(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isTame(item, depth - 1));
  for (const key in value) {
    if (key === '__proto__') Reflect.deleteProperty(value, key);
    // What is parsed has no keys but its own; an index signature would not tell more.
    else if (!isTame((value as Record<string, unknown>)[key], depth - 1)) return false;
  }
  return true;
}

/**
 * The one text of a JSON value that hashes and comparisons use: keys sorted by UTF-16 unit, no
 * white space (RFC 8785 without its number rules: numbers are printed as JSON.stringify does).
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
