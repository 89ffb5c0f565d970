// Collects every translatable text into l10n/bundle.l10n.json: the template that translators copy.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = [
  'src/editor',
  'src/client',
  'src/extension.node.ts',
  'src/extension.web.ts',
  'webview-ui',
];
/** The template; texts of the extension and of its panel, because VS Code loads one bundle for both. */
export const BUNDLE: string = join(ROOT, 'l10n/bundle.l10n.json');

/** First arguments of t('…') calls in a source text. */
export function textsOf(source: string): readonly string[] {
  const calls = source.matchAll(/\bt\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")/g);
  return [...calls].map(([, single, double]) =>
    (single ?? double ?? '').replaceAll(/\\(.)/g, '$1'),
  );
}

/** Text of the template as the sources want it. */
export function wantedBundle(): string {
  const texts = SOURCES.flatMap((path) => filesOf(join(ROOT, path))).flatMap((file) =>
    textsOf(readFileSync(file, 'utf8')),
  );
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
