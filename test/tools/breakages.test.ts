// The breakages still fit the code, and the tests that are run for a file are those that can see it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Breakage,
  broken,
  chosenBreakages,
  readBreakages,
  roomOf,
} from '../../tools/breakages/breakageData.ts';
import { filesOfClone } from '../../tools/breakages/brokenCopy.ts';
import { namedFiles, TestGraph } from '../../tools/breakages/testGraph.ts';
import { REPO_ROOT } from '../../tools/install/cache.ts';

const SAMPLE: Breakage = {
  id: 'host/sample',
  file: 'src/host/drive/sample.ts',
  find: 'a <= b',
  replace: 'a < b',
  why: 'Nobody notices.',
};

test('every breakage has its place in the code, an id of its own, and the room of its file', () => {
  const breakages = readBreakages();
  expect(breakages.length).toBeGreaterThanOrEqual(60);
  expect(new Set(breakages.map(({ id }) => id)).size).toBe(breakages.length);
  const misplaced = breakages.filter(
    (one) =>
      broken(readFileSync(join(REPO_ROOT, one.file), 'utf8'), one) === undefined ||
      one.id.split('/', 1)[0] !== roomOf(one.file),
  );
  expect(misplaced.map(({ id }) => id)).toEqual([]);
});

test('a breakage whose place is gone, or there twice, is not made', () => {
  expect(broken('if (a <= b) return;', SAMPLE)).toBe('if (a < b) return;');
  expect(broken('if (a < b) return;', SAMPLE)).toBeUndefined();
  expect(broken('a <= b && a <= b', SAMPLE)).toBeUndefined();
});

test('a room, a folder, a file and an id choose', () => {
  for (const word of ['host', 'host/drive/', SAMPLE.file, 'drive', SAMPLE.id, 'src/host']) {
    expect([word, chosenBreakages([SAMPLE], [word]).length]).toEqual([
      word,
      word === 'drive' ? 0 : 1,
    ]);
  }
});

test('a source names what it imports, the program that it starts and the page that it builds, but no types', () => {
  const text = `import { a } from './a.ts';
import type { B } from '../b.ts';
const PROGRAM = new URL('../../src/cli/main.ts', import.meta.url);
const PAGE = 'webview-ui/gallery/galleryMain.tsx';
const SLOW = ['test/host/slow.test.ts'];`;
  expect(namedFiles('test/host/rig.ts', text, () => true)).toEqual([
    'test/host/a.ts',
    'src/cli/main.ts',
    'webview-ui/gallery/galleryMain.tsx',
  ]);
});

test('tests of the own room come first, and those that start a program or a page with the file are there', () => {
  const graph = new TestGraph(REPO_ROOT, filesOfClone());
  const names = (file: string): readonly string[] => graph.testsOf(file).map((one) => one.file);
  expect(names('src/session/outbox.ts')[0]).toBe('test/session/outbox.test.ts');
  // By a program, and by a page in a browser.
  expect(names('src/cli/commands/sendCommand.ts')).toContain('test/cli/commandLine.test.ts');
  expect(names('webview-ui/composer/Outbox.tsx')).toContain('test/webview-ui/composer.test.ts');
});
