// The relay: an HTTP and WebSocket server that admits, relays and keeps, and understands nothing.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../base/clock.ts';
import { DisposableStore } from '../base/disposable.ts';
import { type Logger, errorText } from '../base/log.ts';
import { SUBPROTOCOL } from '../protocol/version.ts';
import { Addresses } from './door/addresses.ts';
import { Claims } from './door/claims.ts';
import { Documents } from './documents/documents.ts';
import { cannotListen, portBusy } from './errors.ts';
import { SocketGate } from './door/socketGate.ts';
import { clientOf, hostNameOf, isLoopbackHost, isLoopbackName, peerOf } from './door/hostNames.ts';
import { createHttpHandler } from './door/http.ts';
import { loadJoinPage } from './door/joinPage.ts';
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from './relayLimits.ts';
import type { RoomStore } from './stores/roomStore.ts';

/** What a relay is made of. The store stays the caller's: close it after the relay. */
export interface RelayOptions {
  /** Address to listen on, default 127.0.0.1. */
  readonly host?: string;
  /** Port, 0 for any free one. */
  readonly port: number;
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

/** Numbers about a relay, for health pages and leak checks. */
export interface RelayCounts {
  readonly sockets: number;
  readonly documents: number;
  readonly addresses: number;
}

/** A running relay. */
export interface Relay {
  /** `ws://host:port` where this computer reaches it. */
  readonly url: string;
  readonly port: number;
  readonly counts: RelayCounts;
  /** Adds the host of a URL to the names that a loopback relay answers under. */
  allowHostOf(url: string): void;
  /** Closes all sockets (their clients come back by themselves) and makes everything durable. */
  close(): Promise<void>;
}

/** ws refuses larger frames with 1009, which clients retry for ever; between, we close 4413. */
const PAYLOAD_FACTOR = 4;

/** Starts a relay; rejects with AppError `port-busy` or `invalid-input`. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const limits = { ...DEFAULT_RELAY_LIMITS, ...options.limits };
  const { store, clock, log, host = '127.0.0.1', open: isOpen = false } = options;
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

  const server = createServer(
    {
      headersTimeout: limits.handshakeMs,
      requestTimeout: 2 * limits.handshakeMs,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 8192,
    },
    createHttpHandler({
      claims,
      addresses,
      limits,
      log,
      page: loadJoinPage(),
      accessKey: options.accessKey,
      isHostAllowed,
    }),
  );
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: PAYLOAD_FACTOR * limits.frameBytes,
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: (offered) => selectProtocol(offered, isOpen),
  });
  server.on('connection', (socket) => {
    const place = addresses.openSocket(peerOf(socket));
    if (place) socket.once('close', () => place.dispose());
    else socket.destroy();
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('upgrade', (request, socket, head) => {
    // Without a listener, a reset connection would end the process.
    socket.on('error', () => undefined);
    if (!isHostAllowed(request.headers.host)) return refuse(socket, '403 Forbidden');
    const place = addresses.connect(clientOf(request));
    if (!place) return refuse(socket, '429 Too Many Requests');
    socket.once('close', () => place.dispose());
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      accept(webSocket, request, gate, log);
    });
  });

  await listen(server, options.port, host);
  const port = portOf(server);
  lifetime.add(clock.every(limits.pingMs, () => gate.ping()));
  lifetime.add(clock.every(limits.sweepMs, () => gate.sweep()));
  const prune = (): void => {
    const unusedSince = clock.now() - limits.roomKeptMs;
    store.prune(gate.roomsInMemory(), unusedSince).then(
      (rooms) => rooms > 0 && log.info('rooms that nobody used were forgotten', { rooms }),
      (error: unknown) => log.error('old rooms were not forgotten', { error: errorText(error) }),
    );
  };
  prune();
  lifetime.add(clock.every(limits.pruneMs, prune));
  lifetime.add(claims.onDidChange((room) => gate.judgeAgain(room)));
  if (isOpen) log.warn('open relay: everybody may read and write every room');
  else if (!isLoopbackHost(host) && options.accessKey === undefined) {
    log.warn('everybody who reaches this relay may open rooms on it; an access key prevents that');
  }

  const close = async (): Promise<void> => {
    lifetime.dispose();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    gate.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await closed;
    // No compaction now: with many documents it would outlast the patience of who ends the relay.
    documents.close();
    await store.flush();
  };
  let closing: Promise<void> | undefined;
  return {
    url: `ws://${urlHost(host)}:${port}`,
    port,
    get counts() {
      return {
        sockets: sockets.clients.size,
        documents: documents.size,
        addresses: addresses.size,
      };
    },
    allowHostOf,
    close: () => (closing ??= close()),
  };
}

function accept(socket: WebSocket, request: IncomingMessage, gate: SocketGate, log: Logger): void {
  socket.on('error', (error) => log.debug('socket error', { error: errorText(error) }));
  gate.enter(socket, request).catch((error: unknown) => {
    log.error('admission failed', { error: errorText(error) });
    socket.close(1011, 'relay failed');
  });
}

/** Never the token, which is the second value: the answer would carry it in clear text through logs. */
function selectProtocol(offered: ReadonlySet<string>, isOpen: boolean): string | false {
  if (offered.has(SUBPROTOCOL)) return SUBPROTOCOL;
  const first = offered.values().next();
  return isOpen && !first.done ? first.value : false;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  socket.once('finish', () => socket.destroy());
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const isBusy = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      reject(isBusy ? portBusy(port, error) : cannotListen(host, error));
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
