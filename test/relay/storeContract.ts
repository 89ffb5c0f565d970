// What every RoomStore must do; run against each of them.
import { describe, expect, it } from 'vitest';
import { utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { relayTokenSchema } from '../../src/protocol/claim.ts';
import { tomorrow } from '../protocol/tomorrow.ts';
import type { RoomStore, StoredClaim } from '../../src/relay/stores/roomStore.ts';

const claimOf = (change: Partial<StoredClaim> = {}): StoredClaim => ({
  term: 1,
  boot: 'a',
  rev: 1,
  tokens: [{ hash: 'h'.repeat(43), grants: [{ doc: 'x', access: 'read' }], notAfter: 5 }],
  ...change,
});

/** Registers the suite; `open` makes an empty store. */
export function storeContract(name: string, open: () => Promise<RoomStore>): void {
  const load = async (store: RoomStore, document: string): Promise<readonly string[]> =>
    (await store.load(document)).map((update) => utf8Text(update));

  describe(`${name} store`, () => {
    it('has nothing for an unknown document or room', async () => {
      const store = await open();
      expect(await store.load('a')).toEqual([]);
      expect(await store.loadClaim('a')).toBeUndefined();
    });

    it('returns updates in order, per document, at once and after a flush', async () => {
      const store = await open();
      for (const text of ['1', '2', '3']) store.append('a', utf8Bytes(text));
      store.append('b', utf8Bytes('x'));
      expect(await load(store, 'a')).toEqual(['1', '2', '3']);
      await store.flush();
      store.append('a', utf8Bytes('4'));
      expect(await load(store, 'a')).toEqual(['1', '2', '3', '4']);
      expect(await load(store, 'b')).toEqual(['x']);
    });

    it('replaces what was taken before, stored or waiting, and nothing after', async () => {
      const store = await open();
      store.append('a', utf8Bytes('1'));
      await store.flush();
      store.append('a', utf8Bytes('2'));
      store.replace('a', utf8Bytes('12'));
      store.append('a', utf8Bytes('3'));
      store.append('b', utf8Bytes('x'));
      expect(await load(store, 'a')).toEqual(['12', '3']);
      await store.flush();
      expect(await load(store, 'a')).toEqual(['12', '3']);
      expect(await load(store, 'b')).toEqual(['x']);
    });

    it('gives a claim to one of many who expect the same version', async () => {
      const store = await open();
      const results = await Promise.all(
        ['a', 'b', 'c'].map((boot) => store.compareAndSetClaim('r', undefined, claimOf({ boot }))),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect((await store.loadClaim('r'))?.boot).toBe('abc'.charAt(results.indexOf(true)));
    });

    it('replaces a claim only by the version it is expected to be', async () => {
      const store = await open();
      const first = claimOf();
      expect(await store.compareAndSetClaim('r', undefined, first)).toBe(true);
      const next = claimOf({ rev: 2, tokens: [] });
      expect(await store.compareAndSetClaim('r', { ...first, rev: 9 }, next)).toBe(false);
      expect(await store.loadClaim('r')).toEqual(first);
      expect(await store.compareAndSetClaim('r', first, next)).toBe(true);
      expect(await store.loadClaim('r')).toEqual(next);
    });

    it('[R9] keeps what a later host says more of a token', async () => {
      const store = await open();
      const token = relayTokenSchema.parse(tomorrow.token);
      await store.compareAndSetClaim('r', undefined, claimOf({ tokens: [token] }));
      expect((await store.loadClaim('r'))?.tokens).toEqual([tomorrow.token]);
    });

    it('forgets rooms that nobody used for long, with all their documents and claims', async () => {
      const store = await open();
      for (const room of ['old', 'kept']) {
        for (const name of [room, `${room}.k`, `${room}.g.a`]) store.append(name, utf8Bytes('1'));
        await store.compareAndSetClaim(room, undefined, claimOf());
      }
      store.append('older', utf8Bytes('x'));
      await store.flush();
      expect(await store.prune(new Set(), 0)).toBe(0);
      const future = Number.MAX_SAFE_INTEGER;
      expect(await store.prune(new Set(['kept', 'older']), future)).toBe(1);
      expect([await load(store, 'old'), await load(store, 'old.k')]).toEqual([[], []]);
      expect(await store.loadClaim('old')).toBeUndefined();
      expect([await load(store, 'kept.g.a'), await load(store, 'older')]).toEqual([['1'], ['x']]);
      expect(await store.loadClaim('kept')).toEqual(claimOf());
    });

    it('closes twice without harm', async () => {
      const store = await open();
      store.append('a', utf8Bytes('1'));
      await store.close();
      await store.close();
      expect(await Promise.allSettled([store.close()])).toMatchObject([{ status: 'fulfilled' }]);
    });
  });
}
