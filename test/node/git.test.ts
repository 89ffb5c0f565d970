// The state of a working tree by the real git, in trees that mean ill too.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitTree, readStatus } from '../../src/node/git.ts';
import { temporaryFolder } from '../host/folders.ts';

const AUTHOR = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

function git(folder: string, ...args: string[]): void {
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', ['-C', folder, ...AUTHOR, ...args], { env, stdio: 'pipe' });
}

function repository(): string {
  const folder = temporaryFolder();
  git(folder, 'init', '-q', '-b', 'main');
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', 'first');
  return folder;
}

const look = (folder: string, env: Record<string, string | undefined> = process.env) =>
  gitTree(folder, env, new AbortController().signal);

describe('[H9] a tree', () => {
  test('counts what differs from the last commit, and names the branch', async () => {
    const folder = repository();
    expect(await look(folder)).toEqual({ branch: 'main', dirty: 0 });
    writeFileSync(join(folder, 'a.txt'), 'two\n');
    writeFileSync(join(folder, 'new\nname.txt'), '');
    git(folder, 'checkout', '-qb', 'fix/it');
    const below = join(folder, 'below');
    mkdirSync(below);
    expect(await look(below)).toEqual({ branch: 'fix/it', dirty: 2 });
    git(folder, 'checkout', '-q', '--detach');
    expect(await look(folder)).toEqual({ dirty: 2 });
  });

  test('tells how far the branch is ahead of the one that it follows, and behind it', async () => {
    const origin = repository();
    const folder = join(temporaryFolder(), 'clone');
    execFileSync('git', ['clone', '-q', origin, folder], { stdio: 'pipe' });
    git(folder, 'commit', '-q', '--allow-empty', '-m', 'mine');
    git(folder, 'commit', '-q', '--allow-empty', '-m', 'mine too');
    git(origin, 'commit', '-q', '--allow-empty', '-m', 'theirs');
    expect(await look(folder)).toEqual({ branch: 'main', dirty: 0, ahead: 2, behind: 0 });
    git(folder, 'fetch', '-q');
    expect(await look(folder)).toMatchObject({ ahead: 2, behind: 1 });
  });

  test('a folder without one, and one that is gone, have none; so it is without git', async () => {
    expect(await look(temporaryFolder())).toBeUndefined();
    expect(await look('/nowhere/at/all')).toBeUndefined();
    expect(await look(repository(), { PATH: '' })).toBeUndefined();
  });

  test('runs no monitor and no hook of the repository, and takes no other tree from the environment', async () => {
    const folder = repository();
    const trap = join(folder, 'ran');
    const program = join(folder, '.git', 'trap.sh');
    writeFileSync(program, `#!/bin/sh\ntouch '${trap}'\n`, { mode: 0o755 });
    git(folder, 'config', 'core.fsmonitor', program);
    git(folder, 'config', 'core.hooksPath', join(folder, '.git', 'traps'));
    mkdirSync(join(folder, '.git', 'traps'));
    writeFileSync(
      join(folder, '.git', 'traps', 'post-index-change'),
      `#!/bin/sh\ntouch '${trap}'\n`,
      {
        mode: 0o755,
      },
    );
    const env = { ...process.env, GIT_DIR: join(repository(), '.git') };
    writeFileSync(join(folder, 'b.txt'), '');
    expect(await look(folder, env)).toEqual({ branch: 'main', dirty: 1 });
    expect(existsSync(trap)).toBe(false);
  });

  test('a look that nobody wants any more ends without a word', async () => {
    const closing = new AbortController();
    const looking = gitTree(repository(), process.env, closing.signal);
    closing.abort();
    expect(await looking).toBeUndefined();
  });

  test('is read line by line; what is not understood counts as nothing', () => {
    const text = '# branch.head x\n# branch.ab +3 -0\n1 .M a\n2 R. b\nu UU c\n? d\n! e\nnonsense\n';
    expect(readStatus(text)).toEqual({ branch: 'x', dirty: 4, ahead: 3, behind: 0 });
    expect(readStatus('')).toEqual({ dirty: 0 });
    expect(readStatus('# branch.ab +x -y')).toEqual({ dirty: 0 });
  });
});
