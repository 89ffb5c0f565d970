// The relay: an HTTP and WebSocket server that admits, relays and keeps, and understands nothing.
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { SUBPROTOCOL } from '../protocol/version.ts';
import { clientOf, peerOf } from './door/hostNames.ts';
import { cannotListen, portBusy } from './errors.ts';
import { createRelayCore, type RelayCore, type RelayCoreOptions } from './relayCore.ts';
import type { TlsPair } from './tlsFiles.ts';

/** What a relay is made of. The store stays the caller's: close it after the relay. */
export interface RelayOptions extends RelayCoreOptions {
  /** Port, 0 for any free one. */
  readonly port: number;
  /** If set, the relay speaks https and wss. */
  readonly tls?: TlsPair | undefined;
}

/** Numbers about a relay, for health pages and leak checks. */
export interface RelayCounts {
  readonly sockets: number;
  readonly documents: number;
  readonly addresses: number;
}

/** A running relay. */
export interface Relay {
  /** `ws://host:port`, or with TLS `wss://host:port`, where this computer reaches it. */
  readonly url: string;
  readonly port: number;
  readonly counts: RelayCounts;
  /** Adds the host of a URL to the names that a loopback relay answers under. */
  allowHostOf(url: string): void;
  /** Takes another certificate for connections from now on; those that stand go on. Throws if it cannot be used. */
  setTls(pair: TlsPair): void;
  /** Closes all sockets (their clients come back by themselves) and makes everything durable. */
  close(): Promise<void>;
}

/** ws refuses larger frames with 1009, which clients retry for ever; between, we close 4413. */
const PAYLOAD_FACTOR = 4;

/** Starts a relay; rejects with AppError `port-busy` or `invalid-input`. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { host = '127.0.0.1', open: isOpen = false } = options;
  const core = createRelayCore(options);
  const { limits, addresses } = core;
  const server = createHttpServer(core, options.tls);
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
    if (!core.isHostAllowed(request.headers.host)) return refuse(socket, '403 Forbidden');
    const place = addresses.connect(clientOf(request));
    if (!place) return refuse(socket, '429 Too Many Requests');
    socket.once('close', () => place.dispose());
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      core.accept(webSocket, request, socket),
    );
  });

  await listen(server, options.port, host);
  const port = portOf(server);
  core.start();

  const close = async (): Promise<void> => {
    core.stop();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await closed;
    await core.settle();
  };
  let closing: Promise<void> | undefined;
  return {
    url: `${options.tls ? 'wss' : 'ws'}://${urlHost(host)}:${port}`,
    port,
    get counts() {
      return {
        sockets: sockets.clients.size,
        documents: core.documents,
        addresses: addresses.size,
      };
    },
    allowHostOf: core.allowHostOf,
    setTls: (pair) => {
      if ('setSecureContext' in server) server.setSecureContext({ ...pair });
    },
    close: () => (closing ??= close()),
  };
}

function createHttpServer(core: RelayCore, tls: TlsPair | undefined): Server | TlsServer {
  const { handshakeMs } = core.limits;
  const common = {
    headersTimeout: handshakeMs,
    requestTimeout: 2 * handshakeMs,
    connectionsCheckingInterval: 1000,
    maxHeaderSize: 8192,
  };
  if (!tls) return createServer(common, core.answer);
  return createTlsServer({ ...common, ...tls, handshakeTimeout: handshakeMs }, core.answer);
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
