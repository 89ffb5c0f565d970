// The lock that decides between processes: one session host per home folder.
import { hasErrorCode } from '../../node/files.ts';
import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { type Disposable, toDisposable } from '../../base/disposable.ts';
import { homeUnusable, hostRunning } from '../errors.ts';
import { journalUnusable, lockUnusable } from './errors.ts';
import { isDiskFull, isSqliteBusy, isSqliteDamage, openSqlite } from './sqlite.ts';

/**
 * Takes the exclusive lock or throws AppError 'host-running' (somebody has it) or 'journal-locked'. The system releases it when the
 * process ends, however it ends. A database of its own is locked, not the journal: so a damaged
 * journal can be moved aside while the lock is held.
 */
export function takeLock(file: string, home: string): Disposable {
  let database: DatabaseSync;
  try {
    createPrivateFile(file);
    database = openSqlite(file);
  } catch (error) {
    throw isDiskFull(error) ? journalUnusable(file, true, error) : homeUnusable(home, error);
  }
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isSqliteBusy(error)) throw hostRunning(home);
    if (isSqliteDamage(error)) throw lockUnusable(file, error);
    throw journalUnusable(file, isDiskFull(error), error);
  }
  return toDisposable(() => database.close());
}

/**
 * Makes an empty file with mode 0600 unless there is one. An existing file is not opened: closing
 * any descriptor of it would drop the POSIX locks that SQLite holds for this process.
 */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'ax', 0o600));
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  }
}
