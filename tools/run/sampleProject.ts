// A small project to try a session on: a greeting with a bug, and a test that finds it.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILES: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'sample', private: true, type: 'module' }, null, 2)}\n`,
  'greet.js': 'export function greet(name) {\n  return `Hello!`;\n}\n',
  'greet.test.js': [
    "import assert from 'node:assert/strict';",
    "import { test } from 'node:test';",
    "import { greet } from './greet.js';",
    '',
    "test('greets by name', () => assert.equal(greet('Ada'), 'Hello, Ada!'));",
    '',
  ].join('\n'),
  'README.md': '# Sample\n\nA small project to try a session on. The greeting has a bug.\n',
};

/** Writes the project into `folder`; files that are there stay as they are. */
export async function writeSampleProject(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(folder, name);
    if (!existsSync(path)) await writeFile(path, text);
  }
}
