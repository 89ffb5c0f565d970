// The looks at the file system that are made again and again, so that a test can count them.
import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';

/** What is asked of files that other programs write. Nothing of it throws: what cannot be read is not there. */
export interface FileAccess {
  /** Names in a folder, in no order. */
  names(folder: string): Promise<readonly string[]>;
  facts(path: string): Promise<FileFacts | undefined>;
  text(path: string): Promise<string | undefined>;
}

/** What tells whether a path was changed, and what it is. */
export type FileFacts = Pick<Stats, 'ino' | 'size' | 'mtimeMs' | 'isFile' | 'isDirectory'>;

/** The file system itself. */
export const systemFiles: FileAccess = {
  names: (folder) => readdir(folder).catch(() => []),
  facts: (path) => stat(path).catch(() => undefined),
  text: (path) => readFile(path, 'utf8').catch(() => undefined),
};
