// Programs that tests run as processes, as one file each: they start five times as fast as from their sources.
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Variable that names the folder of this run's bundles; vitest's global set-up makes it. */
const FOLDER = 'TWINHELM_TEST_BUNDLES';

/** What the global set-up is given, as far as it matters here. */
interface Project {
  /** Called when files have changed and tests run again. */
  onTestsRerun(callback: () => Promise<void>): void;
}

/** Vitest's global set-up: one folder per run, empty again when a file has changed; gone at the end. */
export async function setup(project: Project): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'twinhelm-bundles-'));
  process.env[FOLDER] = folder;
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  project.onTestsRerun(remove);
  return remove;
}

/**
 * Bundles a program as the build does, once per run; returns the path of the `.mjs`. Workers that ask at the same time each put the same file into place.
 */
export async function bundleProgram(entry: URL): Promise<string> {
  const folder = process.env[FOLDER];
  if (folder === undefined)
    throw new Error(`${FOLDER} is not set: vitest's global set-up did not run.`);
  const outfile = join(folder, basename(entry.pathname).replace(/\.ts$/, '.mjs'));
  if (existsSync(outfile)) return outfile;
  const part = `${outfile}.${process.pid}`;
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile: part,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
    // Optional native parts of ws; without them it uses JavaScript.
    external: ['bufferutil', 'utf-8-validate'],
    banner: {
      // CommonJS packages inside (ws) call require() for Node's own modules.
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
  });
  await rename(part, outfile);
  return outfile;
}
