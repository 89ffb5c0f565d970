// Damage that shows only as the journal is used: it is noted beside the file, and the next start reads it anew.
import { existsSync, rmSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { createPrivateFile } from './lock.ts';
import { isSqliteDamage } from './sqlite.ts';

/** Beside the file and not in it: nothing is written to a damaged one. */
function markOf(file: string): string {
  return `${file}.distrusted`;
}

/** Whether a host has found the journal damaged as it used it. */
export function isDistrusted(file: string): boolean {
  return existsSync(markOf(file));
}

/** It was read anew. */
export function trustAgain(file: string): void {
  rmSync(markOf(file), { force: true, recursive: true });
}

/**
 * From now on, whatever statement finds the file damaged leaves the mark, and throws as before. The
 * check at the start looks at pages, not at whether an index has what its table has.
 */
export function watchDamage(database: DatabaseSync, file: string): void {
  const watched = <A extends unknown[], T>(work: (...values: A) => T): ((...values: A) => T) => {
    return (...values) => {
      try {
        return work(...values);
      } catch (error) {
        if (isSqliteDamage(error)) distrust(file);
        throw error;
      }
    };
  };
  const prepare = watched(database.prepare.bind(database));
  const exec = watched(database.exec.bind(database));
  const watchedStatement = (sql: string): StatementSync => {
    const statement = prepare(sql);
    const { run, get, all } = statement;
    return Object.assign(statement, {
      run: watched(run.bind(statement)),
      get: watched(get.bind(statement)),
      all: watched(all.bind(statement)),
    });
  };
  Object.assign(database, { prepare: watchedStatement, exec });
}

function distrust(file: string): void {
  try {
    createPrivateFile(markOf(file));
  } catch {
    // The disk takes nothing: it is found again.
  }
}
