// What the editor is told about this clone (.vscode) names scripts, tasks and files that exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { REPO_ROOT } from '../../tools/install/cache.ts';

const read = (path: string): string => readFileSync(join(REPO_ROOT, path), 'utf8');
const parsed = <T>(schema: z.ZodMiniType<T>, path: string): T =>
  schema.parse(JSON.parse(read(path)));

const taskSchema = z.looseObject({
  label: z.string(),
  script: z.optional(z.string()),
  command: z.optional(z.string()),
});
const launchSchema = z.looseObject({
  name: z.string(),
  type: z.string(),
  request: z.enum(['launch', 'attach']),
  preLaunchTask: z.optional(z.string()),
});
const { tasks } = parsed(z.looseObject({ tasks: z.array(taskSchema) }), '.vscode/tasks.json');
const { configurations } = parsed(
  z.looseObject({ configurations: z.array(launchSchema) }),
  '.vscode/launch.json',
);
const { scripts } = parsed(
  z.looseObject({ scripts: z.record(z.string(), z.string()) }),
  'package.json',
);

test('every task of the editor runs a script of package.json', () => {
  const named = tasks.map(
    ({ script, command }) => script ?? /^npm run ([\w:]+)/.exec(command ?? '')?.[1],
  );
  expect(named).toContain('gallery');
  expect(named.filter((name) => name === undefined || scripts[name] === undefined)).toEqual([]);
});

test('every script of package.json runs a file that exists', () => {
  const files = Object.values(scripts).flatMap((line) => /^node (\S+)/.exec(line)?.[1] ?? []);
  expect(files.length).toBeGreaterThan(8);
  // The bundle is there after a build only.
  expect(
    files.filter((file) => !file.startsWith('./dist/') && !existsSync(join(REPO_ROOT, file))),
  ).toEqual([]);
});

test('every way to debug builds with a task that there is, and starts files that exist or are built', () => {
  const labels = new Set(tasks.map(({ label }) => label));
  const builds = configurations.flatMap(({ preLaunchTask }) => preLaunchTask ?? []);
  expect(builds.length).toBeGreaterThan(0);
  expect(builds.filter((label) => !labels.has(label))).toEqual([]);
  const built = read('esbuild.mjs');
  const paths = configurations.flatMap((configuration) => {
    // The same programs under the name that they have on Windows.
    const { windows: _windows, env: _env, ...rest } = configuration;
    return [...JSON.stringify(rest).matchAll(/\$\{workspaceFolder\}\/([^"]+)/g)].map(
      ([, path]) => `${path}`,
    );
  });
  expect(paths).toContain('dist/twinhelm.mjs');
  const isThere = (path: string): boolean =>
    path.startsWith('dist/')
      ? built.includes(path.includes('*') ? path.slice(path.lastIndexOf('.')) : path)
      : existsSync(join(REPO_ROOT, path));
  expect(paths.filter((path) => !isThere(path))).toEqual([]);
});
