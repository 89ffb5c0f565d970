// What stands in its file around a change: where, how much, and of which files nothing.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '../../src/protocol/json.ts';
import { editContext } from '../../src/host/tree/editContext.ts';
import { toolView } from '../../src/claude/entries/viewOfTool.ts';

let folder: string;
let cwd: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'context-'));
  cwd = join(folder, 'project');
  await mkdir(join(cwd, '.git'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const LINES = Array.from({ length: 60 }, (_, n) => `line ${n + 1}`);

function ask(
  input: Json,
  more: { tool?: string; isDenied?: (path: string) => boolean; entry?: object; blob?: string } = {},
) {
  const { tool = 'Edit', isDenied = () => false, entry = {}, blob } = more;
  const view = toolView(tool, input);
  const call = {
    kind: 'tool-call',
    id: 'c',
    at: 1,
    messageId: 'm',
    callId: 'c',
    tool,
    input,
    view,
    ...entry,
  };
  const text = JSON.stringify({ index: 4, prev: '', entry: call });
  return editContext(4, {
    tables: {
      readLog: (from) => (from === 4 ? [{ index: 4, hash: '', text }] : []),
      readBlob: () =>
        blob === undefined ? undefined : { totalBytes: blob.length, bytes: Buffer.from(blob) },
    },
    cwd,
    isDenied,
  });
}

const change = (path: string, before = 'line 30', after = 'line thirty') => ({
  file_path: path,
  old_string: before,
  new_string: after,
});

test('[N5] ten lines on either side of a change that is to be made, with the number of the first', async () => {
  await writeFile(join(cwd, 'a.txt'), LINES.join('\n'));
  const { places } = await ask(change(join(cwd, 'a.txt'), 'ne 30\nline 31', 'x'));
  expect(places).toEqual([
    {
      change: 0,
      line: 20,
      head: `${LINES.slice(19, 29).join('\n')}\nli`,
      tail: `\n${LINES.slice(31, 41).join('\n')}`,
    },
  ]);
});

test('[N5] fewer at the ends of the file', async () => {
  await writeFile(join(cwd, 'a.txt'), LINES.join('\n'));
  const at = async (before: string) => (await ask(change(join(cwd, 'a.txt'), before))).places[0];
  expect(await at('line 1\n')).toMatchObject({ line: 1, head: '' });
  expect((await at('line 60'))?.tail).toBe('');
});

test('[N5] where a change was made, if its text stands there once', async () => {
  await writeFile(join(cwd, 'a.txt'), LINES.join('\n').replace('line 30', 'line thirty'));
  expect((await ask(change(join(cwd, 'a.txt')))).places[0]?.line).toBe(20);
  const twice = change(join(cwd, 'a.txt'), 'gone', 'line 5');
  expect((await ask(twice)).places).toEqual([]);
});

test('[N5] each change of several has its place, and one that is not found has none', async () => {
  await writeFile(join(cwd, 'a.txt'), LINES.join('\n'));
  const edits = ['line 3\n', 'nowhere', 'line 50'].map((old_string) => ({
    old_string,
    new_string: 'x',
  }));
  const { places } = await ask({ file_path: join(cwd, 'a.txt'), edits }, { tool: 'MultiEdit' });
  expect(places.map(({ change: at, line }) => [at, line])).toEqual([
    [0, 1],
    [2, 40],
  ]);
});

test('[N5] of a cut input the whole counts', async () => {
  await writeFile(join(cwd, 'a.txt'), LINES.join('\n'));
  const whole = change(join(cwd, 'a.txt'));
  const cut = { ...whole, old_string: 'li' };
  const entry = { inputCut: { totalBytes: 9, blob: 'b' } };
  expect((await ask(cut, { entry, blob: JSON.stringify(whole) })).places[0]?.line).toBe(20);
});

test('[N5] nothing of what is outside of the folder, however it is named', async () => {
  await writeFile(join(folder, 'secret.txt'), LINES.join('\n'));
  await symlink(join(folder, 'secret.txt'), join(cwd, 'link.txt'));
  await symlink(folder, join(cwd, 'up'));
  await writeFile(join(cwd, '.git', 'config'), LINES.join('\n'));
  const paths = [
    '../secret.txt',
    join(folder, 'secret.txt'),
    'link.txt',
    'up/secret.txt',
    '.git/config',
    'project/../../secret.txt',
    '.',
    '',
  ];
  for (const path of paths) expect(await ask(change(path)), path).toEqual({ places: [] });
});

test('[N5] nothing of what the owner’s rules deny, of what is no text, or of an entry that changes nothing', async () => {
  await writeFile(join(cwd, 'a.txt'), LINES.join('\n'));
  await writeFile(join(cwd, 'b.bin'), Buffer.from([0, 255, 1]));
  const denied = { isDenied: (path: string) => path.endsWith('a.txt') };
  expect(await ask(change('a.txt'), denied)).toEqual({ places: [] });
  expect(await ask(change('b.bin'))).toEqual({ places: [] });
  expect(await ask({ file_path: 'a.txt' }, { tool: 'Read' })).toEqual({ places: [] });
  expect(await ask(change('a.txt'), { entry: { kind: 'text', text: 'x' } })).toEqual({
    places: [],
  });
  // A change that names no text of the file tells nothing of it.
  expect(await ask(change('a.txt', '', ''))).toEqual({ places: [] });
});

test('[N5] a folder that is called by another name than its real one is the same folder', async () => {
  await writeFile(join(cwd, 'a.txt'), LINES.join('\n'));
  await symlink(cwd, join(folder, 'alias'));
  const path = join(folder, 'alias', 'a.txt');
  cwd = join(folder, 'alias');
  expect((await ask(change(path))).places[0]?.line).toBe(20);
});
