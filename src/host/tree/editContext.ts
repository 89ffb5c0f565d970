// [N5] What stands in its file around a change that an entry makes: ten lines on either side, and where that is.
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { parseJson } from '../../protocol/json.ts';
import { logSchema } from '../../protocol/room.ts';
import { changesOf, textPart, type ViewedCall } from '../../protocol/toolView.ts';
import { parseEntry } from '../../protocol/transcript.ts';
import type { RoomTables } from '../journal/roomTables.ts';
import { readInside } from './insideFile.ts';

/** What the context is read from. */
export interface EditContextOptions {
  readonly tables: Pick<RoomTables, 'readLog' | 'readBlob'>;
  /** Folder of the session. */
  readonly cwd: string;
  /** Whether the owner's rules forbid a file (absolute path). */
  readonly isDenied: (path: string) => boolean;
}

/** As `changePlaceSchema`. */
type Place = {
  readonly change: number;
  readonly line: number;
  readonly head: string;
  readonly tail: string;
};
type Around = Omit<Place, 'change'>;
type Change = { readonly before: string; readonly after: string };

const LINES = 10;
/** Of one side of one change; a longer one is left out: it is no code that somebody reads. */
const MAX_SIDE = 8 * 1024;
/** Places in one answer; further changes stand alone. */
const MAX_PLACES = 16;
const MAX_FILE = 2 * 1024 * 1024;

/** Where the changes of the entry at this index stand; those that are not found, and all if nothing is to be told, are left out. */
export async function editContext(
  index: number,
  options: EditContextOptions,
): Promise<{ readonly places: readonly Place[] }> {
  const call = callAt(index, options.tables);
  const path = call && textPart(call, 'path');
  const changes = call === undefined ? [] : changesOf(call);
  if (path === undefined || changes.length === 0) return { places: [] };
  const root = await realpath(options.cwd).catch(() => undefined);
  const content =
    root === undefined
      ? undefined
      : await readInside(root, belowFolder(path, options.cwd), {
          isDenied: options.isDenied,
          maxBytes: MAX_FILE,
        });
  if (content === undefined) return { places: [] };
  const places = changes.slice(0, MAX_PLACES).flatMap((change, at) => {
    const around = placeOf(change, content);
    return around === undefined ? [] : [{ change: at, ...around }];
  });
  return { places };
}

/** Whole, also if its entry is cut. */
function callAt(index: number, tables: EditContextOptions['tables']): ViewedCall | undefined {
  const [record] = tables.readLog(index, index + 1);
  const parsed = logSchema.safeParse(parseJson(record?.text ?? ''));
  const entry = parsed.success ? parseEntry(parsed.data.entry) : undefined;
  if (entry?.kind !== 'tool-call' && entry?.kind !== 'request') return undefined;
  const { blob } = entry.inputCut ?? {};
  const whole = blob === undefined ? undefined : tables.readBlob(blob, 0, MAX_FILE);
  const input = whole && parseJson(Buffer.from(whole.bytes).toString('utf8'));
  return { input: input ?? entry.input, view: entry.view };
}

/** The session's folder may be called by another name than its real one. */
function belowFolder(path: string, cwd: string): string {
  if (!isAbsolute(path)) return path;
  const below = relative(cwd, path);
  return below === '' || isAbsolute(below) || below.split(sep)[0] === '..' ? path : below;
}

/** Where a change is to be made, or, if it stands there once, where it was made. */
function placeOf({ before, after }: Change, content: string): Around | undefined {
  const at = before === '' ? -1 : content.indexOf(before);
  if (at >= 0) return around(content, at, at + before.length);
  const made = after === '' ? -1 : content.indexOf(after);
  if (made < 0 || content.indexOf(after, made + 1) >= 0) return undefined;
  return around(content, made, made + after.length);
}

function around(content: string, from: number, to: number): Around | undefined {
  let start = content.lastIndexOf('\n', from - 1) + 1;
  for (let n = 0; n < LINES && start > 0; n++) start = content.lastIndexOf('\n', start - 2) + 1;
  let end = endOfLine(content, to);
  for (let n = 0; n < LINES && end < content.length; n++) end = endOfLine(content, end + 1);
  if (from - start > MAX_SIDE || end - to > MAX_SIDE) return undefined;
  return {
    line: content.slice(0, start).split('\n').length,
    head: content.slice(start, from),
    tail: content.slice(to, end),
  };
}

function endOfLine(content: string, at: number): number {
  const end = content.indexOf('\n', at);
  return end < 0 ? content.length : end;
}
