// Bounds of an entry: whatever the agent emits, it fits a log record, and what was cut is kept whole.
import { createHash } from 'node:crypto';
import { toBase32 } from '../../base/bytes.ts';
import type { Json } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { CutText } from '../../protocol/entryParts.ts';
import { type Entry, type EntryOf, entrySchema } from '../../protocol/transcript.ts';
import { inputWithPlan } from '../../session/wholeInput.ts';
import { shortenStrings } from './cutInput.ts';
import { jsonBytes, jsonHead, jsonTail } from '../../base/jsonText.ts';

/**
 * JSON bytes of an entry at the most. A sealed record has 148 bytes around its plaintext, which is
 * padded to 4 KiB steps after a 4-byte length; index and hash around the entry take up to 100.
 */
export const MAX_ENTRY_BYTES = LIMITS.logRecordBytes - 4096 - 4 - 256;

/** A long body to be kept whole, named by its hash. */
export interface CutBody {
  readonly blob: string;
  readonly bytes: Uint8Array;
}

/** An entry that fits, and the bodies that it names. */
export interface BoundedEntry {
  readonly entry: Entry;
  readonly bodies: readonly CutBody[];
}

/** Ids beyond this are hashed: they are to be compared, not read. */
const MAX_ID = 200;
/** Structured results above this are left out: the text says the same. */
const MAX_STRUCTURED_BYTES = 8 * 1024;
/** Of the strings of an input, from the longest that fits: head and tail together. */
const INPUT_CHARS: readonly number[] = [
  LIMITS.toolHeadBytes + LIMITS.toolTailBytes,
  ...[12_000, 4000, 1000, 250, 60],
];
/** What is left for texts that an entry cannot do without. */
const MIN_TEXT_BYTES = 512;

/** Id of a body: base32 of the first 16 bytes of its SHA-256, so that the same body has one id. */
export function bodyId(bytes: Uint8Array): string {
  return toBase32(createHash('sha256').update(bytes).digest().subarray(0, 16));
}

/** Cuts what is too long, in this order: structured result, inputs, long texts; the last resort keeps the beginning of its JSON. */
export function cutEntry(whole: Entry): BoundedEntry {
  if (fits(whole) && !isBody(whole)) return { entry: whole, bodies: [] };
  const bodies: CutBody[] = [];
  const keep = (bytes: Uint8Array): string => {
    const blob = bodyId(bytes);
    if (!bodies.some((body) => body.blob === blob)) bodies.push({ blob, bytes });
    return blob;
  };
  const entry = cutByKind(whole, keep);
  return { entry: isGood(entry) ? entry : lastResort(whole, keep), bodies };
}

/** Shortening may leave a list without its shape: such an entry is no entry any more. */
function isGood(entry: Entry): boolean {
  return fits(entry) && entrySchema.safeParse(entry).success;
}

/** A request stays one, so that it can be answered; anything else is kept as the beginning of its JSON. */
function lastResort(whole: Entry, keep: Keep): Entry {
  if (whole.kind !== 'request') return asUnknown(whole, keep);
  const { id, at, kind, requestId, request, inputHash } = whole;
  const bytes = Buffer.from(JSON.stringify(inputWithPlan(whole)));
  const bare: Entry = {
    id,
    at,
    kind,
    requestId,
    request,
    tool: whole.tool.slice(0, MAX_ID),
    input: '…',
    inputCut: { totalBytes: bytes.length, blob: keep(bytes) },
    inputHash,
    ...(whole.plan === undefined ? {} : { plan: jsonHead(whole.plan, LIMITS.toolHeadBytes) }),
  };
  return fits(bare) ? bare : asUnknown(whole, keep);
}

function fits(entry: Entry): boolean {
  return entry.id.length <= MAX_ID && jsonBytes(entry) <= MAX_ENTRY_BYTES;
}

type Keep = (bytes: Uint8Array) => string;

function cutByKind(entry: Entry, keep: Keep): Entry {
  switch (entry.kind) {
    case 'tool-result': {
      const { structured, ...rest } = entry;
      const isSmall = structured !== undefined && jsonBytes(structured) <= MAX_STRUCTURED_BYTES;
      const both = isSmall ? cutText({ ...rest, structured }, keep) : undefined;
      return both !== undefined && fits(both) ? both : cutText(rest, keep);
    }
    case 'prompt':
      return isBody(entry) ? asBody(entry, keep) : cutText(entry, keep);
    case 'text':
    case 'thinking':
    case 'command':
      return cutText(entry, keep);
    case 'tool-call':
      return cutInput(entry, keep);
    case 'request':
      return cutInput(entry, keep);
    case 'compaction':
      if (entry.summary === undefined) return entry;
      return {
        ...entry,
        summary: shortText(entry.summary, roomBeside(entry, entry.summary), keep),
      };
    case 'unknown':
      return asUnknown(entry, keep);
    case 'decision':
    case 'todos':
    case 'task':
    case 'reset':
    case 'turn':
    case 'retry':
    case 'notice':
      return shortenWhole(entry);
  }
}

