// The runs on other versions of Claude Code: what is asked for, which files are run, what is said of them.
import { describe, expect, it } from 'vitest';
import { matrixArguments } from '../../scripts/claude/matrixArguments.ts';
import {
  fileResult,
  type FileResult,
  isBad,
  matrixTable,
} from '../../scripts/claude/matrixTable.ts';
import { leadsTo, realTests } from '../../scripts/claude/realTests.ts';

describe('the command line', () => {
  it('takes versions, programs and names of the registry, in their order', () => {
    const { words, only, lines, tests } = matrixArguments([
      ...['2.1.250', '/opt/claude', 'latest', '--only', 'host/', '--only', 'cli/', '--no-tests'],
    ]);
    expect(words).toEqual([
      { kind: 'version', word: '2.1.250' },
      { kind: 'path', word: '/opt/claude' },
      { kind: 'name', word: 'latest' },
    ]);
    expect({ only, lines, tests }).toEqual({ only: ['host/', 'cli/'], lines: false, tests: false });
  });

  it('means the pinned versions without any', () => {
    expect(matrixArguments([]).words.map(({ word }) => word)).toEqual(['2.1.332', '2.1.197']);
  });

  it.each(['2.1', 'newest', './claude'])('refuses %j', (word) => {
    expect(() => matrixArguments(['2.1.332', word])).toThrow(`“${word}” is none of`);
  });

  it('refuses an unknown option', () => {
    expect(() => matrixArguments(['--fast'])).toThrow('--fast');
  });
});

describe('files that start Claude Code', () => {
  const sources: Readonly<Record<string, string>> = {
    '/t/direct.ts': "import { x } from './installer.ts';",
    '/t/over.ts': "import { a } from 'node:fs';\nimport {\n  type B,\n  c,\n} from './direct.ts';",
    '/t/again.ts': "export { c } from './over.ts';",
    '/t/types.ts': "import type { X } from './installer.ts';",
    '/t/inline.ts': "import { type X, type Y } from './installer.ts';",
    '/t/round.ts': "import './round.ts';",
  };
  const read = (path: string): string | undefined => sources[path];

  it.each([
    ['direct', true],
    ['over', true],
    ['again', true],
    ['types', false],
    ['inline', false],
    ['round', false],
    ['missing', false],
  ])('%s: %s', (name, isReal) => {
    expect(leadsTo(`/t/${name}.ts`, '/t/installer.ts', read)).toBe(isReal);
  });

  it('are found by their imports; the long ones only if they are asked for', async () => {
    const none = { deep: false, e2e: false, only: [] };
    const files = await realTests(none);
    expect(files).toContain('test/claude/real.test.ts');
    expect(files).toContain('test/host/olderClaude.test.ts');
    expect(files).toContain('test/fidelity/fidelity.test.ts');
    expect(files).not.toContain('test/claude/golden.test.ts');
    expect(files.filter((file) => /\.deep\.|e2e/.test(file))).toEqual([]);
    const all = await realTests({ ...none, deep: true, e2e: true });
    expect(all).toContain('test/claude/guestText.deep.test.ts');
    expect(all).toContain('test/e2e/scene.test.ts');
    expect(await realTests({ ...none, only: ['claude/real.'] })).toEqual([
      'test/claude/real.test.ts',
    ]);
  });
});

const FILE = 'test/claude/real.test.ts';
const report = (...tests: readonly object[]): object => ({
  testResults: [{ status: 'failed', message: '', assertionResults: tests }],
});
const PASSED = { status: 'passed', fullName: 'it runs' };
const FAILED = {
  status: 'failed',
  fullName: 'it asks',
  failureMessages: ['\u001b[31mexpected\u001b[39m a to be b\n    at x.ts'],
};

describe('a file', () => {
  it('is counted: passed, failed with the first line of why, and not run', () => {
    const result = fileResult(FILE, report(PASSED, FAILED, { ...PASSED, status: 'skipped' }), 1);
    expect(result).toEqual({
      ...{ file: FILE, passed: 1, notRun: 1 },
      failed: [{ title: 'it asks', why: 'expected a to be b' }],
    });
    expect(isBad(result)).toBe(true);
    expect(isBad(fileResult(FILE, report(PASSED), 0))).toBe(false);
  });

  it('that failed outside of its tests, or told nothing, has a problem', () => {
    const broken = {
      testResults: [{ status: 'failed', message: 'no hook\nx', assertionResults: [] }],
    };
    expect(fileResult(FILE, broken, 1)).toMatchObject({ problem: 'no hook' });
    expect(fileResult(FILE, {}, 1)).toMatchObject({
      problem: 'vitest ended with 1, without a report',
    });
    expect(isBad(fileResult(FILE, {}, 0))).toBe(true);
  });
});

it('the table has a row for each version, and below it what failed and why', () => {
  const good: FileResult = { file: 'test/a.test.ts', passed: 20, failed: [], notRun: 0 };
  const bad: FileResult = fileResult(FILE, report(PASSED, FAILED), 1);
  const late: FileResult = { ...good, passed: 0, problem: 'ended after 10 minutes' };
  const shaky: FileResult = { ...good, unsteady: ['it waits'] };
  expect(
    matrixTable([
      { version: '2.1.332', features: 'replay', seconds: 90, files: [good, shaky] },
      { version: '2.1.20', features: 'too old', seconds: 6, files: [bad, late] },
    ]),
  ).toEqual([
    'version  files  passed  failed  not run  minutes  features',
    '2.1.332      2      40       0        0      1.5  replay',
    '2.1.20       2       1       2        0      0.1  too old',
    '',
    '2.1.332:',
    '  once, and not again: test/a.test.ts: it waits',
    '',
    '2.1.20:',
    `  ${FILE}`,
    '    it asks',
    '      expected a to be b',
    '  test/a.test.ts: ended after 10 minutes',
  ]);
});
