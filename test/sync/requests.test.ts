// What is read by commands: a long text is shown as whole only if all of it came.
import { expect, test } from 'vitest';
import { toBase64Url, utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { RoomView } from '../../src/session/view.ts';
import { fetchWhole } from '../../src/sync/member/requests.ts';

/** A view whose host answers one `fetch` after the other. */
function answering(...answers: readonly Json[]): RoomView {
  const left = [...answers];
  // Only `request` is looked at here.
  return { request: async () => left.shift() } as unknown as RoomView;
}

const part = (offset: number, text: string, totalBytes: number): Json => ({
  offset,
  totalBytes,
  bytes: toBase64Url(utf8Bytes(text)),
});

test('a long text is loaded part by part', async () => {
  const view = answering(part(0, 'Hello ', 11), part(6, 'world', 11));
  expect(utf8Text(await fetchWhole(view, 'blob'))).toBe('Hello world');
  expect(await fetchWhole(answering(part(0, '', 0)), 'blob')).toHaveLength(0);
});

test.each([
  ['no part', ['nothing']],
  ['an empty part', [part(0, 'Hello ', 11), part(6, '', 11)]],
  ['another part', [part(0, 'Hello ', 11), part(0, 'Hello ', 11)]],
])('a text of which %s comes is not shown as whole', async (_name, answers) => {
  await expect(fetchWhole(answering(...answers), 'blob')).rejects.toThrow(/could not be loaded/);
});
