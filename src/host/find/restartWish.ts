// The wish of a newer build that this home's host makes room for it: kept in a file, granted when idle.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function fileOf(home: string): string {
  return join(home, 'restart-wanted');
}

/** Whether a version is above another, by its numbers alone: two builds that each wanted their own would take turns for ever. */
export function isNewer(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split(/[.+-]/, 3).map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (ours?.[i] ?? 0) - (theirs?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Leaves the wish; a failure to write it changes nothing but that the old host stays longer. */
export function wantVersion(home: string, version: string): void {
  try {
    writeFileSync(fileOf(home), version, { mode: 0o600 });
  } catch {
    // The old host goes on: it works.
  }
}

/** The version that somebody wants; undefined if nobody does. */
export function wantedVersion(home: string): string | undefined {
  try {
    return readFileSync(fileOf(home), 'utf8').slice(0, 50);
  } catch {
    return undefined;
  }
}

/** Forgets the wish: the host that starts now is what there is. */
export function forgetWish(home: string): void {
  rmSync(fileOf(home), { force: true });
}
