// House rules that no other tool checks: file length, unique names, one version, reasons for `as`, time that is given.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT_ID, PRODUCT_VERSION } from '../src/base/product.ts';
import { REPO_ROOT } from '../tools/install/cache.ts';

const THINK_LINES = 250;
const MAX_LINES = 350;
const MAX_TEST_LINES = 400;
const SOURCE =
  /^(src|webview-ui|test|tools|scripts|bench|[^/]+\.mjs$).*\.(ts|tsx|mjs)$|^[^/]+\.mjs$/;
/** A type assertion: `x as Type`, but not `as const`. */
const ASSERTION =
  /[\w)\]}] as (?!const\b)(unknown|never|any|typeof|readonly|keyof|string|number|boolean|[A-Z{([])/;

/** An error for people is made by a factory, where all messages of a room stand together. */
const MADE_ERROR = /\bnew AppError\(/;

/** Rooms that are given their time and their random numbers, and what would be of their own. */
const GIVEN_TIME = /^src\/(base|protocol|crypto|session|sync)\/(?!clock\.ts$)/;
const OWN_TIME =
  /\b(?:setTimeout|setInterval|Date\.now|performance\.now|AbortSignal\.timeout|Math\.random)\(/;

/** One finding: a line of a file and what is wrong with it. */
export interface Finding {
  readonly where: string;
  readonly problem: string;
}

function withoutStrings(line: string): string {
  return line.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''");
}

function hasReason(lines: readonly string[], index: number): boolean {
  const near = lines.slice(Math.max(0, index - 3), index + 1);
  return near.some((line) => /\/\/|\*\//.test(withoutStrings(line)));
}

/** Checks the text of one source file; `path` is relative to the clone. */
export function checkSource(path: string, text: string): Finding[] {
  const lines = text.split('\n');
  const found: Finding[] = [];
  const length = text.endsWith('\n') ? lines.length - 1 : lines.length;
  const maxLines = path.startsWith('test/') ? MAX_TEST_LINES : MAX_LINES;
  if (length > maxLines) {
    found.push({ where: path, problem: `${length} lines; over ${maxLines} a file is split.` });
  }
  const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0];
  if (!/^(\/\/|\/\*)/.test(first ?? '')) {
    found.push({ where: `${path}:1`, problem: 'the first line says what the file is for.' });
  }
  const makesErrors = !path.startsWith('src/') || path.endsWith('/errors.ts');
  for (const [index, line] of lines.entries()) {
    const code = withoutStrings(line).replace(/\/\/.*$/, '');
    if (!makesErrors && MADE_ERROR.test(code)) {
      found.push({
        where: `${path}:${index + 1}`,
        problem: "`new AppError` outside of an errors.ts: give it a factory in the room's.",
      });
    }
    if (GIVEN_TIME.test(path) && OWN_TIME.test(code)) {
      found.push({
        where: `${path}:${index + 1}`,
        problem: 'time or random numbers of its own: this room is given a clock, and `random`.',
      });
    }
    const isCode = !/^\s*(\*|\/\*|import\b|export \{)/.test(line);
    if (isCode && ASSERTION.test(code) && !hasReason(lines, index)) {
      found.push({
        where: `${path}:${index + 1}`,
        problem: '`as` without its reason in a comment.',
      });
    }
  }
  return found;
}

/** Names of files that several rooms have, each its own; a bench is called what it measures. */
const SHARED_NAMES: ReadonlySet<string> = new Set(['errors', 'panel']);

/** Problems of names in one file: a class is found under the file's name, and disposables are called that. */
export function checkFileNames(path: string, text: string): Finding[] {
  const found: Finding[] = [];
  const file = /([^/]+?)\.tsx?$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const exported = [
    ...text.matchAll(/^export (?:abstract |async )?(class|interface|type|function|const) (\w+)/gm),
  ];
  const classes = exported.filter(([, kind]) => kind === 'class').map(([, , name]) => name);
  const names = exported.map(([, , name]) => name?.toLowerCase());
  if (classes.length === 1 && !SHARED_NAMES.has(file) && !names.includes(file)) {
    found.push({ where: path, problem: `the file of class ${classes[0]} is named for it.` });
  }
  if (/\b(?!disposables\b)\w*[sS]tore = (?:this\.\w+\.add\()?new DisposableStore\(/.test(text)) {
    found.push({ where: path, problem: 'disposables are called that, never store.' });
  }
  return found;
}

/** Files (tests apart) and exported classes of which there is more than one: a search finds one thing. */
export function checkNames(files: ReadonlyMap<string, string>): Finding[] {
  const places = new Map<string, string[]>();
  const add = (name: string, path: string): void => {
    places.set(name, [...(places.get(name) ?? []), path]);
  };
  for (const [path, text] of files) {
    const file = /([^/]+?)\.(?:ts|tsx|mjs)$/.exec(path)?.[1] ?? '';
    if (!SHARED_NAMES.has(file)) add(`file ${file}`, path);
    for (const [, name] of text.matchAll(/^export (?:abstract )?class (\w+)/gm)) {
      add(`class ${name}`, path);
    }
  }
  return [...places]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => ({ where: paths.join(', '), problem: `one ${name} is enough.` }));
}

function checkVersion(): Finding[] {
  const manifest: unknown = JSON.parse(readFileSync(join(REPO_ROOT, 'package.json'), 'utf8'));
  const field = (name: string): unknown =>
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, name) : undefined;
  if (field('version') === PRODUCT_VERSION && field('name') === PRODUCT_ID) return [];
  return [{ where: 'package.json', problem: 'name or version differs from src/base/product.ts.' }];
}

function trackedFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const list = execFileSync('git', args, { cwd: REPO_ROOT, encoding: 'utf8' });
  return list.split('\n').filter((path) => path !== '');
}

/** Checks the whole clone. */
export function checkHouse(): { findings: Finding[]; long: string[] } {
  const findings = checkVersion();
  const long: string[] = [];
  const named = new Map<string, string>();
  for (const path of trackedFiles()) {
    if (!SOURCE.test(path) || path.startsWith('test/fixtures/')) continue;
    let text: string;
    try {
      text = readFileSync(join(REPO_ROOT, path), 'utf8');
    } catch {
      continue; // Deleted, but not yet committed.
    }
    findings.push(...checkSource(path, text));
    if (!path.startsWith('test/')) findings.push(...checkFileNames(path, text));
    if (!path.endsWith('.test.ts')) named.set(path, text);
    const length = text.split('\n').length - 1;
    if (length > THINK_LINES) long.push(`${path} (${length})`);
  }
  findings.push(...checkNames(named));
  return { findings, long };
}

if (import.meta.main) {
  const { findings, long } = checkHouse();
  if (long.length > 0) console.log(`over ${THINK_LINES} lines: ${long.join(', ')}`);
  for (const { where, problem } of findings) console.error(`${where}: ${problem}`);
  if (findings.length > 0) process.exitCode = 1;
}
