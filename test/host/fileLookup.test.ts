// [A4] Files and folders by a part of their path, with Git and without, many of them and oddly named ones.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { bestMatches, FileLookup } from '../../src/host/drive/fileLookup.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'twinhelm-lookup-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), '');
  }
}

const git = (...args: readonly string[]): void => {
  execFileSync('git', ['-C', cwd, ...args], { stdio: 'ignore' });
};

describe('[A4] in a repository', () => {
  it('what Git ignores is not offered, what it does not know yet is; folders end with a slash', async () => {
    write('src/app.ts', 'src/deep/util.ts', 'build/out.js', 'new\nline.txt');
    writeFileSync(join(cwd, '.gitignore'), 'build/\n');
    git('init');
    const lookup = new FileLookup(createFakeClock());
    expect(await lookup.find(cwd, '', 51)).toEqual(['src/', '.gitignore', 'new\nline.txt']);
    expect(await lookup.find(cwd, 'src/', 51)).toEqual(['src/deep/', 'src/app.ts']);
    expect(await lookup.find(cwd, 'util', 51)).toEqual(['src/deep/util.ts']);
    expect(await lookup.find(cwd, 'out', 51)).toEqual([]);
  });

  it('no program is run that the repository names in its settings', async () => {
    write('a.ts');
    git('init');
    const trap = join(cwd, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\ntouch "${join(cwd, 'sprung')}"\n`, { mode: 0o755 });
    git('config', 'core.fsmonitor', trap);
    const found = await new FileLookup(createFakeClock()).find(cwd, '', 51);
    expect(found).toEqual(['a.ts', 'trap.sh']);
    expect(await new FileLookup(createFakeClock()).find(cwd, 'sprung', 51)).toEqual([]);
  });
});

describe('[A4] without Git', () => {
  it('10,000 files are bounded, the best of them first, and a new one is there soon', async () => {
    write(...Array.from({ length: 10_000 }, (_, at) => `many/file-${at}.ts`), 'wanted.ts');
    write('node_modules/dep/wanted.ts');
    const clock = createFakeClock();
    const lookup = new FileLookup(clock);
    expect(await lookup.find(cwd, 'file', 51)).toHaveLength(51);
    expect(await lookup.find(cwd, 'file-9999', 51)).toEqual(['many/file-9999.ts']);
    expect(await lookup.find(cwd, 'wanted', 51)).toEqual(['wanted.ts']);
    write('fresh.ts');
    expect(await lookup.find(cwd, 'fresh', 51)).toEqual([]);
    clock.advance(5_001);
    expect(await lookup.find(cwd, 'fresh', 51)).toEqual(['fresh.ts']);
  });

  it('a folder that is gone has no files', async () => {
    expect(await new FileLookup(createFakeClock()).find(join(cwd, 'gone'), '', 51)).toEqual([]);
  });
});

test('[A4] a name goes before its beginning, that before a part, that before scattered letters', () => {
  const paths = [
    'lib/index.ts',
    'docs/my-index.md',
    'index',
    'i/n/d/e/x.ts',
    'src/indexes/',
    'INDEX.md',
  ];
  expect(bestMatches(paths, 'index', 9)).toEqual([
    ...['index', 'INDEX.md', 'lib/index.ts', 'src/indexes/', 'docs/my-index.md', 'i/n/d/e/x.ts'],
  ]);
  expect(bestMatches(paths, 'zzz', 9)).toEqual([]);
  expect(bestMatches(paths, 'index', 2)).toHaveLength(2);
});
