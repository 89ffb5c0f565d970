// One document: its log, its connections, and what happens to their messages.
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Logger } from '../../base/log.ts';
import { CLOSE } from '../../protocol/closeCodes.ts';
import { isPartDocument } from '../../protocol/documentNames.ts';
import type { RelaySocket } from '../door/relaySocket.ts';
import { DocumentAwareness } from './documentAwareness.ts';
import {
  advanceOf,
  decodeGuestUpdate,
  deletesTooMuch,
  deletionOf,
  newWriters,
} from './guestUpdate.ts';
import type { RelayLimits } from '../relayLimits.ts';
import type { DocumentStore } from '../stores/roomStore.ts';
import { UpdateLog } from './updateLog.ts';
import { EMPTY_UPDATE, decodeMessage, encodeStep1, encodeStep2, encodeUpdate } from './wire.ts';

/** A document of which only what was deleted is known has less. */
const EMPTIED_BYTES = 256;
/** A stored log longer than this many updates is replaced when it was compacted anyway. */
const STORED_UPDATES = 256;
/** A document over its size is compacted at most this often after writes of its host. */
const OVERFULL_COMPACTION_MS = 1000;
/** A joiner is sent at most so many times the compacted part without a compaction … */
const TAIL_PART = 1.125;
/** … and a large document is compacted for joiners at most this often. */
const JOIN_COMPACTION_MS = 1000;

/** What a document is made of. */
export interface DocumentOptions {
  readonly name: string;
  /** Short name for the log. */
  readonly label: string;
  readonly updates: readonly Uint8Array[];
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly limits: RelayLimits;
  readonly log: Logger;
  /** Everybody may write as much as a host. */
  readonly isOpen: boolean;
  /** Whether guests may write so many bytes more. */
  readonly mayGrow: (bytes: number) => boolean;
}

/** Relays between the connections of one document and keeps its log. */
export class RelayDocument implements Disposable {
  readonly name: string;
  private readonly options: DocumentOptions;
  private readonly updates: UpdateLog;
  private readonly connections = new Set<RelaySocket>();
  private readonly awareness: DocumentAwareness;
  private readonly timers = new DisposableStore();
  private storedUpdates: number;
  private storedBytes: number;
  private isCompactionDue = false;
  private compactedAtMs = -Infinity;
  private isOverfull = false;

  constructor(options: DocumentOptions) {
    this.name = options.name;
    this.options = options;
    this.awareness = new DocumentAwareness({ ...options, connections: this.connections });
    this.updates = new UpdateLog(options.updates);
    this.storedUpdates = options.updates.length;
    this.storedBytes = this.updates.bytes;
  }

  /** Whether holders of a link knock here. */
  private get isKnocks(): boolean {
    return !this.options.isOpen && this.name.endsWith('.k');
  }

  /** Bytes of the document in memory. */
  get bytes(): number {
    return this.updates.bytes;
  }

  /** Whether nothing was ever written. */
  get isEmpty(): boolean {
    return this.storedUpdates === 0;
  }

  /** [I5] Whether all that was written was taken out again; costs a compaction. */
  isEmptied(): boolean {
    if (!this.updates.isCompact) this.compact();
    return this.updates.bytes < EMPTIED_BYTES;
  }

  /** Adds a connection; false if the document has too many. A host always finds a place. */
  attach(connection: RelaySocket): boolean {
    const isFull = this.connections.size >= this.options.limits.connectionsPerDocument;
    if (isFull && !connection.access.isHost) return false;
    this.connections.add(connection);
    return true;
  }

  /** Removes a connection and tells the others that its client left. */
  detach(connection: RelaySocket): void {
    if (this.connections.delete(connection)) this.awareness.leave(connection);
  }

  /** Takes one frame of a connection. */
  receive(connection: RelaySocket, frame: Uint8Array): void {
    const message = decodeMessage(frame);
    switch (message?.kind) {
      case undefined:
        return connection.close(CLOSE.badMessage, 'not a y-websocket message');
      case 'step1':
        return connection.takeSync() ? this.sync(connection, message.stateVector) : undefined;
      case 'step2':
        return this.write(connection, message.update, encodeUpdate(message.update));
      case 'update':
        if (this.isTooBigForGuest(connection, frame.length)) {
          return connection.close(CLOSE.tooBig, 'update too big');
        }
        return this.write(connection, message.update, frame);
      case 'awareness':
        return this.awareness.receive(connection, message.payload);
      case 'queryAwareness':
        return connection.takeSync() ? this.awareness.sendTo(connection) : undefined;
      case 'ignored':
        return undefined;
    }
  }

  /** Compacts now if the stored log is worth it; called when the document leaves memory. */
  rest(): void {
    if (this.storedUpdates > 1 && !this.updates.isCompact) this.compact();
    if (this.storedUpdates > 1) this.persist();
  }

  dispose(): void {
    this.timers.dispose();
  }

  private sync(connection: RelaySocket, stateVector: Uint8Array): void {
    const canWrite = connection.access.mode === 'write';
    // A writer is asked for what we lack: without the tail's state vector it would send the tail again.
    if (!this.updates.isCompact && (canWrite || this.isLong())) this.compact();
    const missing = this.updates.missing(stateVector);
    if (!missing) return connection.close(CLOSE.badMessage, 'not a state vector');
    // Step 2 goes last, because with it the client counts as synced.
    for (const update of missing.slice(0, -1)) connection.send(encodeUpdate(update));
    connection.send(encodeStep2(missing.at(-1) ?? EMPTY_UPDATE));
    if (canWrite) connection.send(encodeStep1(this.updates.stateVector()));
    this.awareness.sendTo(connection);
  }

