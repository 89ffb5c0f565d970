// Private files are whole, and for their owner only.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasErrorCode, isFolder, writePrivateFile } from '../../src/node/files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twinhelm-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a private file and the folders made for it are its owner’s alone, and nothing else is left', () => {
  const file = join(folder, 'a/b/secret');
  writePrivateFile(file, 'one');
  writePrivateFile(file, 'two');
  expect(readFileSync(file, 'utf8')).toBe('two');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['secret']);
});

test('a file that was open to others is replaced by one that is not', () => {
  const file = join(folder, 'open');
  writeFileSync(file, 'old', { mode: 0o644 });
  writePrivateFile(file, 'new');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('what cannot be written leaves the folder as it was', () => {
  expect(() => writePrivateFile(folder, 'x')).toThrow(/EISDIR|EEXIST|ENOTEMPTY|EPERM/);
  expect(readdirSync(folder)).toEqual([]);
  expect(readdirSync(join(folder, '..')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('only a folder is a folder, and an error is known by its code', () => {
  expect([isFolder(folder), isFolder(join(folder, 'no')), isFolder(import.meta.filename)]).toEqual([
    true,
    false,
    false,
  ]);
  let thrown: unknown;
  try {
    readFileSync(join(folder, 'no'));
  } catch (error) {
    thrown = error;
  }
  expect(hasErrorCode(thrown, 'ENOENT')).toBe(true);
  expect(hasErrorCode(thrown, 'EACCES')).toBe(false);
  expect(hasErrorCode('ENOENT', 'ENOENT')).toBe(false);
});
