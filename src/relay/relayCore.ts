// The relay without its network: who is let in, what is kept, and what happens by time.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import { DisposableStore } from '../base/disposable.ts';
import { type Logger, errorText } from '../base/log.ts';
import { Addresses } from './door/addresses.ts';
import { Claims } from './door/claims.ts';
import { hostNameOf, isLoopbackHost, isLoopbackName } from './door/hostNames.ts';
import { createHttpHandler } from './door/http.ts';
import { loadJoinPage } from './door/joinPage.ts';
import { SocketGate } from './door/socketGate.ts';
import type { HoldingStream } from './door/turnBatch.ts';
import { Documents } from './documents/documents.ts';
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from './relayLimits.ts';
import type { RoomStore } from './stores/roomStore.ts';

/** What a core is made of. The store stays the caller's: close it after the core. */
export interface RelayCoreOptions {
  /** Address that the relay is listened to on, default 127.0.0.1. */
  readonly host?: string;
  /** Address under which others reach the relay, if a proxy or tunnel stands before it. */
  readonly publicUrl?: string | undefined;
  /** If set, claims need it as bearer token. */
  readonly accessKey?: string | undefined;
  /** Admits everybody to every document, with or without token: for trying it out only. */
  readonly open?: boolean;
  readonly store: RoomStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Overrides of the default bounds. */
  readonly limits?: Partial<RelayLimits>;
}

/** Requests and sockets come in here, from whatever network. */
export interface RelayCore {
  readonly limits: RelayLimits;
  readonly addresses: Addresses;
  /** Number of documents in memory. */
  readonly documents: number;
  /** Adds the host of a URL to the names that a loopback relay answers under. */
  allowHostOf(url: string): void;
  /** Whether the relay answers under this `Host` header. */
  isHostAllowed(header: string | undefined): boolean;
  /** Answers a request of HTTP. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Takes a socket whose handshake is done, and the stream below it if that can hold back. */
  accept(socket: WebSocket, request: IncomingMessage, stream?: HoldingStream): void;
  /** Begins what happens by time. */
  start(): void;
  /** Ends that, and all waits at the door: the sockets are the network's to cut. */
  stop(): void;
  /** After the last socket: makes everything durable. */
  settle(): Promise<void>;
}

/** Makes one that waits for `start`. */
export function createRelayCore(options: RelayCoreOptions): RelayCore {
  const limits = { ...DEFAULT_RELAY_LIMITS, ...options.limits };
  const { store, clock, log, accessKey, host = '127.0.0.1', open: isOpen = false } = options;
  const lifetime = new DisposableStore();
  const addresses = new Addresses({ clock, limits });
  const claims = new Claims({ store, clock, limits });
  const documents = new Documents({ store, clock, limits, log, isOpen });
  const gate = new SocketGate({ claims, addresses, documents, clock, limits, log, isOpen });
  const names = new Set<string>();
  const allowHostOf = (url: string): void => {
    if (URL.canParse(url)) names.add(new URL(url).hostname);
  };
  if (options.publicUrl) allowHostOf(options.publicUrl);
  const isHostAllowed = (header: string | undefined): boolean =>
    !isLoopbackHost(host) || isLoopbackName(header) || names.has(hostNameOf(header));
  const page = loadJoinPage();
  const http = { claims, addresses, limits, log, page, accessKey, isHostAllowed };
  const prune = (): void => {
    const unusedSince = clock.now() - limits.roomKeptMs;
    store.prune(gate.roomsInMemory(), unusedSince).then(
      (rooms) => rooms > 0 && log.info('rooms that nobody used were forgotten', { rooms }),
      (error: unknown) => log.error('old rooms were not forgotten', { error: errorText(error) }),
    );
  };
  return {
    limits,
    addresses,
    get documents() {
      return documents.size;
    },
    allowHostOf,
    isHostAllowed,
    answer: createHttpHandler(http),
    accept(socket, request, stream) {
      socket.on('error', (error) => log.debug('socket error', { error: errorText(error) }));
      gate.enter(socket, request, stream).catch((error: unknown) => {
        log.error('admission failed', { error: errorText(error) });
        socket.close(1011, 'relay failed');
      });
    },
    start() {
      lifetime.add(clock.every(limits.pingMs, () => gate.ping()));
      lifetime.add(clock.every(limits.sweepMs, () => gate.sweep()));
      prune();
      lifetime.add(clock.every(limits.pruneMs, prune));
      lifetime.add(claims.onDidChange((room) => gate.judgeAgain(room)));
      if (isOpen) log.warn('open relay: everybody may read and write every room');
      else if (!isLoopbackHost(host) && accessKey === undefined) {
        log.warn(
          'everybody who reaches this relay may open rooms on it; an access key prevents that',
        );
      }
    },
    stop() {
      lifetime.dispose();
      gate.close();
    },
    async settle() {
      // No compaction now: with many documents it would outlast the patience of who ends the relay.
      documents.close();
      await store.flush();
    },
  };
}
