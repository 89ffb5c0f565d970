// Which Claude Code the tests run on, and what they expect of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLOOR_TESTS } from '../../scripts/floorTests.ts';
import { REPO_ROOT } from '../../tools/install/cache.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import { namedClaude, PINNED_VERSIONS } from '../../tools/install/claudeVersions.ts';

describe('TWINHELM_TEST_CLAUDE', () => {
  const never = (): string => {
    throw new Error('nothing is started');
  };

  it('names a version, and nothing is started for it', () => {
    expect(namedClaude('2.1.250', never)).toEqual({ version: '2.1.250' });
  });

  it('names a program, which is asked once for its version', () => {
    const asked: string[] = [];
    const named = namedClaude('/opt/claude', (path) => {
      asked.push(path);
      return '2.1.401 (Claude Code)\n';
    });
    expect(named).toEqual({ version: '2.1.401', path: '/opt/claude' });
    expect(asked).toEqual(['/opt/claude']);
  });

  it.each([undefined, ''])('names nothing if it is %j', (word) => {
    expect(namedClaude(word, never)).toBeUndefined();
  });

  it.each(['latest', '2.1', 'v2.1.250', './claude'])('is refused if it is %j', (word) => {
    expect(() => namedClaude(word, never)).toThrow(`“${word}” is no version`);
  });

  it('is refused if the program tells no version', () => {
    expect(() => namedClaude('/bin/true', () => 'hello')).toThrow('/bin/true tells no version');
  });
});

it('a version does what it is the first to do, as do all that follow', () => {
  expect(claudeDoes('2.1.199', 'mode-manual')).toBe(false);
  expect(claudeDoes('2.1.1000', 'mode-manual')).toBe(true);
  expect(PINNED_VERSIONS.map((version) => claudeDoes(version, 'mode-manual'))).toEqual([
    true,
    false,
  ]);
});

it('whoever runs on one version at a time is in the list of what the deep run repeats on the oldest', () => {
  const files = readdirSync(join(REPO_ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.test\.tsx?$/.test(name))
    .filter((name) =>
      /\bof LONG_VERSIONS\b|\.each\(LONG_VERSIONS\)/.test(
        readFileSync(join(REPO_ROOT, name), 'utf8'),
      ),
    );
  expect(files.toSorted()).toEqual(FLOOR_TESTS);
});
