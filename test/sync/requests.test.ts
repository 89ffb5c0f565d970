// What is read by commands: a long text is shown as whole only if all of it came.
import { expect, test } from 'vitest';
import { toBase64Url, utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { RoomView } from '../../src/session/view.ts';
import { fetchWhole, requestOf } from '../../src/sync/member/requests.ts';

/** A view whose host answers one `fetch` after the other. */
function answering(...answers: readonly Json[]): RoomView {
  const left = [...answers];
  // Only `request` is looked at here.
  return { request: async () => left.shift() } as unknown as RoomView;
}

/** Nothing is sealed here. */
const unsealed = async () => undefined;

const part = (offset: number, text: string, totalBytes: number): Json => ({
  offset,
  totalBytes,
  bytes: toBase64Url(utf8Bytes(text)),
});

test('a long text is loaded part by part', async () => {
  const view = answering(part(0, 'Hello ', 11), part(6, 'world', 11));
  expect(utf8Text(await fetchWhole(view, 'blob', unsealed))).toBe('Hello world');
  expect(await fetchWhole(answering(part(0, '', 0)), 'blob', unsealed)).toHaveLength(0);
});

test.each([
  ['no part', ['nothing']],
  ['an empty part', [part(0, 'Hello ', 11), part(6, '', 11)]],
  ['another part', [part(0, 'Hello ', 11), part(0, 'Hello ', 11)]],
])('a text of which %s comes is not shown as whole', async (_name, answers) => {
  await expect(fetchWhole(answering(...answers), 'blob', unsealed)).rejects.toThrow(
    /could not be loaded/,
  );
});

test('[R18] a part that is sealed to this member is opened, and another is not shown as whole', async () => {
  const sealed = { offset: 0, totalBytes: 3, bytes: '', sealed: 'abc' };
  const open = async (text: string, offset: number) =>
    text === 'abc' && offset === 0 ? utf8Bytes('own') : undefined;
  expect(utf8Text(await fetchWhole(answering(sealed), 'blob', open))).toBe('own');
  await expect(fetchWhole(answering(sealed), 'blob', unsealed)).rejects.toThrow(
    /could not be loaded/,
  );
});

test('a request that is given up leaves its command to be forgotten, like any other', async () => {
  const awaited = new Set<string>();
  const item = { id: 'command', kind: 'rename', args: {}, status: 'sent', at: 0 } as const;
  const view = {
    send: () => item,
    outbox: [item],
    truth: { kind: 'live', lastBeatAt: 0 },
    onDidChange: () => ({ dispose: () => undefined }),
    // A request looks at nothing else.
  } as unknown as RoomView;
  const giveUp = new AbortController();
  const request = requestOf(view, 'rename', { title: 'x' }, { signal: giveUp.signal, awaited });
  expect([...awaited]).toEqual(['command']);
  giveUp.abort(new Error('given up'));
  await expect(request).rejects.toThrow('given up');
  expect([...awaited]).toEqual([]);
});
