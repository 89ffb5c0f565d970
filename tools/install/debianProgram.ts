// A program that only deep tests need: found on the PATH, else installed from Debian's package, else named.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/** Path of the first of `names` that is there. Throws an error that says which package is missing where none can be had. */
export function debianProgram(debianPackage: string, names: readonly string[]): string {
  const there = onPath(names);
  if (there !== undefined) return there;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const run = (...args: string[]): void =>
      void spawnSync('apt-get', args, { env, stdio: 'ignore', timeout: 600_000 });
    run('update');
    run('install', '-y', '--no-install-recommends', debianPackage);
  }
  const installed = onPath(names);
  if (installed !== undefined) return installed;
  throw new Error(
    `${names.join(' or ')} is not here and could not be installed. Install Debian's package ${debianPackage}, or what has it on your system, and run this again.`,
  );
}
