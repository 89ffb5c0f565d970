// JSON values, as they come from tools and from newer versions of anything.
import * as z from 'zod/mini';

/** Any JSON value. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Accepts what JSON.parse can return. */
export const jsonSchema: z.ZodMiniType<Json> = z.json();

/** Parses a JSON text; undefined if it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const parsed = jsonSchema.safeParse(value);
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
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
