// Big test-only packages: installed on first use from a pinned lockfile into a cache, never with install scripts.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../run/processTable.ts';

/** The clone's root. */
export const REPO_ROOT: string = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const HOSTS = join(REPO_ROOT, 'tools/hosts');
const STAMP = '.installed';
const QUIET = ['--ignore-scripts', '--loglevel', 'error'];

/** Where installed packages are kept: `TWINHELM_CACHE`, else `.cache` below the clone. */
export function cacheFolder(): string {
  return process.env['TWINHELM_CACHE'] ?? join(REPO_ROOT, '.cache');
}

/** Runs a program to its end; rejects with the tail of its output if it fails. It ends with this process. */
export function runToEnd(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  return new Promise((done, fail) => {
    const isWindows = process.platform === 'win32';
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: isWindows,
      detached: !isWindows,
    });
    // An install that goes on after Ctrl+C would write into folders of the next one.
    const endWithUs = (): void => {
      try {
        if (child.pid !== undefined) process.kill(isWindows ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // The group has ended already.
      }
    };
    process.once('exit', endWithUs);
    let output = '';
    const take = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-20_000);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => {
      process.off('exit', endWithUs);
      fail(error);
    });
    child.on('close', (code) => {
      process.off('exit', endWithUs);
      if (code === 0) done(output);
      else
        fail(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output.slice(-3000)}`));
    });
  });
}

/** Runs npm on the Node that runs this process. */
export function npm(args: readonly string[], cwd: string): Promise<string> {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  // The settings of an outer `npm run` must not leak into an install elsewhere.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|command|config_local_prefix)/i.test(name),
    ),
  );
  return runToEnd('npm', [...args, '--no-audit', '--no-fund'], {
    cwd,
    env: { ...env, PATH: path },
  });
}

/** What `installHost` does after `npm ci`. */
export interface InstallStep {
  /** Changes when the step does, so that an old installation is made anew. */
  readonly id: string;
  run(folder: string): Promise<void>;
}

/** Removes what installations of this package left behind when they were interrupted: hundreds of MB each. */
export async function removeInterrupted(name: string): Promise<void> {
  for (const file of await readdir(cacheFolder())) {
    const pid = /^(\d+)\.tmp$/.exec(file.slice(name.length + 1))?.[1];
    if (!file.startsWith(`${name}.`) || pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(cacheFolder(), file), { recursive: true, force: true });
  }
}

/** Whether there is a private package `tools/hosts/<name>`. */
export function hasHost(name: string): boolean {
  return existsSync(join(HOSTS, name, 'package-lock.json'));
}

/** Installs the private package `tools/hosts/<name>` once and returns its folder. */
export async function installHost(name: string, step?: InstallStep): Promise<string> {
  const source = join(HOSTS, name);
  const lock = await readFile(join(source, 'package-lock.json'));
  return installOnce(
    name,
    `${lock.toString('utf8')}${platformId()}-${step?.id ?? ''}`,
    async (building) => {
      await cp(source, building, { recursive: true });
      await npm(['ci', ...QUIET], building);
      await step?.run(building);
    },
  );
}

/** Installs packages of exact versions without a lockfile, once, and returns their folder; those of other platforms stay out. */
export async function installPackage(
  name: string,
  optionalDependencies: Readonly<Record<string, string>>,
): Promise<string> {
  const manifest = JSON.stringify({ name, private: true, optionalDependencies });
  return installOnce(name, `${manifest}${platformId()}`, async (building) => {
    await mkdir(building, { recursive: true });
    await writeFile(join(building, 'package.json'), manifest);
    await npm(['install', '--no-package-lock', ...QUIET], building);
  });
}

function platformId(): string {
  return `${process.platform}-${process.arch}`;
}

/**
 * Fills the folder `name` of the cache, unless it holds what `content` names. Safe for several
 * processes at once: it is built beside and moved into place.
 */
async function installOnce(
  name: string,
  content: string,
  build: (building: string) => Promise<void>,
): Promise<string> {
  const wanted = createHash('sha256').update(content).digest('hex');
  const target = join(cacheFolder(), name);
  const isThere = async (): Promise<boolean> =>
    existsSync(join(target, STAMP)) && (await readFile(join(target, STAMP), 'utf8')) === wanted;
  if (await isThere()) return target;

  await mkdir(cacheFolder(), { recursive: true });
  await removeInterrupted(name);
  const building = join(cacheFolder(), `${name}.${process.pid}.tmp`);
  const discard = (): Promise<void> => rm(building, { recursive: true, force: true });
  await discard();
  try {
    await build(building);
    await writeFile(join(building, STAMP), wanted);
  } catch (error) {
    await discard();
    throw error;
  }
  if (await isThere()) {
    await discard();
    return target;
  }
  await rm(target, { recursive: true, force: true });
  await rename(building, target);
  return target;
}
