// The number of a host process: above every one before, also when the disk has lost it.
import type { DatabaseSync } from 'node:sqlite';

const KEY = 'term';
/** The same number once more: of one that has changed on the disk it is known so. */
const COPY = 'term-again';
/** A boot has 32 bits for it. */
const MAX_TERM = 2 ** 32 - 1;

/**
 * A term above every one before, on disk when this returns. Where it was lost, as `now` (ms) is given
 * then, it becomes the time in seconds: hosts are not started that often.
 */
export function raiseTerm(database: DatabaseSync, isNew: boolean, now: number): number {
  const values = new Map(
    database
      .prepare('SELECT key, value FROM meta WHERE key IN (?, ?)')
      .all(KEY, COPY)
      .map((row) => [row['key'], termOf(row['value'])]),
  );
  const [term, copy] = [values.get(KEY), values.get(COPY)];
  // A journal of before has no copy.
  const isKnown = isNew || (term !== undefined && (!values.has(COPY) || copy === term));
  const known = Math.max(term ?? 0, copy ?? 0);
  const next = isKnown ? known + 1 : Math.max(known + 1, Math.floor(now / 1000));
  const save = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  for (const key of [KEY, COPY]) save.run(key, `${next}`);
  return next;
}

/** Makes the term count as lost: it may be an older one. */
export function doubtTerm(database: DatabaseSync): void {
  database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, 'lost')").run(COPY);
}

function termOf(value: unknown): number | undefined {
  const term = typeof value === 'string' && /^[1-9]\d*$/.test(value) ? Number(value) : 0;
  return term > 0 && term < MAX_TERM ? term : undefined;
}
