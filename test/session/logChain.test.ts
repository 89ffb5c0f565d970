// The chain of the log: one history, bound record by record, whatever order it comes in.
import { expect, test } from 'vitest';
import { textHash } from '../../src/crypto/keys.ts';
import { type ChainItem, LogChain } from '../../src/session/logChain.ts';

async function history(length: number, name = 'a'): Promise<ChainItem[]> {
  const items: ChainItem[] = [];
  let prev = '';
  for (let index = 0; index < length; index += 1) {
    const entry = { kind: 'text', id: `${name}${index}`, at: 1, messageId: 'm', text: `${index}` };
    const text = JSON.stringify({ index, prev, entry });
    prev = await textHash(text);
    items.push({ text, hash: prev });
  }
  return items;
}

function offerAll(chain: LogChain, items: readonly ChainItem[]): string[] {
  return items.map((item) => chain.offer(item));
}

test('[L1] records come once, whatever often they are offered', async () => {
  const chain = new LogChain();
  const items = await history(4);
  expect(offerAll(chain, items)).toEqual(['added', 'added', 'added', 'added']);
  expect(offerAll(chain, items)).toEqual(['known', 'known', 'known', 'known']);
  expect(chain.entries.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
});

test('[L1] another record under a known index, or one that does not follow, is a fork', async () => {
  const chain = new LogChain();
  const [items, other] = [await history(4), await history(6, 'b')];
  offerAll(chain, items.slice(0, 3));
  expect(chain.offer(other[1] ?? { text: '', hash: '' })).toBe('fork');
  expect(chain.offer(other[3] ?? { text: '', hash: '' })).toBe('fork');
  expect(chain.end).toBe(3);
});

test('[L1] [H1] older records are taken only if they lead to what is held', async () => {
  const items = await history(10);
  const other = await history(10, 'b');
  const chain = new LogChain();
  offerAll(chain, items.slice(6));
  expect(chain.first).toBe(6);
  expect(chain.prepend(other.slice(3, 6))).toBe('fork');
  expect(chain.prepend(items.slice(2, 5))).toBe('elsewhere');
  expect(chain.prepend(items.slice(3, 6))).toBe('added');
  expect(chain.prepend(items.slice(0, 3))).toBe('added');
  expect(chain.entries.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('[L1] what was seen before a gap must be met again when the gap is filled', async () => {
  const items = await history(12);
  const other = await history(12, 'b');
  const chain = new LogChain();
  offerAll(chain, items.slice(0, 3));
  // The tail moved on while this device was away, and shows another history.
  expect(offerAll(chain, other.slice(8))).toEqual(['restarted', 'added', 'added', 'added']);
  expect(chain.prepend(other.slice(3, 8))).toBe('added');
  expect(chain.prepend(other.slice(0, 3))).toBe('fork');
});

test('[T2] a history that a device has seen in an earlier run is not forgotten', async () => {
  const other = await history(5, 'b');
  const chain = new LogChain();
  chain.remember(4, (await history(5))[4]?.hash ?? '');
  expect(offerAll(chain, other)).toEqual(['added', 'added', 'added', 'added', 'fork']);
});

test('text that is no record is refused', () => {
  const chain = new LogChain();
  for (const text of ['', '{}', '{"index":-1,"prev":"","entry":{}}', 'not json']) {
    expect(chain.offer({ text, hash: 'x' })).toBe('malformed');
  }
});