  /** Whether what a joiner would be sent is much more than what it needs. */
  private isLong(): boolean {
    const { updates } = this;
    const { limits, clock } = this.options;
    if (updates.tailUpdates > limits.joinTailUpdates) return true;
    if (updates.bytes > updates.base.length * TAIL_PART) return true;
    const sinceMs = clock.monotonic() - this.compactedAtMs;
    return updates.bytes > limits.joinBytes && sinceMs >= JOIN_COMPACTION_MS;
  }

  private write(connection: RelaySocket, update: Uint8Array, frame: Uint8Array): void {
    const { store } = this.options;
    // Every stock client answers step 1 and some repeat it: a reader's writes are dropped in silence.
    if (connection.access.mode !== 'write' || update.length <= EMPTY_UPDATE.length) return;
    if (!connection.access.isHost) {
      const isFull = this.isOverfull || !this.options.mayGrow(update.length);
      if (isFull) return connection.close(CLOSE.tooBig, 'document too big');
      if (!this.takesFromGuest(connection, update)) return;
    }
    // A copy: the frame may be a view into a larger network buffer.
    const kept = update.slice();
    this.updates.append(kept);
    store.append(this.name, kept);
    this.storedUpdates += 1;
    this.storedBytes += kept.length;
    for (const other of this.connections) if (other !== connection) other.send(frame);
    if (this.isOverfull) this.scheduleCompaction(OVERFULL_COMPACTION_MS);
    else if (this.updates.bytes > this.maxLogBytes()) this.scheduleCompaction(0);
  }

  /** What a guest could harm others' documents with is not kept and not sent on. */
  private takesFromGuest(connection: RelaySocket, update: Uint8Array): boolean {
    const decoded = decodeGuestUpdate(update);
    if (!decoded) {
      connection.close(CLOSE.badMessage, 'not a Yjs update');
      return false;
    }
    // An open relay serves clients of any kind, and trusts them.
    if (this.options.isOpen) return true;
    const clocks = this.updates.knownClocks();
    if (deletesTooMuch(decoded) || !connection.takeWriters(newWriters(decoded, clocks)))
      return false;
    if (advanceOf(decoded, clocks)) return true;
    if (!connection.takeSync()) return false;
    if (this.updates.hasAllFor(update)) return true;
    // An honest client of a relay that lost its disk: it has what is missing.
    connection.send(encodeStep1(this.updates.stateVector()));
    return false;
  }

  /** Blob parts come in one large frame; everything else of a guest is small. */
  private isTooBigForGuest(connection: RelaySocket, bytes: number): boolean {
    const { limits, isOpen } = this.options;
    if (isOpen || connection.access.isHost || bytes <= limits.guestFrameBytes) return false;
    return !isPartDocument(this.name);
  }

  private scheduleCompaction(delayMs: number): void {
    if (this.isCompactionDue) return;
    this.isCompactionDue = true;
    this.timers.add(
      this.options.clock.after(delayMs, () => {
        this.isCompactionDue = false;
        this.compact();
        this.persist();
      }),
    );
  }

  private compact(): void {
    const { limits, log, label } = this.options;
    const { base, dropped } = this.updates.compact();
    this.compactedAtMs = this.options.clock.monotonic();
    if (dropped > 0) log.warn('updates that are no Yjs updates were left out', { label, dropped });
    if (this.isKnocks && base.length > limits.knockDocumentBytes) this.empty();
    this.isOverfull = this.updates.bytes > limits.compactedBytes;
    if (this.isOverfull) this.closeWriters();
    const isLong = this.storedUpdates > STORED_UPDATES;
    if (isLong || this.storedBytes > limits.updateLogBytes) this.persist();
  }

  /** A knock is worth a moment only; without this, whoever has a link could shut out all others. */
  private empty(): void {
    const { log, label } = this.options;
    log.warn('too much in a knock document: it was emptied', { label, bytes: this.updates.bytes });
    const deletion = deletionOf(this.updates.knownClocks());
    this.updates.append(deletion);
    this.updates.compact();
    for (const connection of this.connections) connection.send(encodeUpdate(deletion));
  }

  private maxLogBytes(): number {
    const { updateLogBytes, knockDocumentBytes } = this.options.limits;
    return this.isKnocks ? Math.min(updateLogBytes, 4 * knockDocumentBytes) : updateLogBytes;
  }

  private persist(): void {
    if (this.storedUpdates <= 1 || !this.updates.isCompact) return;
    this.options.store.replace(this.name, this.updates.base);
    this.storedUpdates = 1;
    this.storedBytes = this.updates.bytes;
  }

  /** The host stays in documents of guests, where it can delete what they filled. */
  private closeWriters(): void {
    const { log, label, name } = this.options;
    log.warn('a document is too big', { label, bytes: this.updates.bytes });
    const isGuestDocument = /\.(k|g\..*)$/.test(name);
    for (const connection of this.connections) {
      const stays = connection.access.isHost && isGuestDocument;
      if (connection.access.mode === 'write' && !stays) {
        connection.close(CLOSE.tooBig, 'document too big');
      }
    }
  }
}
