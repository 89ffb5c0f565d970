// Files as Node rooms need them: private ones, written whole or not at all, and what an error of the system means.
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { newId } from '../base/ids.ts';

/** Whether an error of the system has this code, as 'ENOENT'. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Whether a path is a folder; false for what is not there. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether a path is a file, or a link to one; false for what is not there. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Makes a folder, and those above it, for its owner only; on Windows the profile's rights hold. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** Writes a file for its owner only: others see the old one or the new one, never a part. Throws errors of the system. */
export function writePrivateFile(path: string, text: string): void {
  makePrivateFolder(dirname(path));
  const next = `${path}.${newId()}.tmp`;
  try {
    writeFileSync(next, text, { mode: 0o600, flag: 'wx' });
    renameSync(next, path);
  } finally {
    rmSync(next, { force: true });
  }
}
