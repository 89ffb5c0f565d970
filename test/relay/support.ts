// Parts for tests of the relay: a running relay, a room with its key, stock clients.
import type { webcrypto } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { type Bytes, toBase64Url } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { hashToken, roomIdOfKey, signClaim } from '../../src/crypto/admissionToken.ts';
import type { Claim, RelayToken } from '../../src/protocol/claim.ts';
import { SUBPROTOCOL } from '../../src/protocol/version.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { type Relay, type RelayOptions, createRelay } from '../../src/relay/server.ts';

/** A relay that ends with the test; no grace for refused sockets unless a test wants it. */
export async function startRelay(options: Partial<RelayOptions> = {}): Promise<Relay> {
  const relay = await createRelay({
    port: 0,
    store: createMemoryStore(),
    clock: systemClock,
    log: silentLogger,
    ...options,
    limits: { admissionGraceMs: 0, restartGraceMs: 0, ...options.limits },
  });
  onTestFinished(() => relay.close());
  return relay;
}

/** A room with its private key. */
export interface TestRoom {
  readonly id: string;
  readonly roomKey: string;
  readonly sign: (message: Bytes) => Promise<Uint8Array>;
}

/** Makes a new room. */
export async function createRoom(): Promise<TestRoom> {
  // The overload for a named algorithm does not tell that this one yields a pair.
  const pair = (await crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    id: await roomIdOfKey(raw),
    roomKey: toBase64Url(raw),
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message)),
  };
}

/** A random token. */
export function newToken(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** A token entry of a claim. */
export async function grant(
  token: string,
  grants: Readonly<Record<string, 'read' | 'write'>>,
  extra: Partial<RelayToken> = {},
): Promise<RelayToken> {
  return {
    hash: await hashToken(token),
    grants: Object.entries(grants).map(([doc, access]) => ({ doc, access })),
    ...extra,
  };
}

/** Sends a claim; `change` overrides its fields. */
export async function putClaim(
  relay: Relay,
  room: TestRoom,
  change: Partial<Claim> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const claim: Claim = {
    room: room.id,
    roomKey: room.roomKey,
    term: 1,
    boot: 'boot-a',
    rev: 1,
    at: Date.now(),
    tokens: [],
    ...change,
  };
  return putRequest(relay, room.id, await signClaim(claim, room.sign), headers);
}

/** Sends any body as a claim. */
export async function putRequest(
  relay: Relay,
  roomId: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(`${httpUrl(relay)}/-/rooms/${roomId}`, {
    method: 'PUT',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  });
  // Every answer of the relay below `/-/` is a JSON object.
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** The relay's address for fetch. */
export function httpUrl(relay: Relay): string {
  return relay.url.replace('ws:', 'http:');
}

/** A claimed room with a host's token and more if wanted. */
export async function claimedRoom(
  relay: Relay,
  more: readonly RelayToken[] = [],
): Promise<TestRoom & { readonly hostToken: string; readonly hostEntry: RelayToken }> {
  const room = await createRoom();
  const hostToken = newToken();
  const hostEntry = await grant(hostToken, {}, { host: true });
  const { status } = await putClaim(relay, room, { tokens: [hostEntry, ...more] });
  if (status !== 200) throw new Error(`claim answered ${status}`);
  return { ...room, hostToken, hostEntry };
}

/** A stock client with its document; ends with the test. */
export interface TestClient {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  /** Close codes seen, oldest first. */
  readonly closeCodes: number[];
  readonly items: () => readonly unknown[];
  push(...items: readonly (string | Uint8Array)[]): void;
}

/** Connects the unmodified y-websocket 3 client. */
export function connect(
  relay: Pick<Relay, 'url'>,
  name: string,
  token?: string,
  options: ConstructorParameters<typeof WebsocketProvider>[3] = {},
): TestClient {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(relay.url, name, doc, {
    disableBc: true,
    // ws is a WebSocket in all that the client uses.
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    protocols: token === undefined ? [] : [SUBPROTOCOL, token],
    ...options,
  });
  const closeCodes: number[] = [];
  provider.on('connection-close', (event) => closeCodes.push(event?.code ?? 0));
  onTestFinished(() => {
    provider.destroy();
    doc.destroy();
  });
  const list = doc.getArray<string | Uint8Array>('list');
  return {
    doc,
    provider,
    closeCodes,
    items: () => list.toArray(),
    push: (...items) => list.push([...items]),
  };
}

/** A bare socket; its close code arrives in `closed`. */
export interface RawClient {
  readonly socket: WebSocket;
  readonly messages: Uint8Array[];
  readonly closed: Promise<number>;
}

/** Connects a bare WebSocket and waits until it is open. */
export async function connectRaw(
  relay: Pick<Relay, 'url'>,
  name: string,
  token?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawClient> {
  const protocols = token === undefined ? [] : [SUBPROTOCOL, token];
  // Certificates of tests are nobody's.
  const options = { headers, rejectUnauthorized: false };
  const socket = new WebSocket(`${relay.url}/${name}`, protocols, options);
  const messages: Uint8Array[] = [];
  // Default binaryType of ws: Buffers.
  socket.on('message', (data) => messages.push(new Uint8Array(data as Buffer)));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  onTestFinished(() => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return { socket, messages, closed };
}

/** Connects a bare socket that may write and waits until it is in its document; no message is left. */
export async function joinRaw(
  relay: Pick<Relay, 'url'>,
  name: string,
  token: string,
): Promise<RawClient> {
  const raw = await connectRaw(relay, name, token);
  raw.socket.send(new Uint8Array([0, 0, 1, 0]));
  // Step 2 and step 1; awareness follows only if there is some.
  await waitUntil('the socket is in its document', () => raw.messages.length >= 2);
  raw.messages.length = 0;
  return raw;
}

/** An update that pushes one item of so many bytes. */
export function updateOf(bytes: number): Uint8Array {
  const doc = new Y.Doc();
  doc.getArray('list').push([new Uint8Array(bytes)]);
  return Y.encodeStateAsUpdate(doc);
}
