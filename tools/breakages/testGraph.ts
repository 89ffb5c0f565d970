// Which tests a file of the code can turn red: those that import it, or start a program or a page that does.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { roomOf } from './breakageData.ts';

/** Types are gone when it runs. */
const TYPES_ONLY = /^(?:import|export) type [^'"]*['"][^'"\n]+['"]/gm;
/** Imports have their ending, and so has what names a program or the entry of a page. */
const NAMED = /['"]([^'"\n]+\.(?:tsx?|mjs))['"]/g;

/** What a test takes that starts a program, installs one, or serves a relay. */
const STARTERS = ['tools/run/processes.ts', 'tools/install/cache.ts', 'src/relay/server.ts'];

/** A test and how it comes to the file. */
export interface RelatedTest {
  readonly file: string;
  /** Files from the test to it; 1 = the test names it itself. */
  readonly steps: number;
  /** It stands in the folder of `test` that mirrors the file's room. */
  readonly isMirror: boolean;
  /** It starts programs, browsers or relays. */
  readonly isSlow: boolean;
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
  private readonly sizes = new Map<string, number>();

  /** `files` are relative to `root`. */
  constructor(root: string, files: readonly string[]) {
    const isFile = (path: string): boolean => existsSync(join(root, path));
    for (const file of files.filter((one) => /\.(tsx?|mjs)$/.test(one))) {
      const text = readFileSync(join(root, file), 'utf8');
      this.sizes.set(file, text.length);
      for (const named of namedFiles(file, text, isFile)) {
        this.users.set(named, [...(this.users.get(named) ?? []), file]);
      }
    }
  }

  /** The tests that come to a file: of its name first, then what is fast, of its room, and by few steps. */
  testsOf(file: string): readonly RelatedTest[] {
    const steps = this.stepsTo(file);
    const slow = STARTERS.map((one) => this.stepsTo(one));
    const mirror = `test/${roomOf(file)}/`;
    const name = nameOf(file);
    const rank = (test: RelatedTest): readonly number[] => [
      nameOf(test.file) === name && test.isMirror ? 0 : 1,
      test.isSlow ? 1 : 0,
      test.isMirror ? 0 : test.file.startsWith('test/tools/') ? 2 : 1,
      test.steps,
      // What is short has few tests, and is done soon.
      this.sizes.get(test.file) ?? 0,
    ];
    return [...steps]
      .filter(([one]) => /^test\/.*(?<!\.deep)\.test\.tsx?$/.test(one))
      .filter(([one]) => !one.startsWith('test/vscode/') && !one.startsWith('test/e2e/'))
      .map(([one, at]) => ({
        file: one,
        steps: at,
        isMirror: one.startsWith(mirror),
        isSlow: slow.some((users) => users.has(one)),
      }))
      .toSorted((a, b) => compare(rank(a), rank(b)) || (a.file < b.file ? -1 : 1));
  }

  /** Everything that comes to a file, nearest first, with the number of steps. */
  private stepsTo(file: string): ReadonlyMap<string, number> {
    const steps = new Map([[file, 0]]);
    // A map goes on over what is added meanwhile.
    for (const [one, at] of steps) {
      for (const user of this.users.get(one) ?? []) if (!steps.has(user)) steps.set(user, at + 1);
    }
    return steps;
  }
}

function nameOf(file: string): string {
  return basename(file).replace(/(?:\.test)?\.tsx?$/, '');
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
