// What a .vsix of ours may hold, and a reader of the names in one.
import { readFileSync } from 'node:fs';

const ALLOWED: readonly RegExp[] = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package(\.nls(\.[a-z-]+)?)?\.json|readme\.md|changelog\.md|LICENSE(\.txt|\.md)?)$/i,
  /^extension\/l10n\/bundle\.l10n(\.[a-zA-Z-]+)?\.json$/,
  /^extension\/media\/[\w.-]+\.(png|svg)$/,
  /^extension\/media\/join\/[\w.-]+\.(html|css|js|svg|png)$/,
  /^extension\/dist\/(extension\.node\.cjs|extension\.web\.cjs|twinhelm\.mjs|panel\.js|panel\.css)$/,
];
const REQUIRED: readonly string[] = [
  'extension/package.json',
  'extension/dist/extension.node.cjs',
  'extension/dist/extension.web.cjs',
  'extension/dist/twinhelm.mjs',
  'extension/dist/panel.js',
];
/** Largest .vsix, in bytes. */
export const MAX_VSIX_BYTES: number = 1.5 * 1024 * 1024;

/** What is wrong with a list of names in a .vsix; empty = nothing. */
export function vsixProblems(names: readonly string[]): string[] {
  const unexpected = names.filter((name) => !ALLOWED.some((pattern) => pattern.test(name)));
  const missing = REQUIRED.filter((name) => !names.includes(name));
  return [
    ...unexpected.map((name) => `${name} does not belong into the package`),
    ...missing.map((name) => `${name} is missing`),
  ];
}

/** Names in a zip file, from its central directory. */
export function zipNames(path: string): string[] {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error(`${path} is no zip file.`);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const names: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const nameLength = bytes.readUInt16LE(at + 28);
    const skip = bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    names.push(bytes.toString('utf8', at + 46, at + 46 + nameLength));
    at += 46 + nameLength + skip;
  }
  return names;
}
