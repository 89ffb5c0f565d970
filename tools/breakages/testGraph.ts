// Which tests a file of the code can turn red: those that import it, or start a program or a page that does.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { roomOf } from './breakageData.ts';

/** Types are gone when it runs. */
const TYPES_ONLY = /^(?:import|export) type [^'"]*['"][^'"\n]+['"]/gm;
/** Imports have their ending, and so has what names a program or the entry of a page. */
const NAMED = /['"]([^'"\n]+\.(?:tsx?|mjs))['"]/g;

/** A test and how it comes to the file. */
export interface RelatedTest {
  readonly file: string;
  /** Files from the test to it; 1 = the test names it itself. */
  readonly steps: number;
  /** It stands in the folder of `test` that mirrors the file's room. */
  readonly isMirror: boolean;
}

/** Files that a source names: relative to itself, or to the clone. `isFile` tells what there is. */
export function namedFiles(
  file: string,
  text: string,
  isFile: (path: string) => boolean,
): readonly string[] {
  const names = [...text.replaceAll(TYPES_ONLY, '').matchAll(NAMED)].map(([, name = '']) => name);
  const paths = names.map((name) =>
    name.startsWith('.') ? normalize(join(dirname(file), name)) : normalize(name),
  );
  // What only names tests, such as a list of slow ones, does not come to what they come to.
  return [...new Set(paths)].filter(
    (path) => path !== file && !/^\.\.|\.test\.tsx?$/.test(path) && isFile(path),
  );
}

/** Who names whom, for a clone. */
export class TestGraph {
  /** By file those that name it. */
  private readonly users = new Map<string, string[]>();

  /** `files` are relative to `root`. */
  constructor(root: string, files: readonly string[]) {
    const isFile = (path: string): boolean => existsSync(join(root, path));
    for (const file of files.filter((one) => /\.(tsx?|mjs)$/.test(one))) {
      const text = readFileSync(join(root, file), 'utf8');
      for (const named of namedFiles(file, text, isFile)) {
        this.users.set(named, [...(this.users.get(named) ?? []), file]);
      }
    }
  }

  /** The tests that come to a file, the likely ones first: of its own room and name, by few steps, fast. */
  testsOf(file: string, seconds: ReadonlyMap<string, number> = new Map()): readonly RelatedTest[] {
    const steps = new Map([[file, 0]]);
    // A map goes on over what is added meanwhile: nearest first.
    for (const [one, at] of steps) {
      for (const user of this.users.get(one) ?? []) if (!steps.has(user)) steps.set(user, at + 1);
    }
    const mirror = `test/${roomOf(file)}/`;
    const name = nameOf(file);
    const rank = (test: RelatedTest): readonly number[] => [
      test.isMirror ? 0 : test.file.startsWith('test/tools/') ? 2 : 1,
      nameOf(test.file) === name ? 0 : 1,
      test.steps,
      seconds.get(test.file) ?? 0,
    ];
    return [...steps]
      .filter(([one]) => /^test\/.*(?<!\.deep)\.test\.tsx?$/.test(one))
      .filter(([one]) => !one.startsWith('test/vscode/') && !one.startsWith('test/e2e/'))
      .map(([one, at]) => ({ file: one, steps: at, isMirror: one.startsWith(mirror) }))
      .toSorted((a, b) => compare(rank(a), rank(b)) || (a.file < b.file ? -1 : 1));
  }
}

function nameOf(file: string): string {
  return basename(file).replace(/(?:\.test)?\.tsx?$/, '');
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
