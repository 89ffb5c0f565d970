// Opens the journal's file: a new one is made, an older one is lifted, a damaged one is read row by row into a new one.
import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { isFolder } from '../../node/files.ts';
import { journalTooNew } from './errors.ts';
import type { HostPaths } from '../find/paths.ts';
import { isDistrusted, trustAgain, watchDamage } from './distrust.ts';
import { isHeaderRotten, mayBeLayout, writtenLayout } from './header.ts';
import { JOURNAL_LAYOUT, JOURNAL_SQL, JOURNAL_TABLES, writeLayout } from './journalSchema.ts';
import { JOURNAL_STEPS, type JournalStep, layoutOf, liftJournal } from './journalSteps.ts';
import { createPrivateFile } from './lock.ts';
import { finishSalvage, salvageJournal } from './salvage.ts';
import { isSqliteDamage, numberOf, openSqlite, sqliteDamage, textOf, transact } from './sqlite.ts';
import { hasWalLost } from './wal.ts';

/** How a journal is opened. */
export interface JournalOptions {
  readonly paths: HostPaths;
  readonly clock: Clock;
  readonly log: Logger;
  /** From older layouts; default: those of this build. */
  readonly steps?: readonly JournalStep[];
}

/** An open database of the newest layout. */
export interface OpenedJournal {
  readonly database: DatabaseSync;
  /** It was made just now, and not in the place of a damaged one. */
  readonly isNew: boolean;
}

/** Opens it, whatever state it is in. Throws AppError 'host-runtime' or 'journal-locked', or what SQLite and the system throw. */
export function openJournal(options: JournalOptions): OpenedJournal {
  const { paths, clock, log, steps = JOURNAL_STEPS } = options;
  const file = paths.journal;
  const newest = steps.at(-1)?.to ?? JOURNAL_LAYOUT;
  finishSalvage(file);
  try {
    refuseDamage(paths, newest);
    return openDatabase(file, steps);
  } catch (error) {
    if (!isSqliteDamage(error)) throw error;
    const { rows, damaged, keptAs } = salvageJournal(file, nameBeside(file, clock.now()), newest);
    trustAgain(file);
    log.error('journal was damaged', { rows, damaged: damaged.join(' '), keptAs });
    return openDatabase(file, steps);
  }
}

function nameBeside(file: string, now: number): string {
  let at = now;
  while (existsSync(`${file}.damaged-${at}`)) at += 1;
  return `${file}.damaged-${at}`;
}

/** Looks at the files before anything opens them, and so writes to them. */
function refuseDamage({ journal, relayData }: HostPaths, newest: number): void {
  const wal = `${journal}-wal`;
  if ([journal, wal, `${journal}-journal`].some(isFolder)) throw sqliteDamage();
  if (!existsSync(journal)) return;
  const written = writtenLayout(journal);
  if (written > newest && mayBeLayout(written)) throw journalTooNew(journal, written);
  // It was emptied: a home without a relay's store was never used.
  const isEmptied = statSync(journal).size === 0 && existsSync(relayData);
  const isRotten = !mayBeLayout(written) || isHeaderRotten(journal);
  if (isEmptied || isRotten || isDistrusted(journal) || hasWalLost(wal)) throw sqliteDamage();
}

function openDatabase(file: string, steps: readonly JournalStep[]): OpenedJournal {
  createPrivateFile(file);
  const database = openSqlite(file);
  try {
    // EXCLUSIVE before WAL: no shared-memory file, and a second guard beside the lock file.
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
    );
    const isNew = isBlank(database);
    if (isNew) {
      transact(database, () => {
        database.exec(JOURNAL_SQL);
        writeLayout(database, JOURNAL_LAYOUT);
      });
    } else {
      checkPages(database);
    }
    liftJournal(database, file, steps);
    if (!isNew) checkTables(database);
    watchDamage(database, file);
    return { database, isNew };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether nothing was ever written; one that has lost its layout, or has none of ours, is damaged. */
function isBlank(database: DatabaseSync): boolean {
  const layout = layoutOf(database);
  if (layout !== 0 && mayBeLayout(layout)) return false;
  const pages = numberOf(database.prepare('PRAGMA page_count').get() ?? {}, 'page_count');
  const hasTables = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
  if (layout !== 0 || pages > 1 || hasTables) throw sqliteDamage();
  return true;
}

/** Whether every table has its columns: a page of their names may be another, and whole. */
function checkTables(database: DatabaseSync): void {
  for (const [table, columns] of Object.entries(JOURNAL_TABLES)) {
    try {
      database.prepare(`SELECT ${columns} FROM ${table}`);
    } catch {
      throw sqliteDamage();
    }
  }
}

/** Reads every page, whatever the last end was; throws as SQLite does for a damaged file. */
function checkPages(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get() ?? {};
  if (textOf(row, 'quick_check') !== 'ok') throw sqliteDamage();
}
