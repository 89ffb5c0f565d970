// The host's own copy of its program: what an update of the extension takes away is still there.
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { keepOwnCopy } from '../../src/host/serve/ownCopy.ts';
import { temporaryFolder } from './folders.ts';

function write(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

test('bundle and join page outlive the folder they came from, and are replaced by newer ones', () => {
  const folder = temporaryFolder();
  const extension = join(folder, 'extension');
  const home = join(folder, 'home/program');
  const script = write(join(extension, 'dist/twinhelm.mjs'), 'one');
  write(join(extension, 'media/join/index.html'), 'page');
  write(join(extension, 'dist/join/index.html.br'), 'small page');
  const copy = keepOwnCopy(script, home, silentLogger);
  rmSync(extension, { recursive: true });
  expect(readFileSync(copy, 'utf8')).toBe('one');
  expect(readFileSync(join(home, 'join/index.html'), 'utf8')).toBe('page');
  expect(readFileSync(join(home, 'join/index.html.br'), 'utf8')).toBe('small page');
  write(script, 'two');
  expect(readFileSync(keepOwnCopy(script, home, silentLogger), 'utf8')).toBe('two');
});

test.runIf(process.platform !== 'win32')(
  'it is private, whatever the modes of the original are',
  () => {
    const folder = temporaryFolder();
    const home = join(folder, 'home/program');
    const script = write(join(folder, 'extension/dist/twinhelm.mjs'), 'one');
    const page = write(join(folder, 'extension/media/join/index.html'), 'page');
    chmodSync(script, 0o755);
    chmodSync(page, 0o644);
    const copy = keepOwnCopy(script, home, silentLogger);
    const modes = [home, copy, join(home, 'join'), join(home, 'join/index.html')].map(
      (path) => statSync(path).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o700, 0o600]);
  },
);

test('sources, and a folder that cannot be written, are run where they are', () => {
  const folder = temporaryFolder();
  const source = write(join(folder, 'main.ts'), 'source');
  expect(keepOwnCopy(source, join(folder, 'home'), silentLogger)).toBe(source);
  const script = write(join(folder, 'twinhelm.mjs'), 'one');
  const file = write(join(folder, 'file'), '');
  expect(keepOwnCopy(script, join(file, 'home'), silentLogger)).toBe(script);
});
