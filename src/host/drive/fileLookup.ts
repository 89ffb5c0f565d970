// Finds files and folders of a session's folder by a part of their path: what Git ignores is left out.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';

/** A list is kept for a short time: each letter that is typed asks again. */
const KEPT_MS = 5_000;
const GIT_TIMEOUT_MS = 5_000;
const GIT_MAX_BYTES = 64 * 1024 * 1024;
/** So many paths are looked at; in a folder without Git the walk ends there. */
const MAX_PATHS = 100_000;
const WALK_MS = 2_000;
/** Nobody means what is in there. */
const NOT_WALKED: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** Paths below a folder with `/` between their parts; folders end with one. */
export class FileLookup {
  private readonly clock: Pick<Clock, 'monotonic'>;
  private kept:
    | { readonly cwd: string; readonly at: number; readonly paths: Promise<readonly string[]> }
    | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.clock = clock;
  }

  /** The best `max` for what was typed: an empty query or one that ends with `/` lists a folder. */
  async find(cwd: string, query: string, max: number): Promise<readonly string[]> {
    return bestMatches(await this.paths(cwd), query.replace(/^\.\//, ''), max);
  }

  private paths(cwd: string): Promise<readonly string[]> {
    const now = this.clock.monotonic();
    const { kept } = this;
    if (kept?.cwd === cwd && now - kept.at < KEPT_MS) return kept.paths;
    const paths = listPaths(cwd, this.clock);
    this.kept = { cwd, at: now, paths };
    return paths;
  }
}

async function listPaths(cwd: string, clock: Pick<Clock, 'monotonic'>): Promise<readonly string[]> {
  const files = (await gitFiles(cwd)) ?? (await walked(cwd, clock));
  const all = new Set<string>();
  for (const file of files.slice(0, MAX_PATHS)) {
    for (let at = file.indexOf('/'); at >= 0; at = file.indexOf('/', at + 1)) {
      all.add(file.slice(0, at + 1));
    }
    all.add(file);
  }
  return [...all];
}

/** Undefined where there is no Git, or no repository of it. */
function gitFiles(cwd: string): Promise<readonly string[] | undefined> {
  // The repository's own settings may name a program that is to be run.
  const args = ['-c', 'core.fsmonitor=false', 'ls-files', '-z', '-co', '--exclude-standard'];
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' };
  const how = { cwd, env, timeout: GIT_TIMEOUT_MS, maxBuffer: GIT_MAX_BYTES, windowsHide: true };
  return new Promise((resolve) => {
    const child = execFile('git', args, how, (error, stdout) => {
      resolve(error === null ? stdout.split('\0').filter((path) => path !== '') : undefined);
    });
    child.stdin?.end();
  });
}

/** Level by level, so that what is near is there when the walk has to end. */
async function walked(cwd: string, clock: Pick<Clock, 'monotonic'>): Promise<readonly string[]> {
  const until = clock.monotonic() + WALK_MS;
  const found: string[] = [];
  let level = [''];
  while (level.length > 0 && found.length < MAX_PATHS && clock.monotonic() < until) {
    const next: string[] = [];
    for (const folder of level) {
      if (found.length >= MAX_PATHS || clock.monotonic() >= until) break;
      // oxlint-disable-next-line no-await-in-loop -- a bound on all of them together
      const entries = await readdir(join(cwd, folder), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const path = folder + entry.name;
        if (!entry.isDirectory()) found.push(path);
        else if (!NOT_WALKED.has(entry.name)) {
          found.push(`${path}/`);
          next.push(`${path}/`);
        }
      }
    }
    level = next;
  }
  return found;
}

/** The best first; among equals the shorter path, then the alphabet. */
export function bestMatches(
  paths: readonly string[],
  query: string,
  max: number,
): readonly string[] {
  if (query === '' || query.endsWith('/')) return childrenOf(paths, query, max);
  const wanted = query.toLowerCase();
  const ranked: { readonly path: string; readonly rank: number }[] = [];
  for (const path of paths) {
    const rank = rankOf(path.toLowerCase(), wanted);
    if (rank !== undefined) ranked.push({ path, rank });
  }
  ranked.sort(
    (a, b) => a.rank - b.rank || a.path.length - b.path.length || (a.path < b.path ? -1 : 1),
  );
  return ranked.slice(0, max).map(({ path }) => path);
}

/** What stands directly in a folder, folders first. */
function childrenOf(paths: readonly string[], folder: string, max: number): readonly string[] {
  const wanted = folder.toLowerCase();
  const isChild = (path: string): boolean => {
    const rest = path.slice(folder.length);
    const at = rest.indexOf('/');
    return (
      rest !== '' && path.toLowerCase().startsWith(wanted) && (at < 0 || at === rest.length - 1)
    );
  };
  const children = paths.filter(isChild);
  const isFolder = (path: string): number => (path.endsWith('/') ? 0 : 1);
  return children.toSorted((a, b) => isFolder(a) - isFolder(b) || (a < b ? -1 : 1)).slice(0, max);
}

/** Smaller is better; undefined: it does not fit. */
function rankOf(path: string, wanted: string): number | undefined {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  const name = bare.slice(bare.lastIndexOf('/') + 1);
  if (name === wanted || bare === wanted) return 0;
  if (bare.startsWith(wanted)) return 1;
  if (name.startsWith(wanted)) return 2;
  if (name.includes(wanted)) return 3;
  if (path.includes(wanted)) return 4;
  return isSubsequence(bare, wanted) ? 5 : undefined;
}

function isSubsequence(text: string, wanted: string): boolean {
  let at = 0;
  for (const letter of wanted) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
