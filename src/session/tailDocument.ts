// The host's side of a main document: writes chunks, and puts back what others changed.
import * as Y from 'yjs';
import { equalBytes } from '../base/bytes.ts';
import { LIMITS } from '../protocol/limits.ts';
import { cardOf, tailOf } from './layout.ts';
import { blockKey, type LivePiece } from './liveText.ts';

/** A piece that stands in the document, with its record. */
export interface WrittenPiece {
  readonly piece: LivePiece;
  readonly record: Uint8Array;
}

interface Chunk {
  readonly map: Y.Map<unknown>;
  log: Uint8Array[];
  live: WrittenPiece[];
  state: Uint8Array | undefined;
  bytes: number;
  writes: number;
}

/** One step: everything in it becomes visible at once. */
export interface TailStep {
  readonly log?: readonly Uint8Array[];
  /** Blocks whose streaming pieces go, by blockKey. */
  readonly endBlocks?: ReadonlySet<string>;
  readonly live?: readonly WrittenPiece[];
  /** Replaces all streaming pieces. */
  readonly replaceLive?: readonly WrittenPiece[];
  readonly state?: Uint8Array;
}

/** Writes the tail of a room; knows what must stand there. */
export class TailDocument {
  private readonly doc: Y.Doc;
  private chunks: Chunk[] = [];
  private card: Uint8Array | undefined;

  constructor(doc: Y.Doc) {
    this.doc = doc;
  }

