// One connection per room for all panels, lists and notices of this window, counted by its users.
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore, toDisposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { Logger } from '../../base/log.ts';
import { isSettled, type OutboxItem, type ViewPart } from '../../session/view.ts';
import { refKey, type SessionRef } from './sessionRef.ts';
import type { JoinTarget } from './joinTarget.ts';
import type { LinkSource } from './linkSource.ts';
import { SharedRoom } from './sharedRoom.ts';

/** A connection stays this long without a user, so that hiding and showing a panel costs nothing. */
const LINGER_MS = 10_000;

/** A user's hold on a room; the room stays joined until every handle is disposed. */
export interface RoomHandle extends Disposable {
  readonly room: SharedRoom;
}

/** Options of the pool. */
export interface RoomPoolOptions {
  readonly links: LinkSource;
  readonly join: JoinTarget;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Own commands of an earlier window whose outcome nobody knows. */
  readonly leftBehind?: (ref: SessionRef) => readonly OutboxItem[];
}

/** Parts of a room's view that changed. */
export interface PoolChange {
  readonly room: SharedRoom;
  readonly parts: ReadonlySet<ViewPart>;
}

interface Slot {
  readonly room: SharedRoom;
  users: number;
  timer?: Disposable;
}

/** Rooms that this window has joined. */
export class RoomPool {
  private readonly disposables = new DisposableStore();
  private readonly rooms = new Map<string, Slot>();
  private readonly changed = this.disposables.add(new Emitter<PoolChange>());
  private readonly links: LinkSource;
  private readonly options: RoomPoolOptions;

  /** Something changed in one of the rooms. */
  readonly onDidChangeRoom: Event<PoolChange> = this.changed.event;

  constructor(options: RoomPoolOptions) {
    this.options = options;
    this.links = options.links;
  }

  /** Joins the room of `ref`, or shares the connection that exists. */
  acquire(ref: SessionRef): RoomHandle {
    const key = refKey(ref);
    let slot = this.rooms.get(key);
    if (!slot) {
      const leftBehind = this.options.leftBehind?.(ref) ?? [];
      const room = new SharedRoom({ ...this.options, ref, leftBehind });
      slot = { room, users: 0 };
      this.rooms.set(key, slot);
      room.onDidChange((parts) => this.changed.fire({ room, parts }));
      room.follow(this.links);
    }
    slot.timer?.dispose();
    delete slot.timer;
    slot.users += 1;
    const held = slot;
    const release = toDisposable(() => this.release(key, held));
    return { room: held.room, dispose: () => release.dispose() };
  }

  /** The room of `ref` if this window has joined it. */
  find(ref: SessionRef): SharedRoom | undefined {
    return this.rooms.get(refKey(ref))?.room;
  }

  /** Leaves a room for good: says goodbye if it is joined, and closes it whoever uses it. */
  async leave(ref: SessionRef): Promise<void> {
    const slot = this.rooms.get(refKey(ref));
    if (!slot) return;
    this.rooms.delete(refKey(ref));
    slot.timer?.dispose();
    await slot.room.close({ leave: true });
  }

  /** Closes every connection; the members stay members. */
  async close(): Promise<void> {
    this.disposables.dispose();
    const slots = [...this.rooms.values()];
    this.rooms.clear();
    for (const slot of slots) slot.timer?.dispose();
    await Promise.all(slots.map(({ room }) => room.close()));
  }

  private release(key: string, slot: Slot): void {
    slot.users -= 1;
    this.closeLater(key, slot);
  }

  private closeLater(key: string, slot: Slot): void {
    if (slot.users > 0 || this.rooms.get(key) !== slot) return;
    slot.timer = this.options.clock.after(LINGER_MS, () => {
      if (slot.users > 0 || this.rooms.get(key) !== slot) return;
      // A prompt under way may still be refused, and then its text has to come back.
      if (slot.room.view?.outbox.some((item) => item.kind === 'prompt' && !isSettled(item))) {
        return this.closeLater(key, slot);
      }
      this.rooms.delete(key);
      void slot.room.close();
    });
  }
}
