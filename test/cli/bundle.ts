// The command line as one file, as the build makes it.
import { join } from 'node:path';
import { build } from 'esbuild';
import { REPO_ROOT } from '../../tools/install/cache.ts';

/** Bundles the command line as the build does: it starts three times as fast as from its sources. */
export async function bundleCli(folder: string): Promise<string> {
  const outfile = join(folder, 'twinhelm.mjs');
  await build({
    entryPoints: [join(REPO_ROOT, 'src/cli/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
    external: ['bufferutil', 'utf-8-validate'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
  });
  return outfile;
}
