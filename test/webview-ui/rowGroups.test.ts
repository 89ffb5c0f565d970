// Quiet calls as one row, however they come; and the words of reading that are made of values.
import { expect, test } from 'vitest';
import type { PanelEntry } from '../../src/protocol/local/panel.ts';
import { type Entry, parseEntry } from '../../src/protocol/transcript.ts';
import type { Json } from '../../src/protocol/json.ts';
import { groupText } from '../../webview-ui/cards/GroupCard.tsx';
import { thoughtMs } from '../../webview-ui/cards/ThinkingCard.tsx';
import { grouped, RowGroup } from '../../webview-ui/model/rowGroups.ts';
import { TranscriptModel } from '../../webview-ui/model/transcriptModel.ts';
import { searchLine } from '../../webview-ui/text/searchHits.ts';
import { translate } from '../../webview-ui/strings.ts';
import type { Translate } from '../../webview-ui/strings.ts';

const t: Translate = (key, ...values) => translate({}, key, values);
let count = 0;
const entry = (body: Readonly<Record<string, Json>>): Entry =>
  parseEntry({ id: `i${count++}`, at: 1, ...body });
const READ = { family: 'read', path: '/f' };
const SEARCH = { family: 'search', query: '/q' };
const call = (callId: string, view: Json, input: Json = { f: `/p/${callId}` }) =>
  entry({ kind: 'tool-call', messageId: 'm', callId, tool: 'X', input, view });
const result = (callId: string, outcome = 'ok') =>
  entry({ kind: 'tool-result', callId, outcome, text: 'x' });
const text = () => entry({ kind: 'text', messageId: 'm', text: 'x' });
const thinking = () => entry({ kind: 'thinking', messageId: 'm', text: 'x' });
const request = (callId: string) =>
  entry({
    kind: 'request',
    requestId: 'r',
    request: 'permission',
    callId,
    tool: 'X',
    input: {},
    inputHash: 'h',
  });

/** Each row as its place, a group as the places in it. */
const shape = (model: TranscriptModel) =>
  model.shown.map((row) =>
    row instanceof RowGroup ? row.rows.map(({ index }) => index) : row.index,
  );
const placed = (entries: readonly Entry[]): PanelEntry[] =>
  entries.map((one, index) => ({ index, entry: one }));

test('[N9] two calls that look are one row, with the thinking between them', () => {
  const model = new TranscriptModel();
  model.append(
    placed([
      call('a', READ),
      result('a'),
      thinking(),
      call('b', SEARCH),
      result('b'),
      thinking(),
      text(),
      call('c', READ),
    ]),
  );
  expect(shape(model)).toEqual([[0, 2, 3], 5, 6, 7]);
  expect(groupText(model.rows.slice(0, 3), t)).toBe('Read 1 file, 1 search');
});

test('[N9] a call that failed, of which somebody was asked, or that does more stands alone', () => {
  const model = new TranscriptModel();
  model.append(
    placed([
      call('a', READ),
      call('b', READ),
      result('b', 'error'),
      call('c', READ),
      request('c'),
      call('d', { family: 'shell', command: '/f' }),
      call('e', READ),
    ]),
  );
  expect(shape(model)).toEqual([0, 1, 3, 5, 6]);
});

test('[N9] entries that come one by one are grouped as those that come at once', () => {
  let seed = 7;
  const entries = Array.from({ length: 300 }, (_, n) => {
    const kinds = [
      call(`c${n}`, n % 2 === 0 ? READ : SEARCH),
      result(`c${n - 1}`),
      thinking(),
      text(),
      result(`c${n - 4}`, n % 3 === 0 ? 'error' : 'ok'),
    ];
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return kinds[(seed >> 16) % kinds.length] ?? text();
  });
  const all = placed(entries);
  const atOnce = new TranscriptModel();
  atOnce.append(all);
  const oneByOne = new TranscriptModel();
  for (const one of all) oneByOne.append([one]);
  expect(shape(oneByOne)).toEqual(shape(atOnce));
  const step = new TranscriptModel();
  for (const one of placed([
    call('a', READ),
    thinking(),
    call('b', READ),
    call('c', READ),
    text(),
  ])) {
    step.append([one]);
  }
  expect(shape(step)).toEqual([[0, 1, 2, 3], 4]);
  const late = new TranscriptModel();
  late.append(all.slice(150));
  late.prepend(all.slice(0, 150));
  expect(shape(late)).toEqual(shape(atOnce));
  expect(shape(atOnce).some((row) => Array.isArray(row))).toBe(true);
  expect(grouped(atOnce.rows)).toHaveLength(atOnce.shown.length);
});

