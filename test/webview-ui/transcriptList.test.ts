// Where cards stand in the transcript: rows, text that was broken off between them, what streams at the end.
import { expect, test } from 'vitest';
import { LiveModel } from '../../webview-ui/model/liveModel.ts';
import { countOf, itemAt, keyAt, type List } from '../../webview-ui/model/transcriptList.ts';
import { TranscriptModel } from '../../webview-ui/model/transcriptModel.ts';
import { entries } from '../client/samples.ts';

function listOf(first: number, end: number): List {
  const transcript = new TranscriptModel();
  transcript.replace([...entries(first, end)]);
  const live = new LiveModel(() => 0);
  const text = (messageId: string) =>
    ({ messageId, block: 0, type: 'text', text: messageId }) as const;
  live.replace([
    { ...text('b'), brokenAt: 12 },
    { ...text('c'), brokenAt: 12 },
    { ...text('d'), brokenAt: 20 },
    text('now'),
  ]);
  return { rows: transcript.rows, broken: live.broken.value, live: live.rows.value };
}

const shape = (list: List): readonly string[] =>
  Array.from({ length: countOf(list) }, (_, index) => {
    const item = itemAt(list, index);
    if (item === undefined) return 'nothing';
    return 'row' in item ? String(item.row.index) : `(${item.live.messageId})`;
  });

test('[O10] text that was broken off stays between the rows before and after it', () => {
  expect(shape(listOf(10, 14))).toEqual(['10', '11', '(b)', '(c)', '12', '13', '(d)', '(now)']);
  // What came before the first row that is loaded stands in front, what nothing follows at the end.
  expect(shape(listOf(15, 17))).toEqual(['(b)', '(c)', '15', '16', '(d)', '(now)']);
  expect(shape(listOf(10, 10))).toEqual(['(b)', '(c)', '(d)', '(now)']);
});

test('each card has a key of its own, which stays when others come', () => {
  const keys = (list: List) => Array.from({ length: countOf(list) }, (_, i) => keyAt(list, i));
  const before = keys(listOf(10, 14));
  expect(new Set(before).size).toBe(before.length);
  expect(keys(listOf(10, 19))).toEqual(expect.arrayContaining(before));
  expect(itemAt(listOf(10, 14), 8)).toBeUndefined();
});
