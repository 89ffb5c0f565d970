// Collects every translatable text into l10n/bundle.l10n.json: the template that translators copy.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = ['src', 'webview-ui'];
/** The template; texts of the extension and of its panel, because VS Code loads one bundle for both. */
export const BUNDLE: string = join(ROOT, 'l10n/bundle.l10n.json');

/** First arguments of t('…') calls in a source text. */
export function textsOf(source: string): readonly string[] {
  const calls = source.matchAll(/\bt\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")/g);
  return [...calls].map(([, single, double]) =>
    (single ?? double ?? '').replaceAll(/\\(.)/g, '$1'),
  );
}

/** Templates of say`…` sentences in a source text, their arguments as `{0}`, `{1}` …; the sentences within come too. */
export function sentencesOf(source: string): readonly string[] {
  const found: string[] = [];
  for (let at = source.indexOf(TAG); at >= 0; at = source.indexOf(TAG, at + TAG.length)) {
    found.push(readSentence(source, at + TAG.length));
  }
  return found;
}

const TAG = 'say`';

function readSentence(source: string, from: number): string {
  let template = '';
  let count = 0;
  for (let at = from; source[at] !== '`'; at += 1) {
    if (source[at] === '\\') {
      at += 1;
      template += source[at] ?? '';
    } else if (source.startsWith('${', at)) {
      template += `{${count}}`;
      count += 1;
      at = endOfArgument(source, at + 2);
    } else {
      template += source[at] ?? '';
    }
  }
  return template;
}

/** Place of the brace that closes an argument; templates within it have braces of their own. */
function endOfArgument(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at += 1) {
    const sign = source[at];
    if (sign === '`') {
      at = endOfTemplate(source, at + 1);
    } else if (sign === '{') {
      depth += 1;
    } else if (sign === '}') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return source.length;
}

function endOfTemplate(source: string, from: number): number {
  let at = from;
  while (at < source.length && source[at] !== '`') {
    at = source.startsWith('${', at) ? endOfArgument(source, at + 2) + 1 : at + 1;
  }
  return at;
}

/** Text of the template as the sources want it. */
export function wantedBundle(): string {
  const texts = SOURCES.flatMap((path) => filesOf(join(ROOT, path))).flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    // The command line has English.
    const isCli = relative(ROOT, file).startsWith(join('src', 'cli', '/'));
    return isCli ? [] : [...textsOf(source), ...sentencesOf(source)];
  });
  const sorted = [...new Set(texts)].toSorted();
  return `${JSON.stringify(Object.fromEntries(sorted.map((text) => [text, text])), null, 2)}\n`;
}

function filesOf(path: string): readonly string[] {
  if (/\.tsx?$/.test(path)) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return entry.name === 'gallery' ? [] : filesOf(inner);
    return /\.tsx?$/.test(entry.name) ? [inner] : [];
  });
}

if (process.argv[1] === import.meta.filename) writeFileSync(BUNDLE, wantedBundle());
