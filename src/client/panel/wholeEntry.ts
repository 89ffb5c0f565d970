// An entry as something to be read beside the panel: its whole text, or the change that it makes to a file.
import { assertNever } from '../../base/assert.ts';
import { type Json, parseJson } from '../../protocol/json.ts';
import { changesOf, textPart } from '../../protocol/toolView.ts';
import type { CutText } from '../../protocol/entryParts.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { type ChangePlace, changeContextSchema } from '../../protocol/reading/foundEntries.ts';
import type { PlacedEntry, RoomView } from '../../session/view.ts';
import { changeTexts } from '../../protocol/reading/changeTexts.ts';

/** What is shown of an entry. */
export type WholeEntry =
  | {
      readonly kind: 'text';
      /** Name of a file whose kind suits the text. */
      readonly name: string;
      readonly text: string;
    }
  | {
      readonly kind: 'change';
      /** Name of the file, without its folders. */
      readonly name: string;
      readonly before: string;
      readonly after: string;
    };

/** Reads an entry whole; what was cut is fetched from the host. Rejects with AppError if it does not come. */
export async function wholeEntry(
  { entry, index }: PlacedEntry,
  view: Pick<RoomView, 'fetchBlob' | 'request'>,
): Promise<WholeEntry> {
  switch (entry.kind) {
    case 'prompt':
    case 'text':
    case 'thinking':
      return text('text.md', await wholeText(entry, view));
    case 'tool-result':
    case 'command':
      return text('output.txt', await wholeText(entry, view));
    case 'tool-call':
    case 'request':
      return callOf({ ...entry, input: await wholeInput(entry, view) }, () =>
        placesOf(index, view),
      );
    case 'compaction':
      return text('summary.md', entry.summary ? await wholeText(entry.summary, view) : '');
    case 'unknown':
      return text('record.json', entry.json);
    case 'decision':
    case 'todos':
    case 'task':
    case 'reset':
    case 'turn':
    case 'retry':
    case 'notice':
      return text(`${entry.kind}.json`, JSON.stringify(entry, null, 2));
    default:
      return assertNever(entry);
  }
}

function text(name: string, body: string): WholeEntry {
  return { kind: 'text', name, text: body };
}

async function callOf(
  call: EntryOf<'tool-call' | 'request'>,
  places: () => Promise<readonly ChangePlace[]>,
): Promise<WholeEntry> {
  const name = fileName(textPart(call, 'path') ?? '');
  const changes = changesOf(call);
  if (changes.length > 0) {
    return { kind: 'change', name, ...changeTexts(changes, await places()) };
  }
  const content = textPart(call, 'content');
  if (content !== undefined) return text(name, content);
  return text(`${call.tool}.json`, JSON.stringify(call.input, null, 2));
}

/** [N5] What stands around the changes, if the session's computer tells it: a change alone can be read too. */
async function placesOf(
  index: number,
  view: Pick<RoomView, 'request'>,
): Promise<readonly ChangePlace[]> {
  const answer = await view.request('fetch', { what: 'context', index }).catch(() => undefined);
  const parsed = changeContextSchema.safeParse(answer);
  return parsed.success ? parsed.data.places : [];
}

function fileName(path: string): string {
  return path.split(/[\\/]/).pop() || 'text';
}

async function wholeText(
  { text: head, cut }: CutText,
  view: Pick<RoomView, 'fetchBlob'>,
): Promise<string> {
  return cut?.blob === undefined ? head : blobText(cut.blob, view);
}

async function wholeInput(
  entry: EntryOf<'tool-call' | 'request'>,
  view: Pick<RoomView, 'fetchBlob'>,
): Promise<Json> {
  const blob = entry.inputCut?.blob;
  if (blob === undefined) return entry.input;
  return parseJson(await blobText(blob, view)) ?? entry.input;
}

async function blobText(blob: string, view: Pick<RoomView, 'fetchBlob'>): Promise<string> {
  return new TextDecoder().decode(await view.fetchBlob(blob));
}
