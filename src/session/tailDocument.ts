// The host's side of a main document: writes chunks, and puts back what others changed.
import * as Y from 'yjs';
import { equalBytes } from '../base/bytes.ts';
import { LIMITS } from '../protocol/limits.ts';
import { cardOf, tailOf } from './layout.ts';
import { blockKey, type LivePiece } from './liveBuffer.ts';

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

/** Encoded bytes of a write beside its record, also after it was taken back: measured 5 to 15. */
const WRITE_BYTES = 20;
/** Writes that make a chunk: its map, its two lists, and its names. */
const CHUNK_WRITES = 4;

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

  /** What the document takes encoded, at the most. */
  get bytes(): number {
    return this.chunks.reduce(
      (sum, { bytes, state, live, writes }) =>
        sum + bytes + (state?.length ?? 0) + bytesOf(live) + (writes + CHUNK_WRITES) * WRITE_BYTES,
      (this.card?.length ?? 0) + CHUNK_WRITES * WRITE_BYTES,
    );
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
      if (live.length > 0) takeLive(this.newest(), live);
      if (step.state) {
        const chunk = this.newest();
        chunk.state = step.state;
        chunk.writes += 1;
        chunk.map.set('state', step.state);
      }
      if (this.newest().writes >= LIMITS.chunkWrites) this.turn();
      this.keepWithin();
    });
  }

  /** Replaces the whole tail, as after a start: what another term or a stranger wrote is gone. */
  rebuild(log: readonly Uint8Array[], live: readonly WrittenPiece[]): void {
    this.write(() => {
      const tail = tailOf(this.doc);
      if (tail.length > 0) tail.delete(0, tail.length);
      this.chunks = [];
      for (const record of log) this.push(record);
      takeLive(this.newest(), live);
      this.keepWithin();
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
        chunk.writes = old.log.length + old.live.length;
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
      const before = chunk;
      chunk = this.addChunk();
      moveState(before, chunk);
    }
    chunk.log.push(record);
    chunk.bytes += record.length;
    chunk.writes += 1;
    arrayOf(chunk.map, 'log').push([record]);
  }

  /** Streaming that went on without an entry has filled the newest chunk with what it left behind: it goes on in a fresh one. */
  private turn(): void {
    const before = this.newest();
    const hasLog = before.log.length > 0;
    if (!hasLog) this.chunks.pop();
    const chunk = this.addChunk();
    moveState(before, chunk);
    const live = before.live.splice(0);
    const array = arrayOf(before.map, 'live');
    array.delete(0, array.length);
    takeLive(chunk, live);
    const tail = tailOf(this.doc);
    if (!hasLog) tail.delete(tail.length - 2, 1);
  }

  /** [B2] The oldest entries give way: they come by fetch. */
  private keepWithin(): void {
    while (this.bytes > LIMITS.documentBytes && this.chunks.length > 1) {
      this.dropOldest(this.newest());
    }
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
    takeLive(newest, oldest.live);
  }

  private write(change: () => void): void {
    this.doc.transact(change, this);
  }
}

/** The newest chunk alone has the state: who reads it sees the whole picture. */
function moveState(from: Chunk, to: Chunk): void {
  if (!from.state) return;
  to.state = from.state;
  to.map.set('state', from.state);
  from.state = undefined;
  from.map.delete('state');
}

function takeLive(chunk: Chunk, pieces: readonly WrittenPiece[]): void {
  chunk.live.push(...pieces);
  chunk.writes += pieces.length;
  arrayOf(chunk.map, 'live').push(pieces.map(({ record }) => record));
}

function bytesOf(pieces: readonly WrittenPiece[]): number {
  return pieces.reduce((sum, { record }) => sum + record.length, 0);
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
