// One Yjs document over one y-websocket connection: the stock client with its sharp edges covered.
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding';
import { uint32 } from 'lib0/random';
import { writeSyncStep1 } from 'y-protocols/sync';
import { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import * as z from 'zod/mini';
import type { Clock } from '../base/clock.ts';
import { type Disposable, toDisposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { CLOSE, isFinalClose } from '../protocol/closeCodes.ts';
import { SUBPROTOCOL } from '../protocol/version.ts';
import { guardedSocket } from './guardedSocket.ts';

/** y-websocket's message types. */
const MESSAGE_SYNC = 0;
const MESSAGE_AWARENESS = 1;
const MESSAGE_QUERY_AWARENESS = 3;
/** A document without awareness asks again this often, because the client drops a socket that is silent for 30 s. */
const RESYNC_MS = 12_000;
/** Longest pause between two tries to connect; each connection draws its own, so that many do not come back at once. */
const MAX_BACKOFF_MS = 4_000;
/** A handshake that nobody has answered by then is given up: the runtime's own patience lasts minutes. */
const OPENING_MS = 12_000;
const NO_ANSWER = 'no answer';

/**
 * Closes that are final for others. A relay that has just lost its disk knows no room until the host
 * has claimed it again; what we send is no bad message before somebody on the way has altered it.
 */
const COMES_BACK: ReadonlySet<number> = new Set([CLOSE.noRoom, CLOSE.badMessage]);

const errorSchema = z.looseObject({ message: z.optional(z.string()) });
const eventErrorSchema = z.looseObject({
  message: z.optional(z.string()),
  error: z.optional(
    z.looseObject({ message: z.optional(z.string()), cause: z.optional(errorSchema) }),
  ),
});

/** How a connection stands. */
export type ConnectionStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'synced' }
  /** Comes back by itself; `code` is the close code, if the relay gave one. */
  | { readonly kind: 'offline'; readonly reason: string; readonly code?: number }
  /** The relay said no for good: nothing reconnects until `reconnect`. */
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

/** What a connection needs. */
export interface DocumentConnectionOptions {
  readonly doc: Y.Doc;
  readonly name: string;
  /** ws:// or wss:// address of the relay. */
  readonly url: string;
  /** Admission token; without one no subprotocol is offered (stock servers). */
  readonly token?: string;
  /** Takes part in awareness; else its state is null and nothing of it is sent. */
  readonly withAwareness?: boolean;
  /**
   * The document is only read. Then each socket speaks as another client: the relay's late goodbye
   * of a dead one takes away what that one said, and nothing that was said since.
   */
  readonly isReader?: boolean;
  readonly clock: Clock;
  readonly webSocket: typeof WebSocket;
  /** Random number in [0, 1), for pauses. */
  readonly random: () => number;
}

/** One provider with the awareness that speaks through it. */
interface Provider {
  readonly provider: WebsocketProvider;
  readonly awareness: Awareness;
  readonly handler: Disposable;
  /** Ends the wait for an answer to the handshake. */
  opening?: Disposable | undefined;
}

/** Keeps a document in sync with a relay until it is disposed. */
export class DocumentConnection implements Disposable {
  private readonly options: DocumentConnectionOptions;
  private readonly changed = new Emitter<ConnectionStatus>();
  private readonly heard = new Emitter<void>();
  private readonly renewed = new Emitter<void>();
  private readonly opened = new Emitter<void>();
  private readonly socket: typeof WebSocket;
  private current: ConnectionStatus = { kind: 'connecting' };
  private link: Provider;
  private isDisposed = false;
  /** The close that is told now is our own: no news. */
  private isReconnecting = false;

  readonly onDidChange = this.changed.event;
  /** Something came from the relay: the socket lives. */
  readonly onDidHear = this.heard.event;
  /** A socket is open: what was said on the one before may be forgotten by the relay. */
  readonly onDidOpen = this.opened.event;
  /** Another document, and another awareness, took the place of the ones before. */
  readonly onDidRenew = this.renewed.event;

  constructor(options: DocumentConnectionOptions) {
    this.options = options;
    this.socket = guardedSocket(options.webSocket, () => this.heard.fire());
    this.link = this.open(options.doc, options.url, options.token);
    this.link.provider.connect();
  }

  get status(): ConnectionStatus {
    return this.current;
  }

  get awareness(): Awareness {
    return this.link.awareness;
  }

  get url(): string {
    return this.link.provider.serverUrl;
  }

  /** Changes address and token in place; they count from the next try on. */
  setAddress(url: string, token: string | undefined): void {
    this.link.provider.serverUrl = url;
    this.link.provider.protocols = protocolsFor(token);
  }

  /** Tries again now, also after a final close. A socket that is open is closed without waiting for it. */
  reconnect(): void {
    if (this.isDisposed) return;
    const { provider } = this.link;
    this.cut();
    provider.wsUnsuccessfulReconnects = 0;
    this.set({ kind: 'connecting' });
    provider.connect();
  }

  /** Asks the relay on the same socket for what is missing here; it answers also if nothing is. */
  ask(): void {
    const { provider } = this.link;
    send(provider, MESSAGE_SYNC, (encoder) => writeSyncStep1(encoder, provider.doc));
  }

  /**
   * Forgets what the others have said, and asks the relay for what they say. A count that was altered
   * on its way makes everything that its client says later older than that.
   */
  hearAnew(): void {
    const { provider, awareness } = this.link;
    forgetOthers(awareness);
    send(provider, MESSAGE_QUERY_AWARENESS);
  }

  /** Goes on with another document, on a new socket: what was taken in for good and wrong is not in it. */
  renew(doc: Y.Doc): void {
    if (this.isDisposed) return;
    const { url, protocols } = { url: this.url, protocols: this.link.provider.protocols };
    this.isReconnecting = true;
    close(this.link, this.options.clock);
    this.isReconnecting = false;
    this.link = this.open(doc, url, protocols[1]);
    this.set({ kind: 'connecting' });
    this.renewed.fire();
    this.link.provider.connect();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    close(this.link, this.options.clock);
    for (const emitter of [this.changed, this.heard, this.renewed, this.opened]) emitter.dispose();
  }

  private open(doc: Y.Doc, url: string, token: string | undefined): Provider {
    const { name, withAwareness, random } = this.options;
    const awareness = new Awareness(doc);
    if (!withAwareness) awareness.setLocalState(null);
    const provider = new WebsocketProvider(url, name, doc, {
      connect: false,
      awareness,
      protocols: protocolsFor(token),
      WebSocketPolyfill: this.socket,
      disableBc: true,
      maxBackoffTime: MAX_BACKOFF_MS * (0.5 + random() / 2),
      ...(withAwareness ? {} : { resyncInterval: RESYNC_MS }),
    });
    const { clock } = this.options;
    const link: Provider = {
      provider,
      awareness,
      handler: sendOnlyOwnAwareness(provider, awareness),
    };
    provider.on('status', ({ status }) => {
      link.opening?.dispose();
      if (status === 'connecting') {
        if (this.options.isReader) doc.clientID = uint32();
        speakAs(doc, awareness, clock.now());
        forgetOthers(awareness);
        link.opening = clock.after(OPENING_MS, () => this.giveUp());
      }
      if (status === 'connected') this.opened.fire();
    });
    provider.on('sync', (isSynced) => {
      if (isSynced) this.set({ kind: 'synced' });
    });
    provider.on('connection-close', (event) => {
      speakAs(doc, awareness, clock.now());
      if (this.isReconnecting) return;
      const code = event ? { code: event.code } : {};
      this.set({ kind: 'offline', reason: closeText(event), ...code });
    });
    provider.on('connection-error', (event) => {
      if (this.current.kind !== 'closed') this.set({ kind: 'offline', reason: errorReason(event) });
    });
    provider.on('closed', (event) => {
      this.set({ kind: 'closed', code: event.code, reason: event.reason });
    });
    provider.shouldReconnect = ({ code }) => COMES_BACK.has(code) || !isFinalClose(code);
    return link;
  }

  /** Closes the socket, and says nothing of it: another one is opened. */
  private cut(): void {
    this.isReconnecting = true;
    const { provider, awareness } = this.link;
    speakAs(provider.doc, awareness, this.options.clock.now());
    provider.disconnect();
    this.isReconnecting = false;
  }

  private giveUp(): void {
    this.set({ kind: 'offline', reason: NO_ANSWER });
    const { provider } = this.link;
    this.cut();
    provider.connect();
  }

  private set(status: ConnectionStatus): void {
    if (this.isDisposed) return;
    const isSame = JSON.stringify(status) === JSON.stringify(this.current);
    this.current = status;
    // A room that is still not known is news each time: it matters for how long.
    const isStillUnknown = status.kind === 'offline' && status.code === CLOSE.noRoom;
    if (!isSame || isStillUnknown) this.changed.fire(status);
  }
}

function close({ provider, awareness, handler, opening }: Provider, clock: Clock): void {
  opening?.dispose();
  handler.dispose();
  speakAs(provider.doc, awareness, clock.now());
  provider.destroy();
  awareness.destroy();
}

/** Sends a message of a type, if a socket is open. */
function send(
  provider: WebsocketProvider,
  type: number,
  write: (encoder: Encoder) => void = () => undefined,
): void {
  if (!provider.wsconnected || provider.ws?.readyState !== 1) return;
  const encoder = createEncoder();
  writeVarUint(encoder, type);
  write(encoder);
  provider.ws.send(toUint8Array(encoder));
}

/** The stock client repeats everybody's state: with 64 members one change would be 4,096 deliveries. */
function sendOnlyOwnAwareness(provider: WebsocketProvider, awareness: Awareness): Disposable {
  awareness.off('update', provider._awarenessUpdateHandler);
  type Change = { added: number[]; updated: number[]; removed: number[] };
  const handler = ({ added, updated, removed }: Change): void => {
    const own = awareness.clientID;
    if (![...added, ...updated, ...removed].includes(own)) return;
    send(provider, MESSAGE_AWARENESS, (encoder) =>
      writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [own])),
    );
  };
  awareness.on('update', handler);
  return toDisposable(() => awareness.off('update', handler));
}

