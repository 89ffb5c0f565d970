// Records that this version does not know: shown as they are, bounded.
import { createHash } from 'node:crypto';
import type { Entry } from '../../protocol/transcript.ts';

/** Characters of JSON that are shown. */
const MAX_CHARS = 8192;

/** JSON of a record for people, bounded. */
export function boundedJson(value: unknown): string {
  const json = JSON.stringify(value) ?? '';
  return json.length > MAX_CHARS
    ? `${json.slice(0, MAX_CHARS)}… (${json.length} characters)`
    : json;
}

/** An 'unknown' entry; without an id of the record's own, its content names it. */
export function unknownEntry(
  type: string,
  value: unknown,
  common: { readonly id?: string | undefined; readonly at: number; readonly parent?: string },
): Entry {
  const json = boundedJson(value);
  const id =
    common.id ?? `unknown:${createHash('sha256').update(json).digest('base64url').slice(0, 22)}`;
  return {
    kind: 'unknown',
    id,
    at: common.at,
    type,
    json,
    ...(common.parent === undefined ? {} : { parent: common.parent }),
  };
}
