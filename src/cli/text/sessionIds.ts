// Ids of sessions as people type them: any beginning that only one has.
import type { DirectoryRow } from '../../protocol/state.ts';
import { shortId } from '../../base/ids.ts';
import { ambiguousSession, noSuchSession } from '../errors.ts';

/** The row whose id begins with `prefix`. Throws AppError 'session-not-found' | 'session-ambiguous'. */
export function resolveSession(rows: readonly DirectoryRow[], prefix: string): DirectoryRow {
  const wanted = prefix.trim().toLowerCase();
  const matches = wanted === '' ? [] : rows.filter((row) => row.session.id.startsWith(wanted));
  const exact = matches.find((row) => row.session.id === wanted);
  const [first, second] = exact ? [exact] : matches;
  if (first === undefined) throw noSuchSession(prefix);
  if (second !== undefined) {
    const ids = rows.map((row) => row.session.id);
    throw ambiguousSession(
      prefix,
      matches.map((row) => shortId(row.session.id, ids)),
    );
  }
  return first;
}
