// What somebody who has seen all of a request can say: compared with the `seen` of an answer.
import { createHash } from 'node:crypto';
import { parseJson } from '../../protocol/json.ts';
import { parseEntry } from '../../protocol/transcript.ts';
import { logSchema } from '../../protocol/room.ts';
import { seenText } from '../../session/wholeInput.ts';
import type { RoomTables } from '../journal/roomTables.ts';

/** [R13] SHA-256 (base64url) over the request that stands at this index of the log; undefined if its whole is not kept. */
export function seenHash(
  index: number,
  tables: Pick<RoomTables, 'readLog' | 'readBlob'>,
): string | undefined {
  const [record] = tables.readLog(index, index + 1);
  const parsed = logSchema.safeParse(parseJson(record?.text ?? ''));
  const entry = parsed.success ? parseEntry(parsed.data.entry) : undefined;
  if (entry?.kind !== 'request') return undefined;
  const { blob } = entry.inputCut ?? {};
  const part = blob === undefined ? undefined : tables.readBlob(blob, 0, Number.MAX_SAFE_INTEGER);
  const text = seenText(entry, part && Buffer.from(part.bytes).toString('utf8'));
  return text === undefined ? undefined : createHash('sha256').update(text).digest('base64url');
}
