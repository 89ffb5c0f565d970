// Builds and packages only if a source changed since the last time.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PRODUCT_ID, PRODUCT_VERSION } from '../../src/base/product.ts';
import { REPO_ROOT, runToEnd } from '../../tools/install/cache.ts';

const INPUTS = [
  'src',
  'webview-ui',
  'media',
  'l10n',
  'esbuild.mjs',
  'package.json',
  'package.nls.json',
  'package-lock.json',
  'README.md',
  'CHANGELOG.md',
  '.vscodeignore',
];
const STAMP = join(REPO_ROOT, '.twinhelm/build.stamp');

/** The package that a build makes. */
export const VSIX: string = join(REPO_ROOT, `${PRODUCT_ID}-${PRODUCT_VERSION}.vsix`);

async function filesBelow(path: string): Promise<string[]> {
  const absolute = join(REPO_ROOT, path);
  if (!existsSync(absolute)) return [];
  const entries = await readdir(absolute, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [path];
  const nested = await Promise.all(entries.map((entry) => filesBelow(join(path, entry.name))));
  return nested.flat();
}

async function hashOfInputs(): Promise<string> {
  const hash = createHash('sha256');
  const files = (await Promise.all(INPUTS.map(filesBelow))).flat().toSorted();
  for (const file of files) {
    hash.update(`${file}\0`).update(await readFile(join(REPO_ROOT, file)));
  }
  return hash.digest('hex');
}

/** Whether the last build is of these very sources. */
export async function isBuilt(): Promise<boolean> {
  const there = [VSIX, join(REPO_ROOT, 'dist/twinhelm.mjs'), STAMP].every((path) =>
    existsSync(path),
  );
  return there && (await readFile(STAMP, 'utf8')) === (await hashOfInputs());
}

/** Builds and packages; rejects with the tail of the output if it fails. */
export async function buildAndPackage(): Promise<void> {
  await rm(STAMP, { force: true });
  const hash = await hashOfInputs();
  await runToEnd(process.execPath, ['scripts/package.ts'], { cwd: REPO_ROOT });
  await mkdir(dirname(STAMP), { recursive: true });
  await writeFile(STAMP, hash);
}
