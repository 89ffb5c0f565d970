// Reads one field of JSON whose shape is not known.
import { isRecord } from '../../base/isRecord.ts';
import type { Json } from '../../protocol/json.ts';

/** The field of an object; undefined if there is none, or the value is no object. */
export function jsonField(value: Json | undefined, name: string): Json | undefined {
  return isRecord(value) ? value[name] : undefined;
}
