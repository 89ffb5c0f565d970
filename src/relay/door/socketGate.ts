// The way of a socket into its document, and out again when its token is withdrawn.
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { type Logger, errorText } from '../../base/log.ts';
import { CLOSE } from '../../protocol/closeCodes.ts';
import { isDocumentName, roomOfDocument } from '../../protocol/documentNames.ts';
import { SUBPROTOCOL } from '../../protocol/version.ts';
import { hashToken } from '../../crypto/admissionToken.ts';
import type { Addresses } from './addresses.ts';
import type { AdmissionRequest, Claims, TokenVerdict } from './claims.ts';
import { RelaySocket } from './relaySocket.ts';
import type { HoldingStream } from './turnBatch.ts';
import type { RelayDocument } from '../documents/relayDocument.ts';
import { type Documents, shortName } from '../documents/documents.ts';
import { isDirectLoopback, isFromPage } from './hostNames.ts';
import type { RelayLimits } from '../relayLimits.ts';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** Names that an open relay takes: what any y-websocket client may call a room. */
const OPEN_NAME = /^[^\p{Cc}]{1,200}$/u;
/** A relay that has run for this long has the claims of its rooms. */
const RESTART_MS = 60_000;
/** A refused socket that does not answer the close is cut after this time. */
const REFUSAL_MS = 2000;
const OPEN_ACCESS = { mode: 'write', isHost: false } as const;

/** What the gate is made of. */
export interface SocketGateOptions {
  readonly claims: Claims;
  readonly addresses: Addresses;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly limits: RelayLimits;
  readonly log: Logger;
  readonly isOpen: boolean;
}

/** Admits sockets, attaches them to documents, and closes those whose token is gone. */
export class SocketGate {
  private readonly options: SocketGateOptions;
  private readonly connections = new Set<RelaySocket>();
  /** Ends the waits of sockets that are not admitted yet. */
  private readonly waiting = new Set<() => void>();
  private readonly startedMs: number;

  constructor(options: SocketGateOptions) {
    this.options = options;
    this.startedMs = options.clock.monotonic();
  }

  /** Takes a socket that was just accepted; settles when it is in its document or refused. */
  async enter(
    socket: WebSocket,
    request: IncomingMessage,
    stream: HoldingStream | undefined,
  ): Promise<void> {
    // Nothing is read, and so nothing is kept, before the socket is admitted.
    socket.pause();
    const refuse = (code: number, reason: string): void => this.refuse(socket, code, reason);
    const name = documentOf(request, this.options.isOpen);
    if (name === undefined) return refuse(CLOSE.noRoom, 'no such room');
    const token = tokenOf(request);
    const wish: AdmissionRequest = {
      document: name,
      tokenHash: token === undefined ? undefined : await hashToken(token),
      isDirect: isDirectLoopback(request),
      isFromPage: isFromPage(request),
    };
    const verdict = await this.admit(wish);
    if (socket.readyState !== socket.OPEN) return socket.terminate();
    switch (verdict.kind) {
      case 'admitted':
        return this.attach({ socket, stream }, wish, verdict.access);
      case 'refused':
        return refuse(CLOSE.notAdmitted, 'not admitted');
      case 'noRoom':
        return refuse(CLOSE.noRoom, 'no such room');
    }
  }

  /** Re-judges the sockets of a room. */
  judgeAgain(room: string): void {
    if (this.options.isOpen) return;
    for (const connection of this.connections) {
      if (roomOfDocument(connection.request.document) === room) this.judge(connection);
    }
  }

  /** Asks all sockets for a sign of life. */
  ping(): void {
    for (const connection of this.connections) connection.ping();
  }

  /** Closes sockets whose tokens expired, and forgets what is not used. */
  sweep(): void {
    const { claims, addresses, documents } = this.options;
    documents.sweep();
    addresses.sweep();
    claims.sweep(documents.usedRooms());
    this.closeSlowest();
  }

  /** Rooms that must not be forgotten. */
  roomsInMemory(): ReadonlySet<string> {
    const { claims, documents } = this.options;
    return new Set([...claims.rooms(), ...documents.rooms()]);
  }

  /** Ends all waits; the sockets are the server's to cut. */
  close(): void {
    for (const end of [...this.waiting]) end();
  }

  private judge(connection: RelaySocket): void {
    const verdict = this.options.claims.judgeKnown(connection.request);
    if (verdict.kind === 'admitted') connection.access = verdict.access;
    else connection.close(CLOSE.revoked, 'revoked');
  }

