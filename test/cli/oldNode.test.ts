// An older Node: the one file must start, or nobody is told what is missing.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exitOf, spawnGroup } from '../../tools/run/processes.ts';
import { bundleProgram } from '../../tools/run/programBundle.ts';

test('the bundle imports nothing at its start that an older Node lacks', async () => {
  const file = await bundleProgram(new URL('../../src/cli/main.ts', import.meta.url));
  const imports = readFileSync(file, 'utf8').match(/^import .* from "node:[a-z_/]+";$/gm) ?? [];
  expect(imports.length).toBeGreaterThan(5);
  expect(imports.filter((line) => line.includes('node:sqlite'))).toEqual([]);
});

test('an older Node is named, with what is needed instead', async () => {
  const file = await bundleProgram(new URL('../../src/cli/main.ts', import.meta.url));
  const old = "Object.defineProperty(process.versions, 'node', { value: '20.19.0' });";
  const preload = `data:text/javascript,${encodeURIComponent(old)}`;
  const group = spawnGroup(process.execPath, ['--import', preload, file, 'sessions'], {});
  expect(await exitOf(group)).toBe(1);
  expect(group.output()).toMatch(/needs Node\.js 22\.13 or newer/);
});
