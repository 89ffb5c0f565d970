// Which kinds of lines a recording has, and with which keys: what a new version writes that no recording knows.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Json, parseJson } from '../../src/protocol/json.ts';

/** Paths of keys by kind of line, as `stream assistant` → `message.content[text].text`. */
export type LineKinds = ReadonlyMap<string, ReadonlySet<string>>;

type Fields = { readonly [key: string]: Json };

/** Keys under which a program writes what others chose: of it only the key itself counts. */
const FREE = new Set(['input', 'updatedInput', 'tool_use_result', 'toolUseResult', 'entries']);
/** A key that is no name but an id, a path or a model: one stands for all. */
const NAME = /^[A-Za-z_$][\w$]*$/;
/** Where a line says what it is beside its type, one inside the other. */
const INNER = ['subtype', 'event', 'request', 'response', 'attachment'];
/** A word that says what something is. */
const WORD = /^[\w.-]{1,60}$/;

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function word(value: Json | undefined): string | undefined {
  return typeof value === 'string' && WORD.test(value) ? value : undefined;
}

function kindOf(line: Fields): string {
  const inner = INNER.flatMap((key) => {
    const value = line[key];
    if (!isFields(value)) return word(value) ?? [];
    return word(value['type']) ?? word(value['subtype']) ?? [];
  });
  return [word(line['type']) ?? '?', ...inner].join('/');
}

function collect(value: Json, path: string, into: Set<string>): void {
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    for (const item of items) {
      const type = isFields(item) ? word(item['type']) : undefined;
      const own = `${path}[${type ?? ''}]`;
      if (type !== undefined) into.add(own);
      collect(item, own, into);
    }
    return;
  }
  if (!isFields(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const name = NAME.test(key) ? key : '*';
    const own = path === '' ? name : `${path}.${name}`;
    into.add(own);
    if (!FREE.has(key)) collect(item, own, into);
  }
}

/** Takes lines of one source, `stream` or `transcript`, into the kinds. */
export function addLines(
  source: string,
  lines: Iterable<Json>,
  into: Map<string, Set<string>>,
): void {
  for (const line of lines) {
    if (!isFields(line)) continue;
    const kind = `${source} ${kindOf(line)}`;
    const keys = into.get(kind) ?? new Set<string>();
    into.set(kind, keys);
    collect(line, '', keys);
  }
}

function jsonLines(text: string): Json[] {
  return text.split('\n').flatMap((line) => parseJson(line) ?? []);
}

/** What Claude Code says in a stream, which is recorded in both directions. */
export function saidLines(lines: readonly Json[]): readonly Json[] {
  return lines.flatMap((line) =>
    isFields(line) && line['dir'] === 'out' ? (line['m'] ?? []) : [],
  );
}

/** What Claude Code wrote in the recordings below these folders. */
export async function recordedKinds(folders: readonly string[]): Promise<LineKinds> {
  const kinds = new Map<string, Set<string>>();
  for (const folder of folders) {
    // oxlint-disable-next-line no-await-in-loop -- a few files
    const names = await readdir(folder, { recursive: true });
    for (const name of names.filter((one) => one.endsWith('.jsonl'))) {
      // oxlint-disable-next-line no-await-in-loop -- a few files
      const lines = jsonLines(await readFile(join(folder, name), 'utf8'));
      const said = saidLines(lines);
      if (said.length > 0) addLines('stream', said, kinds);
      else addLines('transcript', lines, kinds);
    }
  }
  return kinds;
}

/** What of `found` is not in `known`: kinds, and keys of kinds that are known. */
export function newIn(found: LineKinds, known: LineKinds): readonly string[] {
  return [...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([kind, keys]) => {
      const old = known.get(kind);
      const fresh = [...keys].filter((key) => !old?.has(key)).toSorted();
      if (old === undefined) return [`${kind}: a kind of line, with ${fresh.join(', ')}`];
      // Of a key and what is in it the key says enough.
      const outer = fresh.filter((key) => !fresh.some((one) => isInside(key, one)));
      return outer.length === 0 ? [] : [`${kind}: ${outer.join(', ')}`];
    });
}

function isInside(key: string, other: string): boolean {
  return key !== other && (key.startsWith(`${other}.`) || key.startsWith(`${other}[`));
}
