// What an update of a guest brings, read without a Y.Doc: whether it follows on what a document has.
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** Next clock of each Yjs client that wrote in a document. */
export type Clocks = ReadonlyMap<number, number>;

/** Ranges that one update may delete: each can split an item, which costs more the more there are. */
const MAX_DELETED_RANGES = 4096;

/** A decoded update. */
export type DecodedUpdate = ReturnType<typeof Y.decodeUpdate>;

/** Decodes bytes of a guest; undefined if they are no Yjs update. Takes time by their length only. */
export function decodeGuestUpdate(bytes: Uint8Array): DecodedUpdate | undefined {
  try {
    return Y.decodeUpdate(bytes);
  } catch {
    return undefined;
  }
}

/** Whether an update deletes more ranges than any honest document has. */
export function deletesTooMuch({ ds }: DecodedUpdate): boolean {
  let ranges = 0;
  for (const items of ds.clients.values()) ranges += items.length;
  return ranges > MAX_DELETED_RANGES;
}

/** How many clients write in it that never wrote in the document. */
export function newWriters({ structs }: DecodedUpdate, clocks: Clocks): number {
  const writers = new Set<number>();
  for (const { id } of structs) if (!clocks.has(id.client)) writers.add(id.client);
  return writers.size;
}

/**
 * How an update moves the clocks if it is of one client and builds only on what is there: the usual
 * case, cheap to tell. Undefined if it takes a Y.Doc to tell.
 */
export function advanceOf(update: DecodedUpdate, clocks: Clocks): Clocks | undefined {
  const client = update.structs[0]?.id.client;
  let next = client === undefined ? 0 : (clocks.get(client) ?? 0);
  const isKnown = (id: Y.ID | null, before: number): boolean =>
    id === null || id.clock < (id.client === client ? before : (clocks.get(id.client) ?? 0));
  for (const struct of update.structs) {
    const { id, length } = struct;
    if (id.client !== client || id.clock > next || struct instanceof Y.Skip) return undefined;
    if (struct instanceof Y.Item) {
      const parent = struct.parent instanceof Y.ID ? struct.parent : null;
      const needs = [struct.origin, struct.rightOrigin, parent];
      if (!needs.every((each) => isKnown(each, id.clock))) return undefined;
    }
    next = Math.max(next, id.clock + length);
  }
  for (const [writer, items] of update.ds.clients) {
    const end = writer === client ? next : (clocks.get(writer) ?? 0);
    if (items.some(({ clock, len }) => len === 0 || clock + len > end)) return undefined;
  }
  return new Map(client === undefined ? [] : [[client, next]]);
}

/** An update that deletes everything that these clients wrote. */
export function deletionOf(clocks: Clocks): Uint8Array {
  const encoder = encoding.createEncoder();
  const writers = [...clocks].filter(([, next]) => next > 0);
  const numbers = [0, writers.length, ...writers.flatMap(([client, next]) => [client, 1, 0, next])];
  for (const value of numbers) encoding.writeVarUint(encoder, value);
  return encoding.toUint8Array(encoder);
}
