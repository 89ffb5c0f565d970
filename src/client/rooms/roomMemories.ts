// What this device remembers of rooms, so that an older picture of one is noticed.
import * as z from 'zod/mini';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { highestMemory, type RoomMemory, roomMemorySchema } from '../../session/roomMemory.ts';
import type { RoomMemoryStore } from '../../sync/member/joinOptions.ts';
import type { KeyValueStorage } from '../storage.ts';

/** Rooms that a storage remembers; of more, those that were not seen for longest are forgotten. */
export const MAX_REMEMBERED_ROOMS = 200;
const WRITE_MS = 5_000;

/** Memories by room id, those that were seen last first. */
export type RoomMemoryList = readonly (readonly [room: string, memory: RoomMemory])[];

/** Where memories are kept; windows and processes share it. */
export interface RoomMemoryStorage {
  /** What is kept of a room; undefined if there is nothing, or nothing that can be read. */
  read(room: string): RoomMemory | undefined;
  /** Keeps these and forgets the oldest of too many. What cannot be written is lost: joining works without it. */
  write(memories: RoomMemoryList): PromiseLike<void> | void;
}

/** Remembers rooms; what is new is written every 5 s and when it is closed. */
export class RoomMemories implements RoomMemoryStore {
  private readonly storage: RoomMemoryStorage;
  private readonly disposables = new DisposableStore();
  private readonly unsaved = new Map<string, RoomMemory>();

  constructor(options: { readonly storage: RoomMemoryStorage; readonly clock: Clock }) {
    this.storage = options.storage;
    // Who is killed has not forgotten more than this.
    this.disposables.add(options.clock.every(WRITE_MS, () => void this.flush()));
  }

  load(room: string): RoomMemory | undefined {
    return this.unsaved.get(room) ?? this.storage.read(room);
  }

  save(room: string, memory: RoomMemory): void {
    // A room that is seen again is the newest again.
    this.unsaved.delete(room);
    this.unsaved.set(room, memory);
  }

  /** Writes what is new; another window or process may have seen more of the same room: that stays. */
  flush(): PromiseLike<void> | void {
    if (this.unsaved.size === 0) return undefined;
    const memories = [...this.unsaved].reverse().map(([room, memory]) => {
      return [room, highestMemory(memory, this.storage.read(room))] as const;
    });
    this.unsaved.clear();
    return this.storage.write(memories);
  }

  /** Writes the rest and writes no more. */
  async close(): Promise<void> {
    this.disposables.dispose();
    await this.flush();
  }
}

const KEY = 'rooms';
const recordsSchema = z.record(z.string(), roomMemorySchema);

/** Keeps all memories as one value of a key-value storage. */
export function roomMemoryRecord(storage: KeyValueStorage): RoomMemoryStorage {
  const records = (): Readonly<Record<string, RoomMemory>> =>
    recordsSchema.safeParse(storage.get(KEY)).data ?? {};
  return {
    read: (room) => records()[room],
    async write(memories) {
      const names = new Set(memories.map(([room]) => room));
      const others = Object.entries(records()).filter(([room]) => !names.has(room));
      const kept = [...memories, ...others].slice(0, MAX_REMEMBERED_ROOMS);
      await storage.update(KEY, Object.fromEntries(kept));
    },
  };
}
