// The y-websocket wire: decodes and encodes its messages without looking into Yjs.
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const QUERY_AWARENESS = 3;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;

/** A Yjs update without content: nothing inserted, nothing deleted. */
export const EMPTY_UPDATE = new Uint8Array([0, 0]);
/** The state vector of an empty document. */
export const EMPTY_STATE_VECTOR = new Uint8Array([0]);

/** A message of a client. Byte arrays are views into the frame: copy what is kept. */
export type ClientMessage =
  | { readonly kind: 'step1'; readonly stateVector: Uint8Array }
  | { readonly kind: 'step2' | 'update'; readonly update: Uint8Array }
  | { readonly kind: 'awareness'; readonly payload: Uint8Array }
  | { readonly kind: 'queryAwareness' }
  | { readonly kind: 'ignored' };

/** One client's state in an awareness message; `state` is its JSON text, 'null' when it left. */
export interface AwarenessEntry {
  readonly clientId: number;
  readonly clock: number;
  readonly state: string;
}

/** Reads one frame; undefined if it is not a y-websocket message. */
export function decodeMessage(frame: Uint8Array): ClientMessage | undefined {
  try {
    const decoder = decoding.createDecoder(frame);
    const message = readMessage(decoder);
    // Also true after reading past the end: lib0 then reads on in the buffer's memory.
    return decoding.hasContent(decoder) ? undefined : message;
  } catch {
    return undefined;
  }
}

function readMessage(decoder: decoding.Decoder): ClientMessage | undefined {
  switch (decoding.readVarUint(decoder)) {
    case SYNC:
      return readSync(decoder);
    case AWARENESS:
      return { kind: 'awareness', payload: decoding.readVarUint8Array(decoder) };
    case AUTH:
      decoding.readTailAsUint8Array(decoder);
      return { kind: 'ignored' };
    case QUERY_AWARENESS:
      return { kind: 'queryAwareness' };
    default:
      return undefined;
  }
}

function readSync(decoder: decoding.Decoder): ClientMessage | undefined {
  const step = decoding.readVarUint(decoder);
  const payload = decoding.readVarUint8Array(decoder);
  switch (step) {
    case STEP_1:
      return { kind: 'step1', stateVector: payload };
    case STEP_2:
      return { kind: 'step2', update: payload };
    case UPDATE:
      return { kind: 'update', update: payload };
    default:
      return undefined;
  }
}

/** Entries of an awareness payload; undefined if malformed or more than `maxEntries`. */
export function decodeAwareness(
  payload: Uint8Array,
  maxEntries: number,
): readonly AwarenessEntry[] | undefined {
  try {
    const decoder = decoding.createDecoder(payload);
    const count = decoding.readVarUint(decoder);
    if (count > maxEntries) return undefined;
    const entries: AwarenessEntry[] = [];
    for (let i = 0; i < count; i += 1) {
      entries.push({
        clientId: decoding.readVarUint(decoder),
        clock: decoding.readVarUint(decoder),
        state: decoding.readVarString(decoder),
      });
    }
    return decoding.hasContent(decoder) ? undefined : entries;
  } catch {
    return undefined;
  }
}

/**
 * The state as clients may get it: their JSON.parse throws on anything else, which ends the whole
 * connection of a stock client. Undefined if the text is no JSON object; 'null' if its client left.
 */
export function readAwarenessState(text: string): string | undefined {
  try {
    const state: unknown = JSON.parse(text);
    if (state === null) return 'null';
    return typeof state === 'object' && !Array.isArray(state) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The question "what do you have that I lack?", with our state vector. */
export function encodeStep1(stateVector: Uint8Array): Uint8Array {
  return encodeSync(STEP_1, stateVector);
}

/** The answer to step 1: with it a client counts as synced. */
export function encodeStep2(update: Uint8Array): Uint8Array {
  return encodeSync(STEP_2, update);
}

/** One update. */
export function encodeUpdate(update: Uint8Array): Uint8Array {
  return encodeSync(UPDATE, update);
}

/** An awareness message of these entries. */
export function encodeAwareness(entries: readonly AwarenessEntry[]): Uint8Array {
  const body = encoding.createEncoder();
  encoding.writeVarUint(body, entries.length);
  for (const entry of entries) {
    encoding.writeVarUint(body, entry.clientId);
    encoding.writeVarUint(body, entry.clock);
    encoding.writeVarString(body, entry.state);
  }
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, AWARENESS);
  encoding.writeVarUint8Array(encoder, encoding.toUint8Array(body));
  return encoding.toUint8Array(encoder);
}

function encodeSync(step: number, payload: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, SYNC);
  encoding.writeVarUint(encoder, step);
  encoding.writeVarUint8Array(encoder, payload);
  return encoding.toUint8Array(encoder);
}
