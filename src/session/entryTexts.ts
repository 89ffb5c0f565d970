// What of an entry people read: the texts in which something is looked for.
import { assertNever } from '../base/assert.ts';
import { isRecord } from '../base/isRecord.ts';
import type { Json } from '../protocol/json.ts';
import type { CutText } from '../protocol/entryParts.ts';
import type { Entry } from '../protocol/transcript.ts';

/** The texts of an entry, in the order in which they are read; of a cut text what is in the entry. */
export function textsOf(entry: Entry): readonly string[] {
  switch (entry.kind) {
    case 'prompt':
    case 'text':
    case 'thinking':
    case 'tool-result':
      return cutTexts(entry);
    case 'command':
      return [entry.command, ...cutTexts(entry)];
    case 'tool-call':
      return [entry.displayName ?? '', ...stringsIn(entry.input)];
    case 'request':
      return [
        entry.description ?? '',
        entry.reason ?? '',
        entry.plan ?? '',
        ...stringsIn(entry.input),
      ];
    case 'decision':
      return [entry.detail ?? '', ...Object.values(entry.answers ?? {})];
    case 'todos':
      return entry.items.map(({ text }) => text);
    case 'task':
      return [entry.title, entry.summary ?? ''];
    case 'compaction':
      return entry.summary === undefined ? [] : cutTexts(entry.summary);
    case 'turn':
      return [entry.error ?? ''];
    case 'retry':
      return [entry.error];
    case 'notice':
      return [entry.text];
    case 'unknown':
      return [entry.json];
    case 'reset':
      return [];
    default:
      return assertNever(entry);
  }
}

/** The blob that holds the whole of an entry's text or input, if it was cut. [R18] None of one for owners alone. */
export function blobOf(entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'prompt':
    case 'text':
    case 'thinking':
    case 'tool-result':
      return entry.cut?.blob;
    case 'command':
      return entry.ownerOnly === true ? undefined : entry.cut?.blob;
    case 'tool-call':
    case 'request':
      return entry.inputCut?.blob;
    case 'compaction':
      return entry.summary?.cut?.blob;
    default:
      return undefined;
  }
}

function cutTexts({ text, cut }: CutText): readonly string[] {
  return cut === undefined ? [text] : [text, cut.tail];
}

function stringsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => stringsIn(item));
  return isRecord(value) ? Object.values(value).flatMap((item) => stringsIn(item)) : [];
}
