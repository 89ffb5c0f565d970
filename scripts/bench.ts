// `npm run bench`: runs every bench/*.ts one after the other; each prints its own figures.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPO_ROOT } from '../tools/install/cache.ts';
import { exitOf, spawnGroup } from '../tools/run/processes.ts';

const folder = join(REPO_ROOT, 'bench');
const wanted = process.argv.slice(2);
const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ts')) : [];
for (const name of names.toSorted()) {
  if (wanted.length > 0 && !wanted.includes(name.replace(/\.ts$/, ''))) continue;
  console.log(`\n== bench/${name}`);
  const group = spawnGroup(process.execPath, [join(folder, name)], { cwd: REPO_ROOT });
  group.child.stdout?.pipe(process.stdout, { end: false });
  group.child.stderr?.pipe(process.stderr, { end: false });
  if ((await exitOf(group)) !== 0) process.exitCode = 1;
}
