// Compares readings of one session entry by entry. What may differ stands here, with its reason.
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import type { ClaudeVersion } from '../../tools/install/claudeVersions.ts';
import type { Entry, EntryKind } from '../../src/protocol/transcript.ts';

/** Kinds that a reading of the file cannot have: Claude Code writes no line of them, or none with their id. */
const NOT_IN_FILE: ReadonlyMap<EntryKind, string> = new Map([
  ['turn', 'the file has no line for the end of a turn'],
  ['request', 'what was asked, and answered, is between Claude Code and the host'],
  ['decision', 'as request'],
  ['task', 'the file tells of the end of a task alone, as a prompt of its own'],
  ['retry', 'a retry has another id in the file, and means nothing when it is over'],
]);

/** Notices that the host itself makes. */
const OF_THE_HOST: ReadonlySet<string> = new Set(['mode-changed', 'host-restarted']);

/** Whether an entry may be missing in one of the readings. */
function mayBeMissing(entry: Entry): boolean {
  if (NOT_IN_FILE.has(entry.kind)) return true;
  return entry.kind === 'notice' && OF_THE_HOST.has(entry.code);
}

/** An entry as it has to be the same: without what is told by the clock, or by the host's own choice. */
function comparable(entry: Entry, version: ClaudeVersion): unknown {
  // The two times of a line are those of its writing and of its coming.
  const { at: _, ...rest } = entry;
  // Nothing streams in a file.
  if (rest.kind === 'thinking') return { ...rest, durationMs: undefined };
  if (rest.kind !== 'tool-result') return rest;
  // A long output is named when it is taken over.
  const cut = rest.cut === undefined ? {} : { cut: { ...rest.cut, blob: 'its own' } };
  // 2.1.197 does not write that a call was denied; until 2.1.215 the stream does not say that a hook did.
  const isDenied = rest.outcome === 'denied' && !claudeDoes(version, 'hook-denial-in-stream');
  return { ...rest, ...cut, ...(isDenied ? { outcome: 'error' } : {}) };
}

/** Older versions tell a hook's message in the mirror alone, up to 0.1 s late: its place is not the file's. */
function hasNoPlace(entry: Entry, version: ClaudeVersion): boolean {
  return (
    entry.kind === 'notice' && entry.code === 'agent' && !claudeDoes(version, 'hook-in-stream')
  );
}

/** What differs between a session as it was seen live and another reading, in words; empty if nothing does. */
export function differences(
  live: readonly Entry[],
  other: readonly Entry[],
  version: ClaudeVersion,
): readonly string[] {
  const [a, b] = [live, other].map((entries) => entries.filter((one) => !mayBeMissing(one)));
  const [byId, otherById] = [a, b].map((all) => new Map((all ?? []).map((one) => [one.id, one])));
  const out: string[] = [];
  for (const entry of a ?? []) {
    const same = otherById?.get(entry.id);
    if (same === undefined) out.push(`only live: ${shown(entry)}`);
    else if (text(comparable(entry, version)) !== text(comparable(same, version))) {
      out.push(`differs: ${shown(entry)}\n    and: ${shown(same)}`);
    }
  }
  for (const entry of b ?? []) if (!byId?.has(entry.id)) out.push(`not live: ${shown(entry)}`);
  return [...out, ...misplaced(a ?? [], b ?? [], version)];
}

/** Entries of one thread, the conversation or a subagent, that stand in another order. Threads run side by side. */
function misplaced(a: readonly Entry[], b: readonly Entry[], version: ClaudeVersion): string[] {
  const threads = new Set(a.map(({ parent }) => parent));
  return [...threads].flatMap((thread) => {
    const [one, two] = [a, b].map((all) =>
      all.filter((entry) => entry.parent === thread && !hasNoPlace(entry, version)),
    );
    const at = one?.findIndex((entry, index) => entry.id !== two?.[index]?.id) ?? -1;
    const [here, there] = [one?.[at], two?.[at]];
    if (here === undefined || there === undefined) return [];
    return [`order: ${shown(here)}\n    where: ${shown(there)}`];
  });
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => sorted(part));
}

function sorted(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function shown(entry: Entry): string {
  return JSON.stringify(entry).slice(0, 400);
}