/** The text of a skill: for whoever opens it, and not in the way of the others. */
function isBody(entry: Entry): entry is EntryOf<'prompt'> {
  return entry.kind === 'prompt' && entry.origin === 'skill' && entry.cut === undefined;
}

function asBody(entry: EntryOf<'prompt'>, keep: Keep): Entry {
  const bytes = Buffer.from(entry.text);
  const cut = { tail: '', totalBytes: bytes.length, blob: keep(bytes) };
  const name = /[\\/]([^\\/]+)$/.exec(entry.text.split('\n', 1)[0] ?? '')?.[1] ?? '';
  return { ...entry, text: name.slice(0, MAX_ID), cut };
}

type EntryWithText = Extract<Entry, { readonly text: string; readonly cut?: unknown }>;

function cutText(entry: Exclude<EntryWithText, { readonly kind: 'notice' }>, keep: Keep): Entry {
  const { text, cut, ...rest } = entry;
  const short = shortText(
    cut === undefined ? { text } : { text, cut },
    roomBeside(entry, { text, cut }),
    keep,
  );
  return { ...rest, ...short };
}

/** JSON bytes that a text may take beside the rest of its entry. */
function roomBeside(entry: Entry, text: unknown): number {
  return MAX_ENTRY_BYTES - (jsonBytes(entry) - jsonBytes(text));
}

/** Head and tail of a text within `maxBytes` of JSON, in the proportion of the protocol's limits. */
function shortText(whole: CutText, maxBytes: number, keep: Keep): CutText {
  if (whole.cut !== undefined || jsonBytes(whole) <= maxBytes) return whole;
  const bytes = Buffer.from(whole.text);
  const blob = keep(bytes);
  // Braces and names of the cut text itself.
  const room = Math.max(maxBytes - 128, MIN_TEXT_BYTES);
  const { toolHeadBytes, toolTailBytes } = LIMITS;
  const headBytes = Math.min(toolHeadBytes, Math.floor((room * 10) / 13));
  const tailBytes = Math.min(toolTailBytes, room - headBytes);
  return {
    ...whole,
    text: jsonHead(whole.text, headBytes),
    cut: { tail: jsonTail(whole.text, tailBytes), totalBytes: bytes.length, blob },
  };
}

type EntryWithInput = Extract<Entry, { readonly kind: 'tool-call' | 'request' }>;

function cutInput(entry: EntryWithInput, keep: Keep): Entry {
  const whole = entry.kind === 'request' ? inputWithPlan(entry) : entry.input;
  const bytes = Buffer.from(JSON.stringify(whole));
  const inputCut = { totalBytes: bytes.length, blob: keep(bytes) };
  for (const maxChars of INPUT_CHARS) {
    const input = shortenStrings(entry.input, maxChars);
    const candidate = { ...entry, input, inputCut };
    if (fits(candidate)) return candidate;
  }
  // Only the input was tried so far; what else a request carries is shortened with it.
  const short = shortenWhole({ ...entry, input: shortenStrings(entry.input, 60), inputCut });
  // What is filled in goes by the names and options of the form: they stay as they are, or it goes whole.
  return short.kind === 'request' && entry.kind === 'request' && entry.form !== undefined
    ? { ...short, form: entry.form }
    : short;
}

/** Shortens every string that is not an id, by and by. */
function shortenWhole<T extends Entry>(entry: T): T {
  const { id, at, kind, ...body } = entry;
  let shortest: T = entry;
  for (const maxChars of [4000, 1000, 250, 60]) {
    // The body keeps its shape: only strings and the length of lists change.
    const short = shortenStrings(body as Json, maxChars) as typeof body;
    shortest = { ...short, id, at, kind } as T;
    if (fits(shortest)) break;
  }
  return shortest;
}

function asUnknown(entry: Entry, keep: Keep): Entry {
  const json = entry.kind === 'unknown' ? entry.json : JSON.stringify(entry);
  const type = entry.kind === 'unknown' ? entry.type : entry.kind;
  const bytes = Buffer.from(json);
  return {
    kind: 'unknown',
    id: entry.id.length <= MAX_ID ? entry.id : bodyId(Buffer.from(entry.id)),
    at: entry.at,
    type: type.slice(0, MAX_ID),
    json: jsonHead(json, LIMITS.toolHeadBytes),
    jsonCut: { totalBytes: bytes.length, blob: keep(bytes) },
  };
}
