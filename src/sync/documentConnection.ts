// One Yjs document over one y-websocket connection: the stock client with its sharp edges covered.
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding';
import { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import * as z from 'zod/mini';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { CLOSE, isFinalClose } from '../protocol/closeCodes.ts';
import { LIMITS } from '../protocol/limits.ts';
import { SUBPROTOCOL } from '../protocol/version.ts';

/** y-websocket's message type of awareness. */
const MESSAGE_AWARENESS = 1;
/** A document without awareness asks again this often, because the client drops a socket that is silent for 30 s. */
const RESYNC_MS = 12_000;
/** Longest pause between two tries to connect; each connection draws its own, so that many do not come back at once. */
const MAX_BACKOFF_MS = 4_000;

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
  readonly webSocket: typeof WebSocket;
  /** Random number in [0, 1), for pauses. */
  readonly random: () => number;
}

/** Keeps a document in sync with a relay until it is disposed. */
export class DocumentConnection implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly provider: WebsocketProvider;
  private readonly changed = new Emitter<ConnectionStatus>();
  private current: ConnectionStatus = { kind: 'connecting' };
  /** The close that is told now is our own: no news. */
  private isReconnecting = false;

  readonly onDidChange = this.changed.event;

  constructor(options: DocumentConnectionOptions) {
    const awareness = new Awareness(options.doc);
    if (!options.withAwareness) awareness.setLocalState(null);
    this.provider = new WebsocketProvider(options.url, options.name, options.doc, {
      connect: false,
      awareness,
      protocols: protocolsFor(options.token),
      WebSocketPolyfill: guardedSocket(options.webSocket),
      disableBc: true,
      maxBackoffTime: MAX_BACKOFF_MS * (0.5 + options.random() / 2),
      ...(options.withAwareness ? {} : { resyncInterval: RESYNC_MS }),
    });
    this.sendOnlyOwnAwareness(awareness);
    const { provider } = this;
    provider.on('sync', (isSynced) => {
      if (isSynced) this.set({ kind: 'synced' });
    });
    provider.on('connection-close', (event) => {
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
    // A relay that has just lost its disk knows no room until the host has claimed it again.
    provider.shouldReconnect = ({ code }) => code === CLOSE.noRoom || !isFinalClose(code);
    this.disposables.defer(() => {
      provider.destroy();
      awareness.destroy();
      this.changed.dispose();
    });
    provider.connect();
  }

  get status(): ConnectionStatus {
    return this.current;
  }

  get awareness(): Awareness {
    return this.provider.awareness;
  }

  get url(): string {
    return this.provider.serverUrl;
  }

  /** Changes address and token in place; they count from the next try on. */
  setAddress(url: string, token: string | undefined): void {
    this.provider.serverUrl = url;
    this.provider.protocols = protocolsFor(token);
  }

  /** Tries again now, also after a final close. */
  reconnect(): void {
    if (this.disposables.isDisposed) return;
    this.isReconnecting = true;
    this.provider.disconnect();
    this.isReconnecting = false;
    this.provider.wsUnsuccessfulReconnects = 0;
    this.set({ kind: 'connecting' });
    this.provider.connect();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private set(status: ConnectionStatus): void {
    if (this.disposables.isDisposed) return;
    const isSame = JSON.stringify(status) === JSON.stringify(this.current);
    this.current = status;
    // A room that is still not known is news each time: it matters for how long.
    const isStillUnknown = status.kind === 'offline' && status.code === CLOSE.noRoom;
    if (!isSame || isStillUnknown) this.changed.fire(status);
  }

  /** The stock client repeats everybody's state: with 64 members one change would be 4,096 deliveries. */
  private sendOnlyOwnAwareness(awareness: Awareness): void {
    const { provider } = this;
    awareness.off('update', provider._awarenessUpdateHandler);
    const own = awareness.clientID;
    type Change = { added: number[]; updated: number[]; removed: number[] };
    const handler = ({ added, updated, removed }: Change): void => {
      if (![...added, ...updated, ...removed].includes(own)) return;
      const { ws } = provider;
      if (!provider.wsconnected || ws?.readyState !== 1) return;
      const encoder = createEncoder();
      writeVarUint(encoder, MESSAGE_AWARENESS);
      writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [own]));
      ws.send(toUint8Array(encoder));
    };
    awareness.on('update', handler);
    this.disposables.defer(() => awareness.off('update', handler));
  }
}

function protocolsFor(token: string | undefined): string[] {
  return token === undefined ? [] : [SUBPROTOCOL, token];
}

function closeText(event: CloseEvent | null): string {
  if (!event) return 'no answer for 30 s';
  return event.reason || `connection closed (${event.code})`;
}

/**
 * Sockets whose messages cannot throw into the event loop, and that take only bytes of a bounded
 * size. A proxy around the constructor, not a subclass: VS Code's own patch of WebSocket returns
 * objects of another class.
 */
function guardedSocket(base: typeof WebSocket): typeof WebSocket {
  return new Proxy(base, {
    construct(target, [url, protocols]: [string, string[]]) {
      const socket = new target(url, protocols);
      let handler: ((event: MessageEvent) => void) | null = null;
      Object.defineProperty(socket, 'onmessage', {
        get: () => handler,
        set: (next: ((event: MessageEvent) => void) | null) => {
          handler = next;
        },
      });
      socket.addEventListener('message', (event) => {
        const data: unknown = event.data;
        if (!(data instanceof ArrayBuffer) || data.byteLength > LIMITS.frameBytes * 2) {
          socket.close(4000, 'unexpected message');
          return;
        }
        try {
          handler?.(event);
        } catch {
          socket.close(4000, 'malformed message');
        }
      });
      return socket;
    },
  });
}

/** Why a connection failed, as far as the runtime tells: browsers do not, Node and VS Code do. */
function errorReason(event: Event): string {
  const { error, message } = eventErrorSchema.safeParse(event).data ?? {};
  const cause = error?.cause?.message ?? error?.message ?? message;
  return cause === undefined || cause === '' ? 'no connection' : cause;
}
