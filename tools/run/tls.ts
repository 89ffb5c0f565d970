// TLS on loopback with a checked-in test certificate, and a proxy that puts it in front of a plain server.
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { REPO_ROOT } from '../install/cache.ts';

const FOLDER = join(REPO_ROOT, 'test/fixtures/tls');
/** Path of the certificate; Node clients trust it through NODE_EXTRA_CA_CERTS. */
export const TEST_CERTIFICATE: string = join(FOLDER, 'localhost-test-only.cert.pem');

/** Key and certificate for localhost, *.localhost and relay.test; worthless anywhere else. */
export function testKeyPair(): { readonly key: Buffer; readonly cert: Buffer } {
  return {
    key: readFileSync(join(FOLDER, 'localhost-test-only.key.pem')),
    cert: readFileSync(TEST_CERTIFICATE),
  };
}

/** Another pair, that nobody trusts: what a renewed certificate is in tests. */
export function secondKeyPair(): { readonly key: Buffer; readonly cert: Buffer } {
  return {
    key: readFileSync(join(FOLDER, 'second-test-only.key.pem')),
    cert: readFileSync(join(FOLDER, 'second-test-only.cert.pem')),
  };
}

/** A running TLS proxy. */
export interface TlsProxy {
  readonly port: number;
  /** Cuts every connection, as a network that goes away does; new ones are taken. */
  cutAll(): void;
  close(): Promise<void>;
}

/** Listens with TLS on loopback and passes bytes to `targetPort`: wss → ws, https → http. */
export async function startTlsProxy(targetPort: number, port = 0): Promise<TlsProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A connection that breaks is what a proxy lives with.
    socket.on('error', () => undefined);
  };
  const server = createServer(testKeyPair(), (outer) => {
    const inner = connect(targetPort, '127.0.0.1');
    keep(outer);
    keep(inner);
    outer.pipe(inner).pipe(outer);
    outer.on('close', () => inner.destroy());
    inner.on('close', () => outer.destroy());
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  // A listening TCP server has an AddressInfo; strings are for pipes.
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    cutAll,
    close() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
