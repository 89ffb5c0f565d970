// The lock that decides between processes: one session host per home folder.
import { closeSync, openSync } from 'node:fs';
import { type Disposable, toDisposable } from '../base/disposable.ts';
import { hostRunning, lockUnusable } from './errors.ts';
import { isSqliteBusy, openSqlite } from './sqlite.ts';

/**
 * Takes the exclusive lock or throws AppError 'host-running'. The system releases it when the
 * process ends, however it ends. A database of its own is locked, not the journal: so a damaged
 * journal can be moved aside while the lock is held.
 */
export function takeLock(file: string, home: string): Disposable {
  createPrivateFile(file);
  const database = openSqlite(file);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isSqliteBusy(error) ? hostRunning(home) : lockUnusable(file, error);
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
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
