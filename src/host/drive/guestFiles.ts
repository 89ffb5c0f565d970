// What a guest means with `@file`: files of the session's folder, read by the host when the prompt is handed over.
import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file as it is handed over: its path below the folder, with the lines that were asked for. */
export interface GuestFile {
  readonly path: string;
  readonly content: string;
}

/** Of one file, and of all that one prompt names. */
const MAX_BYTES = 256 * 1024;
const MAX_FILES = 16;

/** As Claude Code reads it: an @ at the start or after space, a name in quotes or without space. */
const MENTION = /(?:^|\s)@(?:"([^"]+)"(#\S*)?|(\S+))/gu;
const LINES = /^(.*?)(?:#L(\d+)(?:-L?(\d+))?|#.*)?$/su;
const TRAILING = /[,.:;?!)\u3002]+$/u;
const decoder = new TextDecoder('utf-8', { fatal: true });

interface Mention {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The files that a text names, each once. Only regular files below `cwd` of at most
 * 256 KiB, nothing in `.git`, nothing that `isDenied`. What is not attached stays as
 * it was written: nobody learns why.
 */
export async function guestFiles(
  text: string,
  cwd: string,
  isDenied: (path: string) => boolean,
): Promise<readonly GuestFile[]> {
  const mentions = mentionsOf(text);
  if (mentions.length === 0) return [];
  const root = await realpath(cwd).catch(() => undefined);
  if (root === undefined) return [];
  const files: GuestFile[] = [];
  let bytes = 0;
  for (const mention of mentions) {
    // oxlint-disable-next-line no-await-in-loop -- a bound on all of them together
    const content = await readInside(root, mention.path, isDenied);
    if (content === undefined) continue;
    bytes += content.length;
    if (bytes > MAX_BYTES || files.length === MAX_FILES) break;
    files.push({ path: mention.path, content: linesOf(content, mention) });
  }
  return files;
}

function mentionsOf(text: string): readonly Mention[] {
  const mentions = new Map<string, Mention>();
  for (const [, quoted, mark, plain] of text.matchAll(MENTION)) {
    const written =
      quoted === undefined ? (plain ?? '').replace(TRAILING, '') : quoted + (mark ?? '');
    const [, path = '', from, to] = LINES.exec(written) ?? [];
    if (path === '') continue;
    const first = from === undefined ? 1 : Number(from);
    const last = to === undefined ? (from === undefined ? Infinity : first) : Number(to);
    mentions.set(written, { path, from: first, to: last });
    // More than are attached are not even looked for.
    if (mentions.size > MAX_FILES * 4) break;
  }
  return [...mentions.values()];
}

async function readInside(
  root: string,
  path: string,
  isDenied: (path: string) => boolean,
): Promise<string | undefined> {
  const named = join(root, path);
  if (!isInside(root, named) || isDenied(named)) return undefined;
  let file: FileHandle | undefined;
  try {
    // A pipe must not hold us up, and no device may take a terminal.
    file = await open(named, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const info = await file.stat();
    if (!info.isFile() || info.size > MAX_BYTES) return undefined;
    const real = await realPathOf(file, named);
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
async function realPathOf(file: FileHandle, named: string): Promise<string | undefined> {
  if (process.platform === 'linux') {
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

function linesOf(content: string, { from, to }: Mention): string {
  if (from === 1 && to === Infinity) return content;
  return content
    .split('\n')
    .slice(Math.max(0, from - 1), to)
    .join('\n');
}
