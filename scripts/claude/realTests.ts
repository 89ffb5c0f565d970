// Finds the test files that start the real Claude Code: those whose imports lead to its installation.
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { REPO_ROOT } from '../../tools/install/cache.ts';

/** Whoever starts it takes it from here. */
const INSTALLER = join(REPO_ROOT, 'tools/install/claudeCli.ts');
const IMPORT = /^(?:import|export)\s+(?!type\b)(?:([^;'"]*?)\s+from\s+)?'(\.[^']+)'/gm;

/** Paths that a source imports for more than types. */
function importsOf(source: string): readonly string[] {
  return [...source.matchAll(IMPORT)].flatMap(([, names = '', path = '']) => {
    const listed = /^\{([^}]*)\}$/.exec(names.trim())?.[1]?.split(',') ?? [];
    const all = listed.map((name) => name.trim()).filter((name) => name !== '');
    const isTypes = all.length > 0 && all.every((name) => name.startsWith('type '));
    return isTypes ? [] : [path];
  });
}

/** Whether the imports of a file lead to `target`, over whatever files. */
export function leadsTo(
  file: string,
  target: string,
  read: (path: string) => string | undefined,
): boolean {
  const seen = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === target) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    const folder = dirname(next);
    open.push(...importsOf(read(next) ?? '').map((path) => resolve(folder, path)));
  }
  return false;
}

/** What is run of them. */
export interface RealTestsOptions {
  /** The long runs too. */
  readonly deep: boolean;
  /** What plays in a browser too. */
  readonly e2e: boolean;
  /** Only files whose path has one of these words in it; all if empty. */
  readonly only: readonly string[];
}

/** Test files that start the real CLI, relative to the clone, in the order of their names. */
export async function realTests(options: RealTestsOptions): Promise<readonly string[]> {
  const root = join(REPO_ROOT, 'test');
  const names = await readdir(root, { recursive: true });
  const read = (path: string): string | undefined =>
    existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  return names
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => relative(REPO_ROOT, join(root, name)).replaceAll('\\', '/'))
    .filter((file) => options.deep || !file.includes('.deep.'))
    .filter((file) => options.e2e || !file.startsWith('test/e2e/'))
    .filter((file) => options.only.length === 0 || options.only.some((word) => file.includes(word)))
    .filter((file) => leadsTo(join(REPO_ROOT, file), INSTALLER, read))
    .toSorted();
}
