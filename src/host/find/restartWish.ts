// The wish of a newer build that this home's host makes room for it: kept in a file, granted when idle.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNewer } from '../../base/versions.ts';

function fileOf(home: string): string {
  return join(home, 'restart-wanted');
}

/** Leaves the wish, unless a newer version has left its own; a failure to write it changes nothing but that the old host stays longer. */
export function wantVersion(home: string, version: string): void {
  const wanted = wantedVersion(home);
  if (wanted !== undefined && !isNewer(version, wanted)) return;
  try {
    writeFileSync(fileOf(home), version, { mode: 0o600 });
  } catch {
    // The old host goes on: it works.
  }
}

/** Three numbers, and what a build adds to them. */
const VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]*)?$/;

/** The version that somebody wants; undefined if nobody does, or if it is none. */
export function wantedVersion(home: string): string | undefined {
  try {
    const text = readFileSync(fileOf(home), 'utf8').slice(0, 50).trim();
    return VERSION.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Forgets the wish: the host that starts now is what there is. */
export function forgetWish(home: string): void {
  rmSync(fileOf(home), { force: true });
}
