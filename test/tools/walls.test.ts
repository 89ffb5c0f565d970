// Every wall between rooms refuses a planted violation, and lets through what the design allows.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { REPO_ROOT } from '../../tools/install/cache.ts';
import { ROOMS } from '../../tools/roomWalls.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twinhelm-walls-'));
  for (const part of ['oxlint.config.ts', 'tools/roomWalls.ts', 'src']) {
    cpSync(join(REPO_ROOT, part), join(folder, part), { recursive: true });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const reportSchema = z.looseObject({
  diagnostics: z.array(
    z.looseObject({
      code: z.string(),
      filename: z.string(),
      labels: z.array(z.looseObject({ span: z.looseObject({ line: z.number() }) })),
    }),
  ),
});

/** Writes a file below the folder. */
function plant(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What the linter says of planted files. */
function diagnostics(
  paths: readonly string[],
): readonly { readonly code: string; readonly filename: string; readonly line: number }[] {
  const run = spawnSync(
    join(REPO_ROOT, 'node_modules/.bin/oxlint'),
    ['--format=json', '--config', join(folder, 'oxlint.config.ts'), ...paths],
    { cwd: folder, encoding: 'utf8' },
  );
  return reportSchema
    .parse(JSON.parse(run.stdout))
    .diagnostics.map(({ code, filename, labels }) => ({
      code,
      filename,
      line: labels[0]?.span.line ?? 0,
    }));
}

/** Lints one planted file and returns the rules that fired. */
function lint(path: string, text: string): string[] {
  plant(path, text);
  const found = diagnostics([path]);
  rmSync(join(folder, path));
  return found.map(({ code }) => code);
}

const WALL = 'eslint(no-restricted-imports)';

const REFUSED = [
  ['src/base/x.ts', '../protocol/limits.ts'],
  ['src/base/x.ts', 'node:fs'],
  ['src/protocol/x.ts', '../crypto/keys.ts'],
  ['src/protocol/x.ts', 'zod'],
  ['src/protocol/x.ts', '../cli/cliRig.ts'],
  ['src/protocol/x.ts', '../../tools/roomWalls.ts'],
  ['src/crypto/x.ts', '../session/view.ts'],
  ['src/crypto/x.ts', 'node:crypto'],
  ['src/session/x.ts', '../sync/errors.ts'],
  ['src/session/x.ts', 'y-websocket'],
  ['src/session/x.ts', 'node:fs'],
  ['src/sync/x.ts', '../relay/server.ts'],
  ['src/sync/x.ts', '../host/hostMain.ts'],
  ['src/sync/x.ts', 'ws'],
  ['src/sync/host/x.ts', '../../host/find/paths.ts'],
  ['src/sync/host/x.ts', '../member/attachment.ts'],
  ['src/sync/member/x.ts', '../host/hostRoom.ts'],
  ['src/sync/member/x.ts', '../../client/translate.ts'],
  ['src/client/x.ts', '../editor/app.ts'],
  ['src/client/rooms/x.ts', '../../editor/app.ts'],
  ['src/client/rooms/x.ts', '../../host/find/hostFile.ts'],
  ['src/client/rooms/x.ts', '../../node/processStart.ts'],
  ['src/client/panel/x.ts', '../../../webview-ui/port.ts'],
  ['src/client/panel/x.ts', 'vscode'],
  ['src/client/panel/x.ts', 'node:fs'],
  ['src/client/x.ts', 'vscode'],
  ['src/client/prompts/x.ts', 'vscode'],
  ['src/client/rooms/x.ts', '../panel/panelModel.ts'],
  ['src/client/prompts/x.ts', '../lists/times.ts'],
  ['src/client/lists/x.ts', '../panel/panelModel.ts'],
  ['src/node/x.ts', '../protocol/json.ts'],
  ['src/node/x.ts', '../claude/errors.ts'],
  ['src/relay/x.ts', '../crypto/keys.ts'],
  ['src/relay/x.ts', '../session/view.ts'],
  ['src/relay/door/x.ts', '../../crypto/keys.ts'],
  ['src/relay/door/x.ts', '../../host/hostMain.ts'],
  ['src/relay/stores/x.ts', '../door/http.ts'],
  ['src/claude/x.ts', '../session/view.ts'],
  ['src/claude/x.ts', '../cli/main.ts'],
  ['src/claude/cli/x.ts', '../../cli/main.ts'],
  ['src/claude/wire/x.ts', '../entries/todos.ts'],
  ['src/claude/x.ts', 'ws'],
  ['src/claude/entries/x.ts', 'yjs'],
  ['src/host/x.ts', '../relay/server.ts'],
  ['src/host/drive/x.ts', '../../relay/server.ts'],
  ['src/host/find/x.ts', '../journal/journal.ts'],
  ['src/host/journal/x.ts', '../drive/drivers.ts'],
  ['src/host/x.ts', '../cli/main.ts'],
  ['src/host/x.ts', '../client/translate.ts'],
  ['src/host/journal/x.ts', 'yjs'],
  ['src/cli/x.ts', '../editor/app.ts'],
  ['src/cli/x.ts', '../host/journal/journal.ts'],
  ['src/cli/commands/x.ts', '../../host/machine/sessions.ts'],
  ['src/cli/commands/x.ts', '../../relay/server.ts'],
  ['src/cli/commands/x.ts', '../../claude/claudeAgent.ts'],
  ['src/cli/x.ts', '../claude/rules/judgeGuestPrompt.ts'],
  ['src/cli/x.ts', 'vscode'],
  ['src/editor/x.ts', '../host/find/hostFile.ts'],
  ['src/editor/x.ts', '../claude/claudeAgent.ts'],
  ['src/editor/panel/x.ts', 'node:fs'],
  ['src/editor/views/x.ts', 'yjs'],
  ['src/editor/views/x.ts', '../../extension.node.ts'],
  ['src/editor/views/x.ts', '../../node/processStart.ts'],
  ['src/extension.web.ts', 'node:fs'],
  ['src/extension.web.ts', './host/find/hostFile.ts'],
  ['src/extension.node.ts', './host/hostMain.ts'],
  ['src/extension.node.ts', './host/journal/journal.ts'],
  ['src/extension.node.ts', './relay/server.ts'],
  ['webview-ui/panel/x.tsx', '../../src/session/view.ts'],
  ['webview-ui/panel/x.tsx', '../../src/client/translate.ts'],
  ['webview-ui/x.tsx', '../src/crypto/keys.ts'],
  ['webview-ui/panel/x.tsx', '../../tools/roomWalls.ts'],
  ['webview-ui/panel/x.tsx', 'yjs'],
  ['webview-ui/panel/x.tsx', 'vscode'],
  ['webview-ui/panel/x.tsx', 'node:fs'],
] as const;

const ALLOWED = [
  ['src/protocol/x.ts', 'zod/mini'],
  ['src/protocol/x.ts', '../base/ids.ts'],
  ['src/session/x.ts', '../crypto/keys.ts'],
  ['src/session/x.ts', 'yjs'],
  ['src/session/x.ts', 'lib0/encoding'],
  ['src/sync/host/x.ts', 'y-websocket'],
  ['src/sync/host/x.ts', './hostRoom.ts'],
  ['src/sync/host/x.ts', '../documentConnection.ts'],
  ['src/client/rooms/x.ts', '../../sync/member/attachment.ts'],
  ['src/client/panel/x.ts', '../prompts/drafts.ts'],
  ['src/client/prompts/x.ts', '../rooms/roomPool.ts'],
  ['src/relay/x.ts', '../crypto/admissionToken.ts'],
  ['src/relay/door/x.ts', '../../crypto/admissionToken.ts'],
  ['src/relay/x.ts', 'ws'],
  ['src/relay/x.ts', 'node:http'],
  ['src/claude/claudeAgent.ts', './cli/launch.ts'],
  ['src/host/machine/x.ts', '../../claude/claudeAgent.ts'],
  ['src/host/drive/x.ts', '../session/openSession.ts'],
  ['src/cli/commands/x.ts', '../../host/find/paths.ts'],
  ['src/cli/commands/x.ts', '../../host/hostMain.ts'],
  ['src/cli/commands/x.ts', '../../client/rooms/roomPool.ts'],
  ['src/cli/commands/x.ts', '../../relay/relayProgram.ts'],
  ['src/editor/panel/x.ts', '../../client/panel/panelPump.ts'],
  ['src/editor/x.ts', 'vscode'],
  ['src/extension.node.ts', './host/find/ensureHost.ts'],
  ['src/extension.node.ts', 'node:child_process'],
  ['webview-ui/panel/x.tsx', '../../src/protocol/local/panel.ts'],
  ['webview-ui/panel/x.tsx', 'preact/hooks'],
] as const;

/** Every planted import of a file, one a line, and what the linter said: one run for all. */
function refusedImports(): ReadonlySet<string> {
  const planted = new Map<string, (readonly [string, string])[]>();
  for (const one of [...REFUSED, ...ALLOWED]) {
    planted.set(one[0], [...(planted.get(one[0]) ?? []), one]);
  }
  for (const [path, imports] of planted) {
    const lines = imports.map(([, specifier], i) => `import { x${i} } from '${specifier}';`);
    plant(path, `// Planted.\n${lines.join('\n')}\n`);
  }
  const found = diagnostics([...planted.keys()]).filter(({ code }) => code === WALL);
  for (const path of planted.keys()) rmSync(join(folder, path));
  return new Set(
    found.map(({ filename, line }) => `${filename} ${planted.get(filename)?.[line - 2]?.[1]}`),
  );
}

let refused: ReadonlySet<string> = new Set();
beforeAll(() => {
  refused = refusedImports();
});

test.each(REFUSED)('a file like %s cannot import %s', (path, specifier) => {
  expect(refused).toContain(`${path} ${specifier}`);
});

test.each(ALLOWED)('a file like %s may import %s', (path, specifier) => {
  expect(refused).not.toContain(`${path} ${specifier}`);
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

test.each([
  ['src/sync/host/roomParts.ts', true],
  ['src/sync/host/room.ts', false],
])('a part of %s that is given what is made after it is refused: %s', (path, isRefused) => {
  const text = `// Planted.
export function make(): number {
  const first = (): number => second;
  const second = 1;
  return first();
}
`;
  expect(lint(path, text).includes('eslint(no-use-before-define)')).toBe(isRefused);
});

test('a cycle is refused', () => {
  mkdirSync(join(folder, 'src/base'), { recursive: true });
  const back = "import { a } from './a.ts';\nexport const b = () => a;\n";
  writeFileSync(join(folder, 'src/base/b.ts'), back);
  const found = lint('src/base/a.ts', "import { b } from './b.ts';\nexport const a = () => b;\n");
  expect(found).toContain('import(no-cycle)');
});

test('docs/architecture.md names every room, what it may import, and its inner rooms', () => {
  const page = readFileSync(join(REPO_ROOT, 'docs/architecture.md'), 'utf8');
  const cells = page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((row) => row.length > 3);
  let room = '';
  const inner: string[] = [];
  for (const [, first = '', second = ''] of cells) {
    room = first === '' ? room : first.replaceAll('`', '');
    if (/^`[a-z]+\/`$/.test(second)) inner.push(room + second.replaceAll('`', ''));
  }
  const short = (folder: string): string => folder.replace('src/', '');
  for (const { folder, imports } of ROOMS) {
    const row = cells.find(([, name]) => name === `\`${short(folder)}/\``);
    expect(row?.[4], folder).toBe(imports.map(short).join(', ') || 'nothing');
    if (folder === 'webview-ui') continue;
    const folders = readdirSync(join(REPO_ROOT, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${short(folder)}/${name}/`);
    expect(inner.filter((name) => name.startsWith(`${short(folder)}/`)).toSorted()).toEqual(
      folders.toSorted(),
    );
    for (const path of imports) {
      const there = [path, `${path}.ts`].some((name) => existsSync(join(REPO_ROOT, name)));
      expect(there, `${folder} → ${path}`).toBe(true);
    }
  }
});

test('no inner room has inner rooms, and no folder of src has more than 25 files', () => {
  const crowded: string[] = [];
  const deep: string[] = [];
  const visit = (folder: string, depth: number): void => {
    const entries = readdirSync(join(REPO_ROOT, folder), { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).length;
    if (files > 25) crowded.push(`${folder} (${files})`);
    if (depth > 2) deep.push(folder);
    for (const entry of entries.filter((one) => one.isDirectory())) {
      visit(`${folder}/${entry.name}`, depth + 1);
    }
  };
  visit('src', 0);
  expect({ crowded, deep }).toEqual({ crowded: [], deep: [] });
});
