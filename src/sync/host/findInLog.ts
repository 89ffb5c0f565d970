// [N3] Looks for a text in the whole log of a room, from its end: so much at a time as costs a moment.
import { parseJson } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { logSchema } from '../../protocol/room.ts';
import { type Entry, parseEntry } from '../../protocol/transcript.ts';
import { blobOf, textsOf } from '../../session/entryTexts.ts';
import type { RoomJournal } from '../../session/roomJournal.ts';
import type { HostRoomOptions } from './hostRoomOptions.ts';

/** Where is looked. */
export interface FindOptions {
  readonly journal: Pick<RoomJournal, 'readLog' | 'logEnd'>;
  readonly readBlob: HostRoomOptions['readBlob'];
}

/** As `foundEntrySchema`. */
type Found = { readonly snippet: string; readonly from: number; readonly to: number };
type Hit = Found & { readonly index: number; readonly kind: string; readonly at: number };

/** As `foundPageSchema`. */
type Page = { readonly hits: readonly Hit[]; readonly next: number };

/** Entries that are read from the journal at once. */
const PAGE = 128;
/** What one answer looks through: characters, of which JSON of entries, and of long texts. */
const MAX_CHARACTERS = 4 * 1024 * 1024;
/** Characters of a snippet before the text, and of all. */
const BEFORE = 60;
const SNIPPET = 200;

const decoder = new TextDecoder();

/** One answer: entries in which the text stands, newest first, at most `LIMITS.foundEntries`. Letters are alike in either case. */
export async function findInLog(
  { journal, readBlob }: FindOptions,
  { query, before }: { readonly query: string; readonly before?: number | undefined },
): Promise<Page> {
  const pattern = patternOf(query);
  let next = Math.min(before ?? Infinity, journal.logEnd().nextIndex);
  const hits: Hit[] = [];
  let left = MAX_CHARACTERS;
  while (pattern !== undefined && next > 0) {
    const records = journal.readLog(Math.max(0, next - PAGE), next);
    if (records.length === 0) return { hits, next: Math.max(0, next - PAGE) };
    for (const { index, text } of [...records].reverse()) {
      if (hits.length === LIMITS.foundEntries || left <= 0) return { hits, next };
      next = index;
      left -= text.length;
      const parsed = logSchema.safeParse(parseJson(text));
      if (!parsed.success) continue;
      const entry = parseEntry(parsed.data.entry);
      const found = foundIn(textsOf(entry), pattern);
      if (found !== undefined) {
        hits.push({ index, kind: entry.kind, at: entry.at, ...found });
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- a bound on all of them together
      const whole = await wholeOf(entry, readBlob);
      left -= whole.length;
      const inWhole = foundIn([whole], pattern);
      if (inWhole !== undefined) hits.push({ index, kind: entry.kind, at: entry.at, ...inWhole });
    }
  }
  return { hits, next: pattern === undefined ? 0 : next };
}

/** Undefined for a text that is nothing, or too long to be one that somebody looks for. */
function patternOf(query: string): RegExp | undefined {
  const text = query.trim();
  if (text === '' || text.length > LIMITS.queryCharacters) return undefined;
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), 'iu');
}

function foundIn(texts: readonly string[], pattern: RegExp): Found | undefined {
  for (const text of texts) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const near = Math.max(0, match.index - BEFORE);
    // Half a character is none.
    const start = near + (/^[\uDC00-\uDFFF]/.test(text.slice(near, near + 1)) ? 1 : 0);
    const snippet = text.slice(start, start + SNIPPET).replace(/[\uD800-\uDBFF]$/, '');
    const from = match.index - start;
    const to = Math.min(from + match[0].length, snippet.length);
    // One line, and every place where it was.
    return { snippet: snippet.replace(/\s/g, ' '), from, to };
  }
  return undefined;
}

/** The whole of what was cut, as far as one answer looks; what is for owners alone is never looked through [R18]. */
async function wholeOf(entry: Entry, readBlob: FindOptions['readBlob']): Promise<string> {
  const blob = blobOf(entry);
  if (blob === undefined) return '';
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < MAX_CHARACTERS;) {
    // oxlint-disable-next-line no-await-in-loop -- parts follow one another
    const part = await readBlob(blob, offset);
    if (part === undefined || part.ownerOnly === true || part.bytes.length === 0) break;
    parts.push(part.bytes);
    offset += part.bytes.length;
    if (offset >= part.totalBytes) break;
  }
  return parts.map((bytes) => decoder.decode(bytes, { stream: true })).join('') + decoder.decode();
}
