// One document over one socket, once: read, changed if need be, and left when the relay has the change.
import { createDecoder, type Decoder, readVarUint, readVarUint8Array } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding';
import { writeSyncStep1, writeUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';
import type { Clock } from '../base/clock.ts';
import { DisposableStore } from '../base/disposable.ts';
import { LIMITS } from '../protocol/limits.ts';
import { SUBPROTOCOL } from '../protocol/version.ts';
import { exchangeFailed } from './errors.ts';

/** y-websocket's message type, and the steps of its sync protocol. */
const MESSAGE_SYNC = 0;
const STEP_2 = 1;
const UPDATE = 2;
/** A relay that has not done its part by then is given up. */
const PATIENCE_MS = 60_000;
/** What a document of one part brings at the most, with all that was deleted there. */
const MAX_BYTES = LIMITS.updateLogBytes;

/** What an exchange needs. */
export interface ExchangeOptions {
  /** ws:// or wss:// address of the relay. */
  readonly url: string;
  /** Name of the document. */
  readonly name: string;
  readonly token: string;
  readonly webSocket: typeof WebSocket;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** What stands there does not matter: it is changed without being read first. */
  readonly isFresh?: boolean;
}

/**
 * Reads a document; with `change`, writes what that changes, and resolves when the relay has taken it.
 * Rejects with AppError relay-refused (its code says why), relay-unreachable or timeout, or with the
 * signal's reason. Nothing reconnects: who wants it tries again.
 */
export async function exchangeDocument(
  options: ExchangeOptions,
  change?: (doc: Y.Doc) => void,
): Promise<Y.Doc> {
  const { url, name, token, webSocket, clock, signal } = options;
  signal?.throwIfAborted();
  const doc = new Y.Doc();
  const waiting = new DisposableStore();
  const socket = new webSocket(`${url}/${name}`, [SUBPROTOCOL, token]);
  socket.binaryType = 'arraybuffer';
  try {
    await new Promise<void>((resolve, reject) => {
      const exchange = new Exchange(socket, doc, change);
      const failed = (code: number | undefined): void => reject(exchangeFailed(code));
      socket.addEventListener('open', () => {
        if (options.isFresh !== true || !exchange.changeDocument()) exchange.ask();
      });
      socket.addEventListener('error', () => failed(undefined));
      socket.addEventListener('close', (event) => failed(event.code));
      socket.addEventListener('message', (event) => {
        try {
          if (exchange.take(event.data)) resolve();
        } catch {
          failed(undefined);
        }
      });
      waiting.add(clock.after(PATIENCE_MS, () => failed(undefined)));
      const stop = (): void => resolve();
      signal?.addEventListener('abort', stop, { once: true });
      waiting.defer(() => signal?.removeEventListener('abort', stop));
    });
    signal?.throwIfAborted();
    return doc;
  } finally {
    waiting.dispose();
    socket.close();
  }
}

/** What is said, in its order. */
class Exchange {
  private readonly socket: WebSocket;
  private readonly doc: Y.Doc;
  private readonly change: ((doc: Y.Doc) => void) | undefined;
  private isChanged = false;
  private bytes = 0;

  constructor(socket: WebSocket, doc: Y.Doc, change: ((doc: Y.Doc) => void) | undefined) {
    this.socket = socket;
    this.doc = doc;
    this.change = change;
  }

  /** Asks for what is missing here; the answer comes after all that was sent before. */
  ask(): void {
    const encoder = createEncoder();
    writeVarUint(encoder, MESSAGE_SYNC);
    writeSyncStep1(encoder, this.doc);
    this.socket.send(toUint8Array(encoder));
  }

  /** Takes a message; true when all is done. Throws if it is none. */
  take(data: unknown): boolean {
    if (!(data instanceof ArrayBuffer)) throw new Error('no bytes');
    this.bytes += data.byteLength;
    if (this.bytes > MAX_BYTES) throw new Error('too much');
    const decoder = createDecoder(new Uint8Array(data));
    return readVarUint(decoder) === MESSAGE_SYNC && this.sync(decoder);
  }

  private sync(decoder: Decoder): boolean {
    const step = readVarUint(decoder);
    if (step !== STEP_2 && step !== UPDATE) return false;
    Y.applyUpdate(this.doc, readVarUint8Array(decoder), this);
    if (step === UPDATE) return false;
    return this.isChanged || !this.changeDocument();
  }

  /** Changes the document and sends what that came to; false if it was nothing. */
  changeDocument(): boolean {
    const { change, doc } = this;
    if (!change) return false;
    this.isChanged = true;
    const before = Y.encodeStateVector(doc);
    let isNews = false;
    const note = (): void => {
      isNews = true;
    };
    doc.on('update', note);
    doc.transact(() => change(doc));
    doc.off('update', note);
    if (!isNews) return false;
    const encoder = createEncoder();
    writeVarUint(encoder, MESSAGE_SYNC);
    writeUpdate(encoder, Y.encodeStateAsUpdate(doc, before));
    this.socket.send(toUint8Array(encoder));
    this.ask();
    return true;
  }
}
