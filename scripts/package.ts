// `npm run package`: builds and makes the .vsix, then checks its size and that nothing else got in.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT_ID, PRODUCT_VERSION } from '../src/base/product.ts';
import { REPO_ROOT } from '../tools/install/cache.ts';
import { readZip } from '../tools/install/zip.ts';
import { MAX_VSIX_BYTES, vsixProblems } from './vsixContent.ts';

function run(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: REPO_ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// A failed packaging must not leave an older package behind that looks like the new one.
for (const name of readdirSync(REPO_ROOT)) {
  if (name.endsWith('.vsix')) rmSync(join(REPO_ROOT, name));
}
if (!process.argv.includes('--no-build')) run(['esbuild.mjs']);
const name = `${PRODUCT_ID}-${PRODUCT_VERSION}.vsix`;
run([
  'node_modules/@vscode/vsce/vsce',
  'package',
  '--no-dependencies',
  '--allow-missing-repository',
  // Without a repository, vsce refuses a README that links to files beside it.
  '--no-rewrite-relative-links',
  '--out',
  name,
]);
const path = join(REPO_ROOT, name);
const problems = vsixProblems(
  readZip(path).map((entry) => entry.name),
  readdirSync(join(REPO_ROOT, 'dist')),
);
const bytes = statSync(path).size;
if (bytes > MAX_VSIX_BYTES) problems.push(`${bytes} bytes, over ${MAX_VSIX_BYTES}`);
if (problems.length > 0) {
  rmSync(path);
  console.error(`${name} was not kept:\n${problems.join('\n')}`);
  process.exit(1);
}
console.log(`${name}: ${(bytes / 1024).toFixed(0)} KiB`);
