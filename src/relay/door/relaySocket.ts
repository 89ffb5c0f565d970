// One admitted socket: sending with backpressure, receiving with rates, liveness.
import type { WebSocket } from 'ws';
import type { Clock } from '../../base/clock.ts';
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { CLOSE } from '../../protocol/closeCodes.ts';
import type { Access, AdmissionRequest } from './claims.ts';
import type { RelayLimits } from '../relayLimits.ts';
import { TokenBucket } from './tokenBucket.ts';
import { type HoldingStream, TurnBatch } from './turnBatch.ts';

/** A closing socket that does not answer is cut after this time. */
const CLOSE_GRACE_MS = 1000;
/** A holder of an awareness client must answer a ping in this time to keep it. */
const PROBE_MS = 2000;

/** What a connection is made of. */
export interface RelaySocketOptions {
  readonly socket: WebSocket;
  /** What the socket writes to, if it can hold back; else each frame is a write of its own. */
  readonly stream: HoldingStream | undefined;
  readonly clock: Clock;
  readonly limits: RelayLimits;
  readonly request: AdmissionRequest;
  readonly access: Access;
  /** An open relay trusts everybody with the host's rates. */
  readonly isOpen: boolean;
  readonly onFrame: (frame: Uint8Array) => void;
}

/** An admitted socket. Ends when the socket ends; holds no timer then. */
export class RelaySocket {
  readonly request: AdmissionRequest;
  private readonly socket: WebSocket;
  private readonly batch: TurnBatch | undefined;
  private readonly clock: Clock;
  private readonly limits: RelayLimits;
  private readonly timers = new DisposableStore();
  private readonly messages: TokenBucket;
  private readonly bytes: TokenBucket;
  private readonly syncs: TokenBucket;
  private readonly awareness: TokenBucket;
  private readonly isOpenToAll: boolean;
  private writersLeft: number;
  private currentAccess: Access;
  private hasAnswered = true;
  private isEnding = false;
  private probing: Disposable | undefined;

  constructor(options: RelaySocketOptions) {
    this.request = options.request;
    this.socket = options.socket;
    this.batch = options.stream && new TurnBatch({ stream: options.stream });
    this.clock = options.clock;
    this.limits = options.limits;
    this.currentAccess = options.access;
    const now = options.clock.monotonic();
    const hasHostRates = options.access.isHost || options.isOpen;
    const { hostMessages, hostBytes, guestMessages, guestBytes } = options.limits;
    this.messages = new TokenBucket(hasHostRates ? hostMessages : guestMessages, now);
    this.bytes = new TokenBucket(hasHostRates ? hostBytes : guestBytes, now);
    this.syncs = new TokenBucket(options.limits.syncs, now);
    this.awareness = new TokenBucket(options.limits.awareness, now);
    this.isOpenToAll = options.isOpen;
    this.writersLeft = options.limits.guestWriters;
    this.socket.on('pong', () => this.noteAlive());
    this.socket.on('close', () => {
      this.isEnding = true;
      this.timers.dispose();
    });
    this.socket.on('message', (data, isBinary) => {
      // `nodebuffer` is the binaryType of every socket of this relay.
      if (isBinary) this.receive(data as Buffer, options.onFrame);
      else this.close(CLOSE.badMessage, 'text frame');
    });
  }

  /** What this socket may do; changes when the room's tokens are replaced. */
  get access(): Access {
    return this.currentAccess;
  }

  set access(access: Access) {
    this.currentAccess = access;
  }

  /** Whether the socket takes messages. */
  get isOpen(): boolean {
    return !this.isEnding && this.socket.readyState === this.socket.OPEN;
  }

  /** Bytes that wait for the reader. */
  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  /** Takes one answer with a whole document; closes the socket if it asks for too many. */
  takeSync(): boolean {
    return this.takeFrom(this.syncs, 'too many syncs');
  }

  /** Takes one change of awareness; closes the socket of a guest if there are too many. */
  takeAwareness(): boolean {
    if (this.currentAccess.isHost || this.isOpenToAll) return true;
    return this.takeFrom(this.awareness, 'too many changes of awareness');
  }

  /** Takes `count` new writers of a document; false if a guest has brought too many. */
  takeWriters(count: number): boolean {
    if (count > this.writersLeft) return false;
    this.writersLeft -= count;
    return true;
  }

  /** Sends a frame, or closes the socket if too much is waiting for its reader. */
  send(frame: Uint8Array): void {
    if (!this.isOpen) return;
    if (this.socket.bufferedAmount > this.limits.bufferedBytes) {
      this.close(CLOSE.slowReader, 'slow reader');
      return;
    }
    this.batch?.hold(frame.length);
    this.socket.send(frame);
  }

  /** Closes with a code; cuts the socket if it does not answer. */
  close(code: number, reason: string): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.socket.close(code, reason);
    this.timers.add(this.clock.after(CLOSE_GRACE_MS, () => this.socket.terminate()));
  }

  /** Asks for a sign of life; cuts a socket that gave none since the last time. */
  ping(): void {
    if (!this.hasAnswered) {
      this.socket.terminate();
      return;
    }
    this.hasAnswered = false;
    if (this.isOpen) this.socket.ping();
  }

  /** Cuts the socket within two seconds unless it gives a sign of life. */
  probe(): void {
    if (this.probing || !this.isOpen) return;
    this.socket.ping();
    this.probing = this.timers.add(this.clock.after(PROBE_MS, () => this.socket.terminate()));
  }

  private takeFrom(bucket: TokenBucket, reason: string): boolean {
    if (bucket.take(1, this.clock.monotonic())) return true;
    this.close(CLOSE.rateLimited, reason);
    return false;
  }

  private receive(frame: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
    if (this.isEnding) return;
    this.noteAlive();
    const now = this.clock.monotonic();
    if (!this.messages.take(1, now) || !this.bytes.take(frame.length, now)) {
      this.close(CLOSE.rateLimited, 'too many messages');
    } else if (frame.length > this.limits.frameBytes) {
      this.close(CLOSE.tooBig, 'frame too big');
    } else {
      onFrame(frame);
    }
  }

  private noteAlive(): void {
    this.hasAnswered = true;
    if (this.probing) this.timers.delete(this.probing);
    this.probing = undefined;
  }
}