  /** Many readers that each wait within their bound could take all memory together. */
  private closeSlowest(): void {
    const { limits, log } = this.options;
    const waiting = [...this.connections]
      .map((connection) => ({ connection, bytes: connection.bufferedBytes }))
      .sort((a, b) => a.bytes - b.bytes);
    let total = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= limits.bufferedTotalBytes) return;
    log.warn('too much waits for slow readers: the slowest are closed', { bytes: total });
    while (total > limits.bufferedTotalBytes) {
      const slowest = waiting.pop();
      if (!slowest) break;
      slowest.connection.close(CLOSE.slowReader, 'slow reader');
      total -= slowest.bytes;
    }
  }

  /**
   * A refusal waits for nothing but a claim on its way. Tokens have 256 bits: there is nothing to guess, and
   * an address stands for everybody behind it.
   */
  private async admit(wish: AdmissionRequest): Promise<TokenVerdict> {
    const { claims, isOpen } = this.options;
    if (isOpen) return { kind: 'admitted', access: OPEN_ACCESS };
    const first = await claims.judge(wish);
    if (first.kind === 'admitted') return first;
    return (await this.waitForClaim(wish, this.graceMs(first))) ?? first;
  }

  private graceMs(verdict: TokenVerdict): number {
    const { clock, limits } = this.options;
    const isYoung = clock.monotonic() - this.startedMs < RESTART_MS;
    return verdict.kind === 'noRoom' && isYoung ? limits.restartGraceMs : limits.admissionGraceMs;
  }

  /** A host that just opened a room or a member's channel claims it at the same moment. */
  private async waitForClaim(
    wish: AdmissionRequest,
    graceMs: number,
  ): Promise<TokenVerdict | undefined> {
    const { claims } = this.options;
    let admitted: TokenVerdict | undefined;
    await this.wait(graceMs, (end) =>
      claims.onDidChange((room) => {
        if (room !== roomOfDocument(wish.document)) return;
        const verdict = claims.judgeKnown(wish);
        if (verdict.kind !== 'admitted') return;
        admitted = verdict;
        end();
      }),
    );
    return admitted;
  }

  /** Waits, unless the gate closes or `watch` ends it earlier. */
  private wait(delayMs: number, watch?: (end: () => void) => Disposable): Promise<void> {
    if (delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const watching = new DisposableStore();
      const end = (): void => {
        this.waiting.delete(end);
        watching.dispose();
        resolve();
      };
      this.waiting.add(end);
      watching.add(this.options.clock.after(delayMs, end));
      if (watch) watching.add(watch(end));
    });
  }

  private async attach(
    { socket, stream }: { readonly socket: WebSocket; readonly stream: HoldingStream | undefined },
    request: AdmissionRequest,
    access: RelaySocket['access'],
  ): Promise<void> {
    const { documents, clock, limits, isOpen } = this.options;
    if (access.mode === 'write' && !access.isHost && !isOpen) {
      const isClosed = documents.isClosedToGuests(request.document);
      if (isClosed) return this.refuse(socket, CLOSE.tooBig, 'too many parts');
    }
    const document = await documents.acquire(request.document);
    if (socket.readyState !== socket.OPEN) {
      documents.release(document);
      return socket.terminate();
    }
    const onFrame = (frame: Uint8Array): void => this.receive(document, connection, frame);
    const parts = { socket, stream, clock, limits, request, access, isOpen, onFrame };
    const connection = new RelaySocket(parts);
    this.connections.add(connection);
    socket.once('close', () => {
      this.connections.delete(connection);
      document.detach(connection);
      documents.release(document);
    });
    socket.resume();
    if (!document.attach(connection)) connection.close(CLOSE.rateLimited, 'room is full');
    // The tokens may have been replaced while the document was loading.
    else if (!isOpen) this.judge(connection);
    return undefined;
  }

  private refuse(socket: WebSocket, code: number, reason: string): void {
    const cut = this.options.clock.after(REFUSAL_MS, () => socket.terminate());
    socket.once('close', () => cut.dispose());
    socket.resume();
    socket.close(code, reason);
  }

  private receive(document: RelayDocument, connection: RelaySocket, frame: Uint8Array): void {
    try {
      document.receive(connection, frame);
    } catch (error) {
      const fields = { document: shortName(document.name), error: errorText(error) };
      this.options.log.error('a message failed', fields);
      connection.close(CLOSE.badMessage, 'message failed');
    }
  }
}

function documentOf(request: IncomingMessage, isOpen: boolean): string | undefined {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  try {
    const name = decodeURIComponent(path.slice(1));
    return isDocumentName(name) || (isOpen && OPEN_NAME.test(name)) ? name : undefined;
  } catch {
    return undefined;
  }
}

function tokenOf(request: IncomingMessage): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',');
  const [protocol, token] = offered.map((value) => value.trim());
  return protocol === SUBPROTOCOL && token !== undefined && TOKEN.test(token) ? token : undefined;
}
