// Entries read whole: what was cut is fetched, changes are changes, and no kind is without a text.
import { expect, test } from 'vitest';
import { wholeEntry } from '../../src/client/panel/wholeEntry.ts';
import type { Json } from '../../src/protocol/json.ts';
import { entrySchema } from '../../src/protocol/transcript.ts';
import { sampleEntries } from '../../webview-ui/gallery/sampleEntries.ts';

/** A host that serves these bodies. */
function serving(bodies: Readonly<Record<string, string>> = {}, context?: Json) {
  const fetched: string[] = [];
  const asked: unknown[] = [];
  return {
    fetched,
    asked,
    request(_kind: string, args: unknown): Promise<Json | undefined> {
      asked.push(args);
      return context === undefined ? Promise.reject(new Error('old')) : Promise.resolve(context);
    },
    fetchBlob(blob: string): Promise<Uint8Array<ArrayBuffer>> {
      fetched.push(blob);
      return Promise.resolve(new TextEncoder().encode(bodies[blob] ?? ''));
    },
  };
}

const read = (entry: Readonly<Record<string, Json>>, bodies?: Readonly<Record<string, string>>) =>
  wholeEntry(placed(entry), serving(bodies));

const placed = (entry: Readonly<Record<string, Json>>) => ({
  index: 7,
  entry: entrySchema.parse({ id: 'e', at: 1, ...entry }),
});

const EDIT = { family: 'edit', path: '/file_path', before: '/old_string', after: '/new_string' };
const WRITE = { family: 'write', path: '/file_path', content: '/content' };
const call = { kind: 'tool-call', messageId: 'm', callId: 'c' };

test('a text that was cut is fetched, one that was not is not', async () => {
  const cut = { tail: 'end', totalBytes: 9, blob: 'b' };
  const result = { kind: 'tool-result', callId: 'c', outcome: 'ok', text: 'head' };
  expect(await read({ ...result, cut }, { b: 'all of it' })).toEqual({
    kind: 'text',
    name: 'output.txt',
    text: 'all of it',
  });
  expect(await read(result)).toMatchObject({ text: 'head' });
  const summary = { text: 'head', cut };
  expect(await read({ kind: 'compaction', trigger: 'auto', summary }, { b: 'all' })).toMatchObject({
    name: 'summary.md',
    text: 'all',
  });
});

test('an edit is a change of its file, a new file its content, another call its input', async () => {
  const edit = { file_path: 'C:\\src\\a.ts', old_string: 'one', new_string: 'two' };
  expect(await read({ ...call, tool: 'Edit', input: edit, view: EDIT })).toEqual({
    kind: 'change',
    name: 'a.ts',
    before: 'one',
    after: 'two',
  });
  const write = { file_path: '/src/b.ts', content: 'new' };
  expect(await read({ ...call, tool: 'Write', input: write, view: WRITE })).toMatchObject({
    name: 'b.ts',
    text: 'new',
  });
  const bash = { command: 'ls' };
  expect(await read({ ...call, tool: 'Bash', input: bash })).toMatchObject({
    name: 'Bash.json',
    text: JSON.stringify(bash, null, 2),
  });
});

test('a call whose input was cut is read from the whole input', async () => {
  const whole = JSON.stringify({ file_path: 'c.ts', old_string: 'long', new_string: 'longer' });
  const inputCut = { totalBytes: 99, blob: 'i' };
  const entry = { ...call, tool: 'Edit', input: { file_path: 'c.ts' }, view: EDIT, inputCut };
  expect(await read(entry, { i: whole })).toMatchObject({ kind: 'change', after: 'longer' });
  expect(await read(entry, { i: 'no JSON' })).toMatchObject({ name: 'Edit.json' });
});

test('every kind of entry has something to show', async () => {
  const view = serving({ '*': 'body' });
  for (const entry of sampleEntries(0)) {
    const whole = await wholeEntry(entry, view);
    expect(whole.name).not.toBe('');
  }
});

test('[N5] changes are shown in what stands around them, as far as the computer tells it', async () => {
  const edits = [
    { old_string: 'one', new_string: 'two' },
    { old_string: 'six', new_string: 'ten' },
  ];
  const view = { ...EDIT, changes: '/edits' };
  const entry = placed({ ...call, tool: 'MultiEdit', input: { file_path: '/a.ts', edits }, view });
  const places = [{ change: 1, line: 4, head: 'head\n', tail: '\ntail' }];
  const host = serving({}, { places });
  expect(await wholeEntry(entry, host)).toEqual({
    kind: 'change',
    name: 'a.ts',
    before: 'one\n⋯\nhead\nsix\ntail',
    after: 'two\n⋯\nhead\nten\ntail',
  });
  expect(host.asked).toEqual([{ what: 'context', index: 7 }]);
  expect(await wholeEntry(entry, serving())).toMatchObject({ before: 'one\n⋯\nsix' });
});
