// Files of the session's folder that a prompt names, read by the host when the prompt is handed over.
import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import type { AttachedFile } from '../../protocol/agent.ts';
import type { FileMention } from '../../protocol/agentRules.ts';

/** Where files are read, and which are not. */
export interface NamedFilesOptions {
  /** Folder of the session. */
  readonly cwd: string;
  /** Whether the owner's rules forbid a file (absolute path). */
  readonly isDenied: (path: string) => boolean;
  readonly platform?: NodeJS.Platform;
}

/** Of one file, and of all that one prompt names. */
const MAX_BYTES = 256 * 1024;
const MAX_FILES = 16;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Paths that a text names and that are there, but were not attached: for the owner, who may know what is there. */
export async function leftOutFiles(
  mentionsIn: (max: number) => readonly FileMention[],
  cwd: string,
  attached: readonly AttachedFile[],
): Promise<readonly string[]> {
  const taken = new Set(attached.map(({ path }) => path));
  const named = mentionsIn(MAX_FILES * 4).filter(({ path }) => !taken.has(path));
  const there = await Promise.all(
    named.map(async ({ path }) => {
      const full = path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(cwd, path);
      return stat(full).then(
        () => true,
        () => false,
      );
    }),
  );
  return named.flatMap(({ path }, at) => (there[at] === true ? [path] : []));
}

/**
 * The files that a text names, each once. Only regular files below `cwd` of at most
 * 256 KiB, nothing in `.git`, nothing that `isDenied`. What is not attached stays as
 * it was written: nobody learns why.
 */
export async function namedFiles(
  mentionsIn: (max: number) => readonly FileMention[],
  options: NamedFilesOptions,
): Promise<readonly AttachedFile[]> {
  // More than are attached are not even looked for.
  const mentions = mentionsIn(MAX_FILES * 4);
  if (mentions.length === 0) return [];
  const root = await realpath(options.cwd).catch(() => undefined);
  if (root === undefined) return [];
  const files: AttachedFile[] = [];
  let bytes = 0;
  for (const mention of mentions) {
    // oxlint-disable-next-line no-await-in-loop -- a bound on all of them together
    const content = await readInside(root, mention.path, options);
    if (content === undefined) continue;
    bytes += content.length;
    if (bytes > MAX_BYTES || files.length === MAX_FILES) break;
    files.push({ path: mention.path, content: linesOf(content, mention) });
  }
  return files;
}

async function readInside(
  root: string,
  path: string,
  { isDenied, platform = process.platform }: NamedFilesOptions,
): Promise<string | undefined> {
  const named = join(root, path);
  if (!isInside(root, named) || isDenied(named)) return undefined;
  let file: FileHandle | undefined;
  try {
    // A pipe must not hold us up, and no device may take a terminal.
    file = await open(named, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const info = await file.stat();
    if (!info.isFile() || info.size > MAX_BYTES) return undefined;
    const real = await realPathOf(file, named, platform);
    if (real === undefined || !isInside(root, real) || isDenied(real)) return undefined;
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > MAX_BYTES) return undefined;
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

function linesOf(content: string, { fromLine: from, toLine: to }: FileMention): string {
  if (from === 1 && to === Infinity) return content;
  return content
    .split('\n')
    .slice(Math.max(0, from - 1), to)
    .join('\n');
}
