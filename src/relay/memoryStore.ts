// A store that lives as long as the process: for tests, and for relays whose hosts heal them.
import { type RoomStore, type StoredClaim, isClaimVersion } from './store.ts';

/** A RoomStore in memory. */
export function createMemoryStore(): RoomStore {
  const logs = new Map<string, Uint8Array[]>();
  const claims = new Map<string, StoredClaim>();
  return {
    load: async (document) => [...(logs.get(document) ?? [])],
    append(document, update) {
      const log = logs.get(document);
      if (log) log.push(update);
      else logs.set(document, [update]);
    },
    replace(document, compacted) {
      logs.set(document, [compacted]);
    },
    loadClaim: async (room) => claims.get(room),
    async compareAndSetClaim(room, expected, next) {
      if (!isClaimVersion(claims.get(room), expected)) return false;
      claims.set(room, next);
      return true;
    },
    flush: async () => undefined,
    close: async () => undefined,
  };
}
