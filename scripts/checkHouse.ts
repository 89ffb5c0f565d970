// House rules that no other tool checks: file length, forbidden words, one version, reasons for `as`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT_ID, PRODUCT_VERSION } from '../src/base/product.ts';
import { REPO_ROOT } from '../tools/install/cache.ts';

const THINK_LINES = 250;
const MAX_LINES = 400;
const SOURCE =
  /^(src|webview-ui|test|tools|scripts|bench|[^/]+\.mjs$).*\.(ts|tsx|mjs)$|^[^/]+\.mjs$/;
const TEXT = /\.(ts|tsx|mjs|js|json|md|yml|yaml|html|css|svg|sh|txt)$|^\.ci\/|^[^.]+$/;
/** Places of one machine or workplace; assembled from parts so that this file passes its own check. */
const FORBIDDEN = [
  new RegExp(`/${'work'}/`),
  new RegExp(`/${'root'}/`),
  new RegExp(`registry\\.${'npmjs'}\\.org`),
  new RegExp(`\\.\\./${'shared'}/`),
  new RegExp(`\\b${'farm'}-[a-z]+`),
  new RegExp(`/tmp/${'brief'}`),
];
/** A type assertion: `x as Type`, but not `as const`. */
const ASSERTION =
  /[\w)\]}] as (?!const\b)(unknown|never|any|typeof|readonly|keyof|string|number|boolean|[A-Z{([])/;

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
  if (length > MAX_LINES) {
    found.push({ where: path, problem: `${length} lines; over ${MAX_LINES} a file is split.` });
  }
  const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0];
  if (!/^(\/\/|\/\*)/.test(first ?? '')) {
    found.push({ where: `${path}:1`, problem: 'the first line says what the file is for.' });
  }
  for (const [index, line] of lines.entries()) {
    const code = withoutStrings(line).replace(/\/\/.*$/, '');
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

/** Checks any text file for words that belong to one machine only. */
export function checkWords(path: string, text: string): Finding[] {
  return text.split('\n').flatMap((line, index) => {
    const word = FORBIDDEN.map((pattern) => pattern.exec(line)?.[0]).find((hit) => hit);
    if (word === undefined) return [];
    return [{ where: `${path}:${index + 1}`, problem: `“${word}” belongs to one machine only.` }];
  });
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
  for (const path of trackedFiles()) {
    if (!TEXT.test(path) || path.startsWith('test/fixtures/') || path.endsWith('-lock.json')) {
      continue;
    }
    let text: string;
    try {
      text = readFileSync(join(REPO_ROOT, path), 'utf8');
    } catch {
      continue; // Deleted, but not yet committed.
    }
    findings.push(...checkWords(path, text));
    if (!SOURCE.test(path)) continue;
    findings.push(...checkSource(path, text));
    const length = text.split('\n').length - 1;
    if (length > THINK_LINES && length <= MAX_LINES) long.push(`${path} (${length})`);
  }
  return { findings, long };
}

if (import.meta.main) {
  const { findings, long } = checkHouse();
  if (long.length > 0) console.log(`over ${THINK_LINES} lines: ${long.join(', ')}`);
  for (const { where, problem } of findings) console.error(`${where}: ${problem}`);
  if (findings.length > 0) process.exitCode = 1;
}
