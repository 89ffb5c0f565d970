// Names and shapes inside the Yjs documents: nothing else knows them. Values from a wire are checked here.
import * as Y from 'yjs';
import { equalBytes } from '../base/bytes.ts';

/** Root of the newest chunks: Y.Array of Y.Map {log, live, state}. */
export function tailOf(doc: Y.Doc): Y.Array<unknown> {
  return doc.getArray('tail');
}

/** Root of the card: Y.Map with the one key 'card'. */
export function cardOf(doc: Y.Doc): Y.Map<unknown> {
  return doc.getMap('card');
}

/** Root of a knock document, and of a channel's commands: Y.Array of records. */
export function outOf(doc: Y.Doc): Y.Array<unknown> {
  return doc.getArray('out');
}

/** Root of a channel's answers: Y.Map from command id to record. */
export function inOf(doc: Y.Doc): Y.Map<unknown> {
  return doc.getMap('in');
}

/** One chunk as read: records in order. */
export interface ChunkRecords {
  readonly log: readonly Uint8Array[];
  readonly live: readonly Uint8Array[];
  readonly state: Uint8Array | undefined;
}

/** All chunks of a main document; what is of another shape is passed over. */
export function readChunks(doc: Y.Doc): readonly ChunkRecords[] {
  const chunks: ChunkRecords[] = [];
  for (const item of tailOf(doc).toArray()) {
    if (!(item instanceof Y.Map)) continue;
    const state: unknown = item.get('state');
    chunks.push({
      log: recordsOf(item.get('log')),
      live: recordsOf(item.get('live')),
      state: state instanceof Uint8Array ? state : undefined,
    });
  }
  return chunks;
}

/** The card's bytes. */
export function readCard(doc: Y.Doc): Uint8Array | undefined {
  const card = cardOf(doc).get('card');
  return card instanceof Uint8Array ? card : undefined;
}

/** The byte records of an array; other items are passed over. */
export function recordsOf(value: unknown): readonly Uint8Array[] {
  if (!(value instanceof Y.Array)) return [];
  return value.toArray().filter((item): item is Uint8Array => item instanceof Uint8Array);
}

/** Place of a record in an array, by its bytes (Yjs keeps a copy of what is pushed); -1 if it is not there. */
export function placeOfRecord(array: Y.Array<unknown>, record: Uint8Array): number {
  return array
    .toArray()
    .findIndex((item) => item instanceof Uint8Array && equalBytes(item, record));
}
