// What the host attaches for a guest's @: files of the folder, by the file that was opened, and nothing denied.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readRules } from '../../src/claude/files/readRules.ts';
import { fileMentions } from '../../src/claude/rules/fileMentions.ts';
import { namedFiles } from '../../src/host/drive/namedFiles.ts';
import { temporaryFolder } from './folders.ts';

const NOTHING = (_path: string): boolean => false;
const MAX_BYTES = 256 * 1024;
/** Linux tells the name of an open file; elsewhere the opened file is compared with what its name leads to. */
const SYSTEMS = new Set([process.platform, 'darwin' as const]);
let platform: NodeJS.Platform = process.platform;
let top: string;
let cwd: string;

function write(path: string, content = path): void {
  mkdirSync(join(top, path, '..'), { recursive: true });
  writeFileSync(join(top, path), content);
}

beforeEach(() => {
  top = temporaryFolder();
  cwd = join(top, 'project');
  write('project/src/in.txt', 'one\ntwo\nthree\n');
  write('out.txt');
});

const attached = async (text: string, isDenied = NOTHING) =>
  (await namedFiles((max) => fileMentions(text, max), { cwd, isDenied, platform })).map(
    ({ path, content }) => [path, content],
  );

describe.each([...SYSTEMS])('[R10] what a guest’s @ attaches, on %s', (system) => {
  beforeEach(() => {
    platform = system;
  });
  it.each([
    ['see @src/in.txt, please', 'src/in.txt', 'one\ntwo\nthree\n'],
    ['@./src/in.txt', './src/in.txt', 'one\ntwo\nthree\n'],
    ['see @"src/in.txt"#L2', 'src/in.txt', 'two'],
    ['see @src/in.txt#L1-2 and @src/in.txt#L1-2', 'src/in.txt', 'one\ntwo'],
    ['see @src/../src/in.txt', 'src/../src/in.txt', 'one\ntwo\nthree\n'],
  ])('%j', async (text, path, content) => {
    expect(await attached(text)).toEqual([[path, content]]);
  });

  it('a name with spaces, a name in another script, and as many as sixteen', async () => {
    write('project/a b.txt', 'spaces');
    write('project/ünï.txt', 'umlauts');
    for (let i = 0; i < 40; i += 1) write(`project/f${i}.txt`, `${i}`);
    expect(await attached('@"a b.txt" @ünï.txt')).toEqual([
      ['a b.txt', 'spaces'],
      ['ünï.txt', 'umlauts'],
    ]);
    const many = Array.from({ length: 1000 }, (_, i) => `@f${i}.txt`).join(' ');
    expect(await attached(many)).toHaveLength(16);
  });

  it('nothing outside: by its name, through a link, through a linked folder', async () => {
    symlinkSync(join(top, 'out.txt'), join(cwd, 'link.txt'));
    symlinkSync(top, join(cwd, 'linked'));
    const text = `@${top}/out.txt @../out.txt @~/out.txt @link.txt @linked/out.txt @src/../../out.txt`;
    expect(await attached(text)).toEqual([]);
  });

  it('a link that stays inside is followed', async () => {
    symlinkSync('src/in.txt', join(cwd, 'link.txt'));
    expect(await attached('@link.txt#L1')).toEqual([['link.txt', 'one']]);
  });

  it('nothing of .git, in any case, nor through a link', async () => {
    write('project/.git/config', 'url');
    write('project/sub/.GIT/config', 'url');
    symlinkSync('.git', join(cwd, 'g'));
    expect(await attached('@.git/config @sub/.GIT/config @g/config @./.git/config')).toEqual([]);
  });

  it('no folder, pipe, device, binary or long file, and nothing hangs', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(cwd, 'pipe')]);
    write('project/binary', 'a\0b');
    writeFileSync(join(cwd, 'latin1'), Buffer.from([0xe9, 0x74, 0xe9]));
    write('project/long.txt', 'x'.repeat(MAX_BYTES + 1));
    write('project/fits.txt', 'x'.repeat(MAX_BYTES));
    const text = '@src @src/ @pipe @binary @latin1 @long.txt @missing @/dev/zero';
    expect(await attached(text)).toEqual([]);
    expect(await attached('@fits.txt')).toHaveLength(1);
  });

  it('all together are no more than one may be', async () => {
    for (const name of ['a', 'b', 'c']) write(`project/${name}`, 'x'.repeat(100 * 1024));
    expect((await attached('@a @b @c')).map(([path]) => path)).toEqual(['a', 'b']);
  });

  it('nothing that is denied, by its own name or by that of what it links to', async () => {
    write('project/.env', 'secret');
    symlinkSync('.env', join(cwd, 'plain.txt'));
    const isDenied = (path: string): boolean => path.endsWith('.env');
    expect(await attached('@.env @plain.txt', isDenied)).toEqual([]);
  });
});

describe('the Read deny rules of every settings file', () => {
  const rulesOf = (managed: readonly string[] = []) =>
    readRules({ cwd, home: join(top, 'home'), configDir: join(top, 'config'), managed });
  const deny = (...rules: string[]): string => JSON.stringify({ permissions: { deny: rules } });
  const denied = async (path: string) => (await rulesOf())(join(cwd, path));

  it.each([
    ['config/settings.json'],
    ['project/.claude/settings.json'],
    ['project/.claude/settings.local.json'],
    ['.claude/settings.json'],
  ])('%s counts', async (file) => {
    write('project/.env');
    write(file, deny('Read(./.env)', 'Bash(rm:*)'));
    expect(await denied('.env')).toBe(true);
    expect(await denied('src/in.txt')).toBe(false);
  });

  it('those of an administrator count, also of its folder of many', async () => {
    const managed = join(top, 'managed');
    write('managed/managed-settings.json', deny('Read(**/*.pem)'));
    write('managed/managed-settings.d/more.json', deny('Read(secrets/**)'));
    const isDenied = await rulesOf([managed]);
    expect(isDenied(join(cwd, 'a/b.pem'))).toBe(true);
    expect(isDenied(join(cwd, 'secrets/x'))).toBe(true);
    expect(isDenied(join(cwd, 'src/in.txt'))).toBe(false);
  });

  it.each([
    ['Read(.env)', '.env'],
    ['Read(.env)', 'sub/.env'],
    ['Read(./secrets/**)', 'secrets/a/b'],
    ['Read(/secrets/**)', 'secrets/a'],
    ['Read(secrets)', 'secrets/a'],
    ['Read(**/*.key)', 'a/b/c.key'],
    ['Read(*.KEY)', 'c.key'],
    ['Read', 'anything'],
    ['Read()', 'anything'],
  ])('%s denies %s', async (rule, path) => {
    write('project/.claude/settings.json', deny(rule));
    expect(await denied(path)).toBe(true);
  });

  it('absolute and home patterns count from there', async () => {
    write('config/settings.json', deny(`Read(/${cwd}/src/**)`, 'Read(~/keys/**)'));
    expect(await denied('src/in.txt')).toBe(true);
    expect((await rulesOf())(join(top, 'home/keys/id'))).toBe(true);
    expect(await denied('keys/id')).toBe(false);
  });

  it.each(['{ broken', '[]', '{"permissions":{"deny":"Read"}}'])(
    'a settings file that cannot be read denies everything: %s',
    async (text) => {
      write('project/.claude/settings.json', text);
      expect(await denied('src/in.txt')).toBe(true);
    },
  );

  it('without rules nothing is denied', async () => {
    expect(await denied('src/in.txt')).toBe(false);
  });
});
