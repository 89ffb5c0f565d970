// Files of the session's folder that a prompt names, read by the host when the prompt is handed over.
import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AttachedFile } from '../../protocol/agent.ts';
import type { FileMention } from '../../protocol/agentRules.ts';
import { type InsideOptions, readInside } from '../tree/insideFile.ts';

/** Where files are read, and which are not. */
export interface NamedFilesOptions extends Omit<InsideOptions, 'maxBytes'> {
  /** Folder of the session. */
  readonly cwd: string;
}

/** Of one file, and of all that one prompt names. */
const MAX_BYTES = 256 * 1024;
const MAX_FILES = 16;

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
    const content = await readInside(root, mention.path, { ...options, maxBytes: MAX_BYTES });
    if (content === undefined) continue;
    bytes += content.length;
    if (bytes > MAX_BYTES || files.length === MAX_FILES) break;
    files.push({ path: mention.path, content: linesOf(content, mention) });
  }
  return files;
}

function linesOf(content: string, { fromLine: from, toLine: to }: FileMention): string {
  if (from === 1 && to === Infinity) return content;
  return content
    .split('\n')
    .slice(Math.max(0, from - 1), to)
    .join('\n');
}
