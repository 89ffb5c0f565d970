// A file of a session's folder, read for somebody else: only what is really in the folder, whatever leads out of it.
import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';

/** Which files are read. */
export interface InsideOptions {
  /** Whether the owner's rules forbid a file (absolute path). */
  readonly isDenied: (path: string) => boolean;
  /** Larger files are not read. */
  readonly maxBytes: number;
  readonly platform?: NodeJS.Platform;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a file below `root`, a real path; `path` counts from there, or is absolute. Undefined if it
 * is none: not there, no regular file, too large, no text, in `.git`, denied, or, by the real path of
 * the opened file, somewhere else.
 */
export async function readInside(
  root: string,
  path: string,
  { isDenied, maxBytes, platform = process.platform }: InsideOptions,
): Promise<string | undefined> {
  const named = isAbsolute(path) ? normalize(path) : join(root, path);
  if (!isInside(root, named) || isDenied(named)) return undefined;
  let file: FileHandle | undefined;
  try {
    // A pipe must not hold us up, and no device may take a terminal.
    file = await open(named, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const info = await file.stat();
    if (!info.isFile() || info.size > maxBytes) return undefined;
    const real = await realPathOf(file, named, platform);
    if (real === undefined || !isInside(root, real) || isDenied(real)) return undefined;
    const buffer = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > maxBytes) return undefined;
    const content = decoder.decode(buffer.subarray(0, bytesRead));
    return content.includes('\0') ? undefined : content;
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

/** Where the opened file is, whatever its name has become meanwhile; undefined if that cannot be told. */
async function realPathOf(
  file: FileHandle,
  named: string,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  if (platform === 'linux') {
    const real = await readlink(`/proc/self/fd/${file.fd}`);
    return real.endsWith(' (deleted)') ? undefined : real;
  }
  const real = await realpath(named);
  const [opened, there] = await Promise.all([
    file.stat({ bigint: true }),
    stat(real, { bigint: true }),
  ]);
  return opened.ino === there.ino && opened.dev === there.dev ? real : undefined;
}

function isInside(root: string, path: string): boolean {
  const parts = relative(root, path).split(sep);
  if (parts[0] === '..' || parts[0] === '' || parts.join(sep) === path) return false;
  return parts.every((part) => part.toLowerCase() !== '.git');
}
