// A kind of command without a row, or a row without a handler, does not compile.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPO_ROOT } from '../../tools/install/cache.ts';

const TABLE = 'src/protocol/commandTable.ts';
/** Where kinds are carried out, by the rooms that do. */
const HANDLERS = {
  session: 'src/host/session/hostedCommands.ts',
  machine: 'src/host/machine/machineCommands.ts',
  any: 'src/sync/host/roomHandlers.ts',
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twinhelm-rows-'));
  for (const path of ['src', 'types', 'tsconfig.base.json']) {
    cpSync(join(REPO_ROOT, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(REPO_ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const config = {
    extends: './tsconfig.base.json',
    compilerOptions: { lib: ['ES2023'], types: ['node'] },
    files: Object.values(HANDLERS),
    include: ['types'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles the handlers with a table that `change` has made another; what the compiler says, by file. */
function compile(change: (table: string) => string): string[] {
  const table = readFileSync(join(REPO_ROOT, TABLE), 'utf8');
  const changed = change(table);
  expect(changed).not.toBe(table);
  writeFileSync(join(folder, TABLE), changed);
  const tsc = join(REPO_ROOT, 'node_modules/.bin/tsc');
  const run = spawnSync(tsc, ['--pretty', 'false', '-p', folder], {
    cwd: folder,
    encoding: 'utf8',
  });
  return run.stdout.split('\n').filter((line) => line.startsWith('src/'));
}

test('a row that nobody carries out does not compile, in whichever room', () => {
  const rows = Object.keys(HANDLERS).map(
    (room) =>
      `'pin-${room}': { ...ORDERED, room: '${room}', right: 'owner', action: say\`pin\`, args: NONE },`,
  );
  const start = 'export const COMMANDS = {\n';
  const errors = compile((table) => table.replace(start, start + rows.join('\n')));
  expect(errors).toHaveLength(rows.length);
  for (const [room, file] of Object.entries(HANDLERS)) {
    expect(errors.filter((error) => error.startsWith(file))).toEqual([
      expect.stringContaining(`pin-${room}`),
    ]);
  }
});

test('a kind that is carried out and has no row does not compile, nor does a row at odds with itself', () => {
  const errors = compile((table) =>
    table
      .replaceAll(/ {2}(interrupt|open|leave): \{/g, '  no$1: {')
      .replace(
        'ordered: false, fenced: false, reads: true',
        'ordered: true, fenced: false, reads: true',
      ),
  );
  const files = new Set(errors.map((error) => error.slice(0, error.indexOf('('))));
  expect([...files].toSorted()).toEqual([...Object.values(HANDLERS), TABLE].toSorted());
  for (const kind of ['interrupt', 'open', 'leave']) {
    expect(errors.join('\n')).toContain(`'${kind}' does not exist`);
  }
});
