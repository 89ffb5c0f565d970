// The folder of a session: whether it is the one that it was, and which other one it may go on in.
import { constants } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import { jsonBytes } from '../../base/jsonText.ts';
import { folderElsewhere, folderGone } from '../errors.ts';
import {
  folderIsLink,
  folderIsNone,
  folderNotFull,
  folderNotThere,
  folderTooLong,
  folderUnreadable,
} from '../session/refusals.ts';

/** Of a longer path the state shows only a part. */
const MAX_BYTES = 500;

/** Rejects if this user may not read a folder, or not go into it. */
export type FolderCheck = (folder: string) => Promise<void>;

const isReadable: FolderCheck = (folder) => access(folder, constants.R_OK | constants.X_OK);

/** Where the folder is in truth. Throws AppError 'agent-folder-gone' if it is gone, or leads elsewhere than `known`. */
export async function realFolder(
  cwd: string,
  known: string | undefined,
  check = isReadable,
): Promise<string> {
  const real = await usable(cwd, check);
  if (real === undefined) throw folderGone(cwd);
  if (known !== undefined && real !== known) throw folderElsewhere(cwd, real);
  return real;
}

/** The folder that an owner chose. Throws CommandRefused that says what is wrong with it. */
export async function chosenFolder(path: string, check = isReadable): Promise<string> {
  if (!isAbsolute(path)) throw folderNotFull(path);
  if (path.includes('\0') || jsonBytes(path) > MAX_BYTES) throw folderTooLong();
  const folder = normalize(path).replace(/(?<=.)[/\\]+$/, '');
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) throw folderNotThere(folder);
  if (found.isSymbolicLink()) {
    throw folderIsLink(folder, await realpath(folder).catch(() => undefined));
  }
  if (!found.isDirectory()) throw folderIsNone(folder);
  const real = await usable(folder, check);
  if (real === undefined) throw folderUnreadable(folder);
  return real;
}

async function usable(folder: string, check: FolderCheck): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return undefined;
    await check(folder);
    return await realpath(folder);
  } catch {
    return undefined;
  }
}