  /** Log records that the document holds. */
  get logCount(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.log.length, 0);
  }

  get livePieces(): readonly WrittenPiece[] {
    return this.chunks.flatMap((chunk) => chunk.live);
  }

  /** Sealed bytes of all streaming pieces. */
  get liveBytes(): number {
    return this.livePieces.reduce((sum, written) => sum + written.record.length, 0);
  }

  setCard(card: Uint8Array): void {
    this.card = card;
    this.write(() => cardOf(this.doc).set('card', card));
  }

  apply(step: TailStep): void {
    this.write(() => {
      for (const record of step.log ?? []) this.push(record);
      if (step.replaceLive) this.clearLive(() => true);
      else if (step.endBlocks?.size) {
        const ended = step.endBlocks;
        this.clearLive((written) =>
          ended.has(blockKey(written.piece.messageId, written.piece.block)),
        );
      }
      const live = [...(step.replaceLive ?? []), ...(step.live ?? [])];
      if (live.length > 0) {
        const chunk = this.newest();
        chunk.live.push(...live);
        chunk.writes += live.length;
        arrayOf(chunk.map, 'live').push(live.map((written) => written.record));
      }
      if (step.state) {
        const chunk = this.newest();
        chunk.state = step.state;
        chunk.writes += 1;
        chunk.map.set('state', step.state);
      }
    });
  }

  /** Replaces the whole tail, as after a start: what another term or a stranger wrote is gone. */
  rebuild(log: readonly Uint8Array[], live: readonly WrittenPiece[]): void {
    this.write(() => {
      const tail = tailOf(this.doc);
      if (tail.length > 0) tail.delete(0, tail.length);
      this.chunks = [];
      for (const record of log) this.push(record);
      const chunk = this.newest();
      chunk.live.push(...live);
      arrayOf(chunk.map, 'live').push(live.map((written) => written.record));
    });
  }

  /** Puts the document back to what must stand there; false if it was so already. */
  reconcile(): boolean {
    const isCardRight = !this.card || isRecord(cardOf(this.doc).get('card'), this.card);
    const isTailRight = this.isTailRight();
    if (isCardRight && isTailRight) return false;
    this.write(() => {
      if (this.card && !isCardRight) cardOf(this.doc).set('card', this.card);
      if (isTailRight) return;
      const tail = tailOf(this.doc);
      if (tail.length > 0) tail.delete(0, tail.length);
      const wanted = this.chunks;
      this.chunks = [];
      for (const old of wanted) {
        const chunk = this.addChunk();
        Object.assign(chunk, { log: old.log, live: old.live, state: old.state, bytes: old.bytes });
        arrayOf(chunk.map, 'log').push(old.log);
        arrayOf(chunk.map, 'live').push(old.live.map((written) => written.record));
        if (old.state) chunk.map.set('state', old.state);
      }
    });
    return true;
  }

  private isTailRight(): boolean {
    const actual = tailOf(this.doc).toArray();
    if (actual.length !== this.chunks.length) return false;
    return this.chunks.every((chunk, place) => {
      if (actual[place] !== chunk.map) return false;
      const state = chunk.map.get('state');
      if (chunk.state ? !isRecord(state, chunk.state) : state !== undefined) return false;
      const live = chunk.live.map((written) => written.record);
      return isSame(chunk.map.get('log'), chunk.log) && isSame(chunk.map.get('live'), live);
    });
  }

  private push(record: Uint8Array): void {
    let chunk = this.newest();
    const isFull =
      chunk.log.length >= LIMITS.chunkRecords ||
      chunk.bytes + record.length > LIMITS.chunkBytes ||
      chunk.writes >= LIMITS.chunkWrites;
    if (isFull && chunk.log.length > 0) {
      const { state } = chunk;
      chunk = this.addChunk();
      // The newest chunk always has the state: who reads it alone sees the whole picture.
      if (state) {
        chunk.state = state;
        chunk.map.set('state', state);
      }
    }
    chunk.log.push(record);
    chunk.bytes += record.length;
    chunk.writes += 1;
    arrayOf(chunk.map, 'log').push([record]);
  }

  private clearLive(isOver: (written: WrittenPiece) => boolean): void {
    for (const chunk of this.chunks) {
      const array = arrayOf(chunk.map, 'live');
      for (let i = chunk.live.length - 1; i >= 0; i -= 1) {
        const written = chunk.live[i];
        if (!written || !isOver(written)) continue;
        let first = i;
        for (let before = chunk.live[first - 1]; before && isOver(before);) {
          first -= 1;
          before = chunk.live[first - 1];
        }
        array.delete(first, i - first + 1);
        chunk.live.splice(first, i - first + 1);
        i = first;
      }
    }
  }

  private newest(): Chunk {
    return this.chunks.at(-1) ?? this.addChunk();
  }

  private addChunk(): Chunk {
    const map = new Y.Map<unknown>();
    tailOf(this.doc).push([map]);
    map.set('log', new Y.Array());
    map.set('live', new Y.Array());
    const chunk: Chunk = { map, log: [], live: [], state: undefined, bytes: 0, writes: 0 };
    this.chunks.push(chunk);
    while (this.chunks.length > LIMITS.tailChunks) this.dropOldest(chunk);
    return chunk;
  }

  private dropOldest(newest: Chunk): void {
    const oldest = this.chunks.shift();
    tailOf(this.doc).delete(0, 1);
    if (!oldest || oldest.live.length === 0) return;
    newest.live.push(...oldest.live);
    arrayOf(newest.map, 'live').push(oldest.live.map((written) => written.record));
  }

  private write(change: () => void): void {
    this.doc.transact(change, this);
  }
}

function arrayOf(map: Y.Map<unknown>, name: string): Y.Array<unknown> {
  const value = map.get(name);
  if (value instanceof Y.Array) return value;
  // Somebody replaced our list; the next reconcile rebuilds the chunk.
  const array = new Y.Array<unknown>();
  map.set(name, array);
  return array;
}

function isSame(value: unknown, records: readonly Uint8Array[]): boolean {
  if (!(value instanceof Y.Array) || value.length !== records.length) return false;
  const items: unknown[] = value.toArray();
  return records.every((record, place) => isRecord(items[place], record));
}

/** By bytes: Yjs keeps a copy of what is pushed. */
function isRecord(value: unknown, record: Uint8Array): boolean {
  return value instanceof Uint8Array && equalBytes(value, record);
}
