// Commands whose answer is waited for.
import { expect, test } from 'vitest';
import type { RoomView } from '../../src/session/view.ts';
import { requestOf } from '../../src/sync/member/requests.ts';

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
