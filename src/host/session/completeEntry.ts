// What the host adds to an entry before it is written: authors, pictures, bounds; and which are new.
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Author, EntryImage, PromptImage } from '../../protocol/entryParts.ts';
import type { Entry, EntryOf } from '../../protocol/transcript.ts';
import { bodyId, cutEntry } from './cutEntry.ts';
import { ownOutput } from './ownOutput.ts';
import type { OutputStore } from '../journal/outputStore.ts';
import type { StoredPrompt } from '../journal/sessionTables.ts';
import type { CallCauses, Causes } from './callCauses.ts';
import type { PromptBook } from '../queue/promptBook.ts';
import type { RoomTables } from '../journal/roomTables.ts';

/** What is known beside the entry. */
export interface CompletionContext {
  readonly prompts: Pick<PromptBook, 'find' | 'idOf' | 'authorOf' | 'running' | 'handedOver'>;
  readonly tables: Pick<RoomTables, 'saveBlob'>;
  readonly outputs: Pick<OutputStore, 'take'>;
  readonly callCauses: CallCauses;
  /** Who asked for the interruption that a turn's end reports. */
  readonly interruptedBy: Author | undefined;
}

/** Adds what only the host knows: who prompted, who interrupted, the pictures of a prompt. */
export function completeEntry(entry: Entry, context: CompletionContext): Entry {
  const { prompts, tables, interruptedBy } = context;
  if (entry.kind === 'prompt' && entry.author === undefined && entry.promptId !== undefined) {
    const prompt = prompts.find(entry.promptId);
    if (prompt === undefined) return entry;
    // Whose words, and which, the journal says: what came back from the agent may be framed or merged.
    const { promptId, text, author } = prompt;
    const files = prompt.files?.map(({ name, bytes }) => ({ name, totalBytes: bytes }));
    const own = { ...entry, promptId, text, author, ...omitUndefined({ files }) };
    return nameImages(own, prompt.images ?? [], tables);
  }
  if (entry.kind === 'command' && entry.author === undefined) {
    return { ...entry, ...omitUndefined({ author: promptOf(entry, prompts)?.author }) };
  }
  if (entry.kind === 'tool-result' && entry.outputFile !== undefined) {
    const { outputFile, ...rest } = entry;
    return { ...rest, ...context.outputs.take(outputFile) };
  }
  if (entry.kind === 'tool-call') context.callCauses.called(entry, causesOf(prompts.running()));
  if (entry.kind === 'request' && entry.causes === undefined) {
    const causes = context.callCauses.of(entry) ?? causesOf(prompts.running());
    return causes.length === 0 ? entry : { ...entry, causes };
  }
  if (entry.kind === 'notice' && entry.code === 'prompt-blocked' && entry.promptId === undefined) {
    // The transcript does not name it: it is the one that the agent has and that has not begun.
    return { ...entry, ...omitUndefined({ promptId: prompts.handedOver()?.promptId }) };
  }
  if (entry.kind === 'notice' && entry.promptId !== undefined) {
    return { ...entry, promptId: prompts.idOf(entry.promptId) };
  }
  if (entry.kind === 'turn') {
    const promptIds = entry.promptIds?.map((id) => prompts.idOf(id));
    const prompter = prompts.authorOf(promptIds ?? []);
    const author = entry.outcome === 'interrupted' ? (interruptedBy ?? prompter) : prompter;
    return { ...entry, ...omitUndefined({ promptIds, author }) };
  }
  return entry;
}

/** The prompt that ran a command: it has its id, but for commands that 2.1.197 runs itself. */
export function promptOf(
  { id, command }: EntryOf<'command'>,
  prompts: Pick<PromptBook, 'find' | 'handedOver'>,
): StoredPrompt | undefined {
  const next = prompts.handedOver();
  return prompts.find(id) ?? (command !== '' && next?.text.trim() === command ? next : undefined);
}

/** A guest's first: whoever allows should see that it is not only for themselves. */
function causesOf(running: readonly StoredPrompt[]): Causes {
  return [...running]
    .toSorted((a, b) => Number(b.guest === true) - Number(a.guest === true))
    .slice(0, MAX_CAUSES)
    .map(({ author, text, guest }) => ({
      author,
      text: firstLine(text),
      ...(guest === true ? { guest } : {}),
    }));
}

/** Keeps the bytes of an entry's pictures and names them. */
export function nameImages<T extends Entry>(
  entry: T,
  images: readonly PromptImage[],
  tables: Pick<RoomTables, 'saveBlob'>,
): T {
  if (!('images' in entry) || !Array.isArray(entry.images)) return entry;
  const named = entry.images.map((image: EntryImage, i) => {
    const { base64 = '', mediaType = image.mediaType } = images[i] ?? {};
    const bytes = Buffer.from(base64, 'base64');
    if (image.blob !== undefined || bytes.length === 0) return image;
    const blob = bodyId(bytes);
    tables.saveBlob(blob, bytes);
    // What was sent is kept: the agent may have made it smaller, and tells of that.
    return { ...image, mediaType, totalBytes: bytes.length, blob };
  });
  return { ...entry, images: named };
}

/**
 * Cuts entries to their bounds, keeps what was cut, and leaves out those whose id is in the log.
 * [R18] What commands printed is kept for owners alone, unless `isOutputShown`.
 */
export function newEntries(
  entries: readonly Entry[],
  tables: Pick<RoomTables, 'hasEntry' | 'saveBlob' | 'saveOwnerBlob'>,
  isOutputShown: boolean,
): Entry[] {
  const seen = new Set<string>();
  const bounded: Entry[] = [];
  for (const whole of entries) {
    // First: nothing of it may be in what an entry that is too large is cut to.
    const own = isOutputShown ? undefined : ownOutput(whole);
    const { entry, bodies } = cutEntry(own?.entry ?? whole);
    if (seen.has(entry.id) || tables.hasEntry(entry.id)) continue;
    seen.add(entry.id);
    // Before the entry that names them: a body without a name harms nobody.
    for (const { blob, bytes } of bodies) tables.saveBlob(blob, bytes);
    if (own !== undefined) tables.saveOwnerBlob(own.body.blob, own.body.bytes);
    bounded.push(entry);
  }
  return bounded;
}

/** Prompts that are named in a request. */
const MAX_CAUSES = 4;
const TITLE_CHARS = 60;

/** First line of a prompt, as the title of a session that has none. */
export function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > TITLE_CHARS ? `${line.slice(0, TITLE_CHARS - 1)}…` : line;
}
