// The documents in memory: opened on first use, forgotten when idle.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { channelOfPart, isPartDocument, roomOfDocument } from '../../protocol/documentNames.ts';
import { RelayDocument } from './relayDocument.ts';
import type { RelayLimits } from '../relayLimits.ts';
import type { DocumentStore, RoomStore } from '../stores/roomStore.ts';

/** What all documents share. */
export interface DocumentsOptions {
  readonly store: RoomStore;
  readonly clock: Clock;
  readonly limits: RelayLimits;
  readonly log: Logger;
  readonly isOpen: boolean;
}

interface Slot {
  readonly opening: Promise<RelayDocument>;
  document: RelayDocument | undefined;
  /** Sockets that wait for the document or are in it. */
  users: number;
  idleSinceMs: number;
}

/** A document of a part counts at least so much: each costs something, however little is in it. */
const LEAST_PART_BYTES = 8 * 1024;

/** Where parts are kept: nowhere but in their documents. */
const NOWHERE: DocumentStore = {
  load: async () => [],
  append: () => undefined,
  replace: () => undefined,
};

/** Opens each document once and evicts it when nobody has used it for a while. */
export class Documents {
  private readonly options: DocumentsOptions;
  private readonly slots = new Map<string, Slot>();

  constructor(options: DocumentsOptions) {
    this.options = options;
  }

  /** Number of documents in memory. */
  get size(): number {
    return this.slots.size;
  }

  /** Opens a document for one user; every successful call needs one `release`. */
  async acquire(name: string): Promise<RelayDocument> {
    const slot = this.slots.get(name) ?? this.open(name);
    slot.users += 1;
    try {
      return await slot.opening;
    } catch (error) {
      slot.users -= 1;
      if (this.slots.get(name) === slot) this.slots.delete(name);
      throw error;
    }
  }

  /** [I5] Whether a guest may not begin on this document: enough parts wait, of its member or in its room. */
  isClosedToGuests(name: string): boolean {
    return isPartDocument(name) && !this.mayGrow(name, 0);
  }

  /** Ends one use. */
  release(document: RelayDocument): void {
    const slot = this.slots.get(document.name);
    if (!slot) return;
    slot.users -= 1;
    slot.idleSinceMs = this.options.clock.monotonic();
    if (slot.users > 0) return;
    const isPart = isPartDocument(document.name);
    if (document.isEmpty || (isPart && document.isEmptied())) this.evict(document.name, slot);
  }

  /** Rooms with a document in memory. */
  rooms(): ReadonlySet<string> {
    return new Set([...this.slots.keys()].map(roomOfDocument));
  }

  /** Rooms with a document in use. */
  usedRooms(): ReadonlySet<string> {
    const rooms = new Set<string>();
    for (const [name, slot] of this.slots) if (slot.users > 0) rooms.add(roomOfDocument(name));
    return rooms;
  }

  /** Forgets documents that have been idle; all that are idle, if they fill too much. */
  sweep(): void {
    const { clock, limits } = this.options;
    const now = clock.monotonic();
    let bytes = 0;
    for (const { document } of this.slots.values()) bytes += document?.bytes ?? 0;
    const isMuch = bytes > limits.documentsBytes;
    for (const [name, slot] of this.slots) {
      const keptMs = isPartDocument(name) ? limits.partsKeptMs : limits.roomIdleMs;
      const idleMs = isMuch ? 0 : keptMs;
      if (slot.users === 0 && now - slot.idleSinceMs >= idleMs) this.evict(name, slot);
    }
  }

  /** Forgets everything; the store has it. */
  close(): void {
    for (const slot of this.slots.values()) slot.document?.dispose();
    this.slots.clear();
  }

  private open(name: string): Slot {
    const slot: Slot = {
      opening: this.load(name).then((document) => (slot.document = document)),
      document: undefined,
      users: 0,
      idleSinceMs: this.options.clock.monotonic(),
    };
    this.slots.set(name, slot);
    return slot;
  }

  private async load(name: string): Promise<RelayDocument> {
    // [I5] Parts are for a moment: what is lost is sent again, by its sender or its host.
    const store = isPartDocument(name) ? NOWHERE : this.options.store;
    const updates = await store.load(name);
    const mayGrow = (more: number): boolean => this.mayGrow(name, more);
    return new RelayDocument({
      ...this.options,
      ...{ store, name, label: shortName(name), updates, mayGrow },
    });
  }

  /** [I5] Whether a guest may add so many bytes to what waits of its member, and in its room. */
  private mayGrow(name: string, more: number): boolean {
    const channel = channelOfPart(name);
    if (channel === undefined) return true;
    const { waitingPartsBytes, roomBytes } = this.options.limits;
    // One that is just begun counts too.
    let ofMember = this.slots.has(name) ? 0 : LEAST_PART_BYTES;
    let ofRoom = ofMember;
    for (const [other, { document }] of this.slots) {
      if (!isPartDocument(other) || roomOfDocument(other) !== roomOfDocument(name)) continue;
      const grows = other === name ? more : 0;
      const bytes = Math.max(LEAST_PART_BYTES, (document?.bytes ?? 0) + grows);
      ofRoom += bytes;
      if (channelOfPart(other) === channel) ofMember += bytes;
    }
    return ofMember <= waitingPartsBytes && ofRoom <= roomBytes;
  }

  private evict(name: string, slot: Slot): void {
    this.slots.delete(name);
    slot.document?.rest();
    slot.document?.dispose();
  }
}

/** A document's name for the log: the room's id is a capability on stock servers, so only its beginning. */
export function shortName(name: string): string {
  const room = roomOfDocument(name);
  return `${room.slice(0, 6)}…${name.slice(room.length, room.length + 4)}`;
}
