// What this device remembers of rooms, so that an older picture of one is noticed: kept in the editor's storage.
import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { highestMemory, type RoomMemory, roomMemorySchema } from '../../session/roomMemory.ts';
import type { RoomMemoryStore } from '../../sync/member/joinOptions.ts';

const KEY = 'rooms';
const MAX_ROOMS = 200;
const WRITE_MS = 5_000;

const recordsSchema = z.record(z.string(), roomMemorySchema);

/** Room memories by room id; written at most every 5 s and when the window closes. */
export class StoredRoomMemory implements RoomMemoryStore {
  private readonly memento: Memento;
  private readonly disposables = new DisposableStore();
  private readonly unsaved = new Map<string, RoomMemory>();

  constructor(options: { readonly memento: Memento; readonly clock: Clock }) {
    this.memento = options.memento;
    this.disposables.add(options.clock.every(WRITE_MS, () => void this.write()));
  }

  load(room: string): RoomMemory | undefined {
    return this.unsaved.get(room) ?? this.records()[room];
  }

  save(room: string, memory: RoomMemory): void {
    this.unsaved.set(room, memory);
  }

  async close(): Promise<void> {
    this.disposables.dispose();
    await this.write();
  }

  private async write(): Promise<void> {
    if (this.unsaved.size === 0) return;
    const newest = [...this.unsaved].reverse();
    this.unsaved.clear();
    const names = new Set(newest.map(([room]) => room));
    // Another window may know a newer picture of the same room: the higher one stays.
    const known = this.records();
    const merged = newest.map(
      ([room, memory]) => [room, highestMemory(memory, known[room])] as const,
    );
    const others = Object.entries(known).filter(([room]) => !names.has(room));
    await this.memento.update(KEY, Object.fromEntries([...merged, ...others].slice(0, MAX_ROOMS)));
  }

  private records(): Readonly<Record<string, RoomMemory>> {
    const parsed = recordsSchema.safeParse(this.memento.get(KEY));
    return parsed.success ? parsed.data : {};
  }
}
