// Streaming blocks as rows: which of them stay, and under which key.
import { expect, test } from 'vitest';
import { LiveModel } from '../../webview-ui/model/liveModel.ts';

test('a block that goes on keeps its row and takes the text', () => {
  const live = new LiveModel(() => 0);
  live.replace([{ messageId: 'm', block: 0, type: 'text', text: 'Hel' }]);
  const [before] = live.rows.value;
  live.append('m', 0, 'lo');
  live.replace([{ messageId: 'm', block: 0, type: 'text', text: 'Hello you' }]);
  expect(live.rows.value[0]).toBe(before);
  expect(before?.text.value).toBe('Hello you');
});

test('a block that turns out to be of another type gets a row of its own type', () => {
  const live = new LiveModel(() => 0);
  live.replace([{ messageId: 'm', block: 0, type: 'thinking', text: 'Well' }]);
  live.replace([{ messageId: 'm', block: 0, type: 'text', text: 'Done' }]);
  expect(live.rows.value.map(({ type, text }) => [type, text.value])).toEqual([['text', 'Done']]);
});

test('blocks of subagents stand below the call that started them, the others in order', () => {
  const live = new LiveModel(() => 0);
  live.replace([
    { messageId: 'm', block: 1, type: 'text', text: 'own' },
    { messageId: 'n', block: 0, type: 'text', text: 'nested', parent: 'call' },
  ]);
  expect(live.rows.value.map(({ text }) => text.value)).toEqual(['own']);
  expect(live.nested.value.get('call')?.map(({ text }) => text.value)).toEqual(['nested']);
});