/**
 * What is said is said by the document's client. Yjs gives a document another one when an update says
 * to be of its own, and the stock client then looks for what that one has said, and throws.
 */
function speakAs(doc: Y.Doc, awareness: Awareness, now: number): void {
  const { clientID: before, states, meta } = awareness;
  if (doc.clientID === before) return;
  const said = awareness.getLocalState();
  for (const kept of [states, meta]) kept.delete(before);
  awareness.clientID = doc.clientID;
  meta.set(doc.clientID, { clock: 0, lastUpdated: now });
  if (said) states.set(doc.clientID, said);
}

/** Who it was is told by nobody: whoever is there is told by the relay again. */
function forgetOthers({ clientID, states, meta }: Awareness): void {
  for (const kept of [states, meta]) {
    for (const client of kept.keys()) if (client !== clientID) kept.delete(client);
  }
}

function protocolsFor(token: string | undefined): string[] {
  return token === undefined ? [] : [SUBPROTOCOL, token];
}

function closeText(event: CloseEvent | null): string {
  if (!event) return 'no answer for 30 s';
  return event.reason || `connection closed (${event.code})`;
}

/** Why a connection failed, as far as the runtime tells: browsers do not, Node and VS Code do. */
function errorReason(event: Event): string {
  const { error, message } = eventErrorSchema.safeParse(event).data ?? {};
  const cause = error?.cause?.message ?? error?.message ?? message;
  return cause === undefined || cause === '' ? 'no connection' : cause;
}