test('an entry is found in the row that shows it', () => {
  const model = new TranscriptModel();
  const child = entry({ kind: 'text', messageId: 'n', text: 'x', parent: 'a' });
  const inner = entry({
    kind: 'tool-call',
    messageId: 'n',
    callId: 'i',
    tool: 'X',
    input: {},
    parent: 'a',
  });
  model.append(
    placed([
      call('a', { family: 'agent' }),
      child,
      inner,
      entry({ kind: 'tool-result', callId: 'i', outcome: 'ok', text: '', parent: 'a' }),
      result('a'),
    ]),
  );
  for (const index of [0, 1, 2, 3, 4]) expect(model.rowOf(index)?.index, String(index)).toBe(0);
  expect(model.rowOf(5)).toBeUndefined();
});

test('what a command has printed belongs to it, once', () => {
  const model = new TranscriptModel();
  const run = (command: string, body = '') => entry({ kind: 'command', command, text: body });
  model.append(
    placed([run('/cost'), run('', 'much'), run('', 'more'), run('/x'), text(), run('', 'late')]),
  );
  expect(model.rows.map(({ index }) => index)).toEqual([0, 2, 3, 4, 5]);
  expect(model.rows[0]?.output?.entry.text).toBe('much');
  expect(model.rowOf(1)?.index).toBe(0);
});

test('[N4] thinking took as long as was seen, else since what came before it in its conversation', () => {
  const thought = (more: object) =>
    ({ kind: 'thinking', id: 'i', at: 9000, messageId: 'm', text: 'x', ...more }) as const;
  const before = entry({ kind: 'prompt', text: 'x', origin: 'person', at: 2000 });
  expect(thoughtMs(thought({ durationMs: 40 }), before)).toBe(40);
  expect(thoughtMs(thought({}), before)).toBe(7000);
  expect(thoughtMs(thought({ parent: 'c' }), before)).toBeUndefined();
  expect(thoughtMs(thought({ at: 10_000_000 }), before)).toBeUndefined();
  expect(thoughtMs(thought({ at: 1 }), before)).toBeUndefined();
  expect(thoughtMs(thought({}), undefined)).toBeUndefined();
});

test.each([
  ['src/a.ts:12:  const x', 'src/a.ts', 12, ':  const x'],
  ['src/a.ts-12-  const x', undefined, undefined, 'src/a.ts-12-  const x'],
  [String.raw`C:\p\a.ts:3:x`, String.raw`C:\p\a.ts`, 3, ':x'],
  ['/p/a b.ts', '/p/a b.ts', undefined, ''],
  [String.raw`C:\p\a`, String.raw`C:\p\a`, undefined, ''],
  ['Makefile.am', 'Makefile.am', undefined, ''],
  ['No files found', undefined, undefined, 'No files found'],
  ['Found 3 files', undefined, undefined, 'Found 3 files'],
  [
    '[Showing results with pagination = limit: 3]',
    undefined,
    undefined,
    '[Showing results with pagination = limit: 3]',
  ],
  ['', undefined, undefined, ''],
])('[N7] the place in %j', (line, path, number, rest) => {
  const found = searchLine(line);
  expect([found.path, found.line, found.rest]).toEqual([path, number, rest]);
  expect(found.place + found.rest).toBe(line);
});
