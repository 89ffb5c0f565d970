// Every wall between rooms refuses a planted violation, and lets through what the design allows.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPO_ROOT } from '../../tools/install/cache.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twinhelm-walls-'));
  cpSync(join(REPO_ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lints one planted file and returns the rules that fired. */
function lint(path: string, text: string): string[] {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const run = spawnSync(
    join(REPO_ROOT, 'node_modules/.bin/oxlint'),
    ['--format=json', '--config', join(folder, '.oxlintrc.json'), path],
    { cwd: folder, encoding: 'utf8' },
  );
  rmSync(file);
  const report: unknown = JSON.parse(run.stdout);
  const list: unknown = Reflect.get(Object(report), 'diagnostics');
  return Array.isArray(list) ? list.map((entry) => String(Reflect.get(Object(entry), 'code'))) : [];
}

const WALL = 'eslint(no-restricted-imports)';

test.each([
  ['src/base/x.ts', '../protocol/limits.ts'],
  ['src/base/x.ts', 'node:fs'],
  ['src/protocol/x.ts', '../crypto/keys.ts'],
  ['src/protocol/x.ts', 'zod'],
  ['src/crypto/x.ts', '../session/view.ts'],
  ['src/crypto/x.ts', 'node:crypto'],
  ['src/session/x.ts', '../sync/join.ts'],
  ['src/session/x.ts', 'y-websocket'],
  ['src/session/x.ts', 'node:fs'],
  ['src/sync/x.ts', '../relay/server.ts'],
  ['src/sync/x.ts', 'ws'],
  ['src/relay/x.ts', '../crypto/keys.ts'],
  ['src/relay/x.ts', '../session/view.ts'],
  ['src/relay/inner/x.ts', '../../host/main.ts'],
  ['src/claude/x.ts', '../session/view.ts'],
  ['src/claude/x.ts', 'ws'],
  ['src/claude/x.ts', 'yjs'],
  ['src/host/x.ts', '../relay/server.ts'],
  ['src/host/x.ts', '../cli/main.ts'],
  ['src/host/x.ts', 'yjs'],
  ['src/cli/x.ts', '../editor/panel.ts'],
  ['src/cli/x.ts', 'vscode'],
  ['src/editor/x.ts', '../host/main.ts'],
  ['src/editor/x.ts', '../claude/find.ts'],
  ['src/editor/x.ts', 'node:fs'],
  ['src/editor/x.ts', 'yjs'],
  ['src/editor/views/x.ts', '../../extension.node.ts'],
  ['src/extension.web.ts', 'node:fs'],
  ['src/extension.web.ts', './host/main.ts'],
  ['src/extension.node.ts', './host/main.ts'],
  ['webview-ui/panel/x.tsx', '../../src/session/view.ts'],
  ['webview-ui/panel/x.tsx', '../../src/crypto/keys.ts'],
  ['webview-ui/panel/x.tsx', 'yjs'],
  ['webview-ui/panel/x.tsx', 'vscode'],
  ['webview-ui/panel/x.tsx', 'node:fs'],
  ['src/protocol/x.ts', '../../tools/install/cache.ts'],
])('a file like %s cannot import %s', (path, specifier) => {
  expect(lint(path, `// Planted.\nimport { x } from '${specifier}';\nx();\n`)).toContain(WALL);
});

test.each([
  ['src/protocol/x.ts', 'zod/mini'],
  ['src/protocol/x.ts', '../base/ids.ts'],
  ['src/session/x.ts', '../crypto/keys.ts'],
  ['src/session/x.ts', 'yjs'],
  ['src/session/x.ts', 'lib0/encoding'],
  ['src/sync/x.ts', 'y-websocket'],
  ['src/relay/x.ts', '../crypto/admission.ts'],
  ['src/relay/x.ts', 'ws'],
  ['src/relay/x.ts', 'node:http'],
  ['src/host/x.ts', '../claude/find.ts'],
  ['src/cli/x.ts', '../relay/server.ts'],
  ['src/editor/x.ts', 'vscode'],
  ['src/extension.node.ts', 'node:child_process'],
  ['webview-ui/panel/x.tsx', '../../src/protocol/panel.ts'],
  ['webview-ui/panel/x.tsx', 'preact/hooks'],
])('a file like %s may import %s', (path, specifier) => {
  expect(lint(path, `// Planted.\nimport { x } from '${specifier}';\nx();\n`)).not.toContain(WALL);
});

test.each([
  ['a default export', 'export default 1;', 'import(no-default-export)'],
  ['a barrel', "export * from './other.ts';", 'oxc(no-barrel-file)'],
  ['any', 'export const x: any = 1;', 'typescript(no-explicit-any)'],
  ['a non-null assertion', 'export const x = [1][0]!;', 'typescript(no-non-null-assertion)'],
  ['console in a room', "console.log('x');", 'eslint(no-console)'],
])('%s is refused', (_what, text, rule) => {
  writeFileSync(join(folder, 'other.ts'), 'export const other = 1;\n');
  mkdirSync(join(folder, 'src/base'), { recursive: true });
  writeFileSync(join(folder, 'src/base/other.ts'), 'export const other = 1;\n');
  expect(lint('src/base/x.ts', `// Planted.\n${text}\n`)).toContain(rule);
});

test('a cycle is refused', () => {
  mkdirSync(join(folder, 'src/base'), { recursive: true });
  const back = "import { a } from './a.ts';\nexport const b = () => a;\n";
  writeFileSync(join(folder, 'src/base/b.ts'), back);
  const found = lint('src/base/a.ts', "import { b } from './b.ts';\nexport const a = () => b;\n");
  expect(found).toContain('import(no-cycle)');
});
