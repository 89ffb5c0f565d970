// A store that lives as long as the process: for tests, and for relays whose hosts heal them.
import { type Clock, systemClock } from '../../base/clock.ts';
import { roomOfDocument } from '../../protocol/documentNames.ts';
import { type RoomStore, type StoredClaim, isClaimVersion } from './roomStore.ts';

/** What a store in memory is made of. */
export interface MemoryStoreOptions {
  readonly clock?: Clock;
  /** Above this, `prune` forgets rooms that are not in use. */
  readonly maxBytes?: number;
}

interface StoredRoom {
  readonly logs: Map<string, Uint8Array[]>;
  claim: StoredClaim | undefined;
  usedAt: number;
}

const MAX_BYTES = 512 * 1024 * 1024;

/** A RoomStore in memory. */
export function createMemoryStore(options: MemoryStoreOptions = {}): RoomStore {
  const { clock = systemClock, maxBytes = MAX_BYTES } = options;
  const rooms = new Map<string, StoredRoom>();
  const use = (name: string): StoredRoom => {
    const room = rooms.get(name) ?? { logs: new Map(), claim: undefined, usedAt: 0 };
    room.usedAt = clock.now();
    rooms.set(name, room);
    return room;
  };
  const sizeOf = (room: StoredRoom | undefined): number =>
    [...(room?.logs.values() ?? [])].flat().reduce((sum, update) => sum + update.length, 0);
  return {
    async load(document) {
      const room = rooms.get(roomOfDocument(document));
      if (room) room.usedAt = clock.now();
      return [...(room?.logs.get(document) ?? [])];
    },
    append(document, update) {
      const { logs } = use(roomOfDocument(document));
      const log = logs.get(document);
      if (log) log.push(update);
      else logs.set(document, [update]);
    },
    replace(document, compacted) {
      use(roomOfDocument(document)).logs.set(document, [compacted]);
    },
    loadClaim: async (room) => rooms.get(room)?.claim,
    async compareAndSetClaim(room, expected, next) {
      if (!isClaimVersion(rooms.get(room)?.claim, expected)) return false;
      use(room).claim = next;
      return true;
    },
    async prune(keep, unusedSince) {
      const unused = [...rooms]
        .filter(([name]) => !keep.has(name))
        .sort(([, a], [, b]) => a.usedAt - b.usedAt);
      let bytes = [...rooms.values()].reduce((sum, room) => sum + sizeOf(room), 0);
      let pruned = 0;
      for (const [name, room] of unused) {
        if (room.usedAt >= unusedSince && bytes <= maxBytes) break;
        bytes -= sizeOf(room);
        rooms.delete(name);
        pruned += 1;
      }
      return pruned;
    },
    flush: async () => undefined,
    close: async () => undefined,
  };
}
