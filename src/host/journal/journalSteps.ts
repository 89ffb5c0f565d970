// Lifts a journal of an older layout, step by step, in one transaction, after a copy of the file.
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { isAppError } from '../../base/errors.ts';
import { journalNotLifted, journalTooNew } from './errors.ts';
import { JOURNAL_LAYOUT, writeLayout } from './journalSchema.ts';
import { createPrivateFile } from './lock.ts';
import { isSqliteDamage, numberOf, transact } from './sqlite.ts';

/** From the layout before `to` to this one. Runs inside the transaction of all steps. */
export interface JournalStep {
  readonly to: number;
  readonly run: (database: DatabaseSync) => void;
}

/** Every step since layout 1, in order: `JOURNAL_LAYOUT` is the last one's. */
export const JOURNAL_STEPS: readonly JournalStep[] = [];

/** Copies of older layouts that are kept beside the journal. */
const KEPT_COPIES = 2;

/** Layout of an open journal; 0: it is new. */
export function layoutOf(database: DatabaseSync): number {
  return numberOf(database.prepare('PRAGMA user_version').get() ?? {}, 'user_version');
}

/** Where the copy of a journal of this layout is kept. */
export function copyOfLayout(file: string, layout: number): string {
  return `${file}.layout-${layout}`;
}

/**
 * Lifts the open journal to the newest layout. Throws AppError 'host-runtime' for a newer one, which
 * is left alone, and for a step that failed: then everything is as it was before, in the copy too.
 */
export function liftJournal(
  database: DatabaseSync,
  file: string,
  steps: readonly JournalStep[] = JOURNAL_STEPS,
): void {
  const newest = steps.at(-1)?.to ?? JOURNAL_LAYOUT;
  const layout = layoutOf(database);
  if (layout > newest) throw journalTooNew(file, layout);
  const todo = steps.filter(({ to }) => to > layout);
  if (todo.length === 0) return;
  const copy = copyOfLayout(file, layout);
  try {
    keepCopy(database, copy);
    transact(database, () => {
      for (const { to, run } of todo) {
        run(database);
        writeLayout(database, to);
      }
    });
    // Into the file itself: an older build reads the layout there before it touches anything.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    // A damaged file is another matter: it is set aside and read row by row.
    if (isAppError(error) || isSqliteDamage(error)) throw error;
    throw journalNotLifted(file, { from: layout, to: newest }, error);
  }
  forgetCopies(file, copy);
}

/** By SQLite itself: reading the file besides would drop the locks that it holds for this process. */
function keepCopy(database: DatabaseSync, copy: string): void {
  rmSync(copy, { force: true });
  createPrivateFile(copy);
  try {
    database.prepare('VACUUM INTO ?').run(copy);
  } catch (error) {
    rmSync(copy, { force: true });
    throw error;
  }
}

function forgetCopies(file: string, newest: string): void {
  const prefix = copyOfLayout(basename(file), 0).slice(0, -1);
  const layoutIn = (name: string): number => Number(name.slice(prefix.length));
  const others = readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix) && name !== basename(newest))
    .toSorted((a, b) => layoutIn(b) - layoutIn(a));
  for (const name of others.slice(KEPT_COPIES - 1)) {
    rmSync(join(dirname(file), name), { force: true });
  }
}
