// Two ends of a WebSocket without a network: what one sends waits in a queue until somebody moves it.
import { EventEmitter } from 'node:events';

/** What is on its way in one direction. */
interface Event {
  readonly dueMs: number;
  /** Place among all that was ever sent, over all pairs. */
  readonly place: number;
  readonly bytes: number;
  readonly happen: () => void;
}

/** A message as it goes on. */
export interface Carried {
  readonly data: Buffer;
  readonly laterMs: number;
}

export type Direction = 'toRelay' | 'toClient';

/** What pairs need of their network. */
export interface Network {
  now(): number;
  /** A number above all before. */
  nextPlace(): number;
  /** Milliseconds on the way to or from this address. */
  latencyMs(pair: SocketPair): number;
  /** What becomes of a message on its way: each of these arrives, so much later than it would. */
  carry(pair: SocketPair, direction: Direction, data: Buffer): readonly Carried[];
  /** Takes the other end of a pair whose handshake has arrived; undefined if nobody is there. */
  serverOf(pair: SocketPair): ((pair: SocketPair) => void) | undefined;
  register(pair: SocketPair): void;
}

/** One connection. */
export class SocketPair {
  readonly client: PairSocket;
  readonly relay: RelayEnd;
  readonly url: string;
  readonly protocols: readonly string[];
  /** Nothing moves any more, and neither end is told: as when a network swallows everything. */
  isSilent = false;
  private readonly network: Network;
  private readonly queues: Record<Direction, Event[]> = { toRelay: [], toClient: [] };
  /** What somebody in the middle keeps: it is out of the order of the rest. */
  private readonly kept: Record<Direction, Event[]> = { toRelay: [], toClient: [] };

  constructor(network: Network, client: PairSocket, url: string, protocols: readonly string[]) {
    this.network = network;
    this.client = client;
    this.url = url;
    this.protocols = protocols;
    this.relay = new RelayEnd(this);
    this.push('toRelay', () => {
      const server = network.serverOf(this);
      this.push('toClient', () => (server ? client.opened() : client.failed()));
      if (client.readyState === 0) server?.(this);
    });
    network.register(this);
  }

  /** Whether both ends are done with it. */
  get isOver(): boolean {
    const isEmpty = this.queues.toClient.length === 0 && this.queues.toRelay.length === 0;
    return this.client.readyState === 3 && (isEmpty || this.relay.readyState === 3);
  }

  push(direction: Direction, happen: () => void, bytes = 0): void {
    const queue = this.queues[direction];
    const dueMs = this.network.now() + this.network.latencyMs(this);
    const place = this.network.nextPlace();
    queue.push({ dueMs: Math.max(dueMs, queue.at(-1)?.dueMs ?? 0), place, bytes, happen });
  }

  /** Sends data through whoever stands in the middle; what it keeps for longer comes after what follows. */
  carry(direction: Direction, sent: Buffer, arrive: (data: Buffer) => void): void {
    for (const { data, laterMs } of this.network.carry(this, direction, sent)) {
      if (laterMs === 0) {
        this.push(direction, () => arrive(data), data.length);
        continue;
      }
      const dueMs = this.network.now() + this.network.latencyMs(this) + laterMs;
      const place = this.network.nextPlace();
      this.kept[direction].push({ dueMs, place, bytes: data.length, happen: () => arrive(data) });
    }
  }

  /** What comes next in a direction; undefined if nothing can. */
  next(direction: Direction): Pick<Event, 'dueMs' | 'place'> | undefined {
    if (this.isSilent || (direction === 'toRelay' && this.relay.isPaused)) return undefined;
    return earliest(this.queues[direction][0], earliestOf(this.kept[direction]));
  }

  /** Lets it happen. */
  move(direction: Direction): void {
    const next = earliest(this.queues[direction][0], earliestOf(this.kept[direction]));
    if (!next) return;
    for (const list of [this.queues[direction], this.kept[direction]]) {
      const at = list.indexOf(next);
      if (at >= 0) list.splice(at, 1);
    }
    next.happen();
  }

  /** Bytes that have not arrived. */
  waitingBytes(direction: Direction): number {
    return this.queues[direction].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The connection breaks: what is on its way is lost, and both ends are told 1006. */
  cut(): void {
    this.isSilent = false;
    this.relay.isPaused = false;
    for (const lists of [this.queues, this.kept]) {
      for (const list of Object.values(lists)) list.length = 0;
    }
    this.push('toClient', () => this.client.failed());
    this.push('toRelay', () => this.relay.closed(1006));
  }
}

function earliest(a: Event | undefined, b: Event | undefined): Event | undefined {
  if (!a || !b) return a ?? b;
  return b.dueMs < a.dueMs ? b : a;
}

function earliestOf(events: readonly Event[]): Event | undefined {
  return events.reduce<Event | undefined>((found, event) => earliest(found, event), undefined);
}

type Handler = ((event: never) => void) | null;

/** The client's end: what of a browser's WebSocket the connection uses. */
export class PairSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly OPEN = 1;
  binaryType = 'arraybuffer';
  readyState = 0;
  private readonly pair: SocketPair;
  private readonly handlers = new Map<string, Handler>();

  constructor(network: Network, url: string, protocols: readonly string[]) {
    super();
    this.pair = new SocketPair(network, this, url, protocols);
  }

  // As in a browser, a handler is a listener of its own: who hides the property hides no event.
  set onopen(handler: Handler) {
    this.handle('open', handler);
  }

  set onmessage(handler: Handler) {
    this.handle('message', handler);
  }

  set onclose(handler: Handler) {
    this.handle('close', handler);
  }

  set onerror(handler: Handler) {
    this.handle('error', handler);
  }

  send(data: Uint8Array): void {
    if (this.readyState !== 1) return;
    this.pair.carry('toRelay', Buffer.from(data), (copy) => this.pair.relay.received(copy));
  }

  close(code = 1005, reason = ''): void {
    if (this.readyState === 0) {
      this.readyState = 2;
      this.pair.push('toClient', () => this.failed());
      this.pair.push('toRelay', () => this.pair.relay.closed(1006));
      return;
    }
    if (this.readyState !== 1) return;
    this.readyState = 2;
    this.pair.push('toRelay', () => {
      this.pair.relay.closed(code, reason);
      this.pair.push('toClient', () => this.closed(code, reason));
    });
  }

  opened(): void {
    if (this.readyState !== 0) return;
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  received(data: Buffer | string): void {
    if (this.readyState !== 1) return;
    const bytes = typeof data === 'string' ? data : new Uint8Array(data).buffer;
    this.dispatchEvent(new MessageEvent('message', { data: bytes }));
  }

  /** No connection, or none any more. */
  failed(): void {
    if (this.readyState === 3) return;
    this.dispatchEvent(new Event('error'));
    this.closed(1006);
  }

  closed(code: number, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean: code !== 1006 }));
  }

  private handle(type: string, handler: Handler): void {
    if (!this.handlers.has(type)) {
      // What a handler takes is the event of its type.
      this.addEventListener(type, (event) => this.handlers.get(type)?.(event as never));
    }
    this.handlers.set(type, handler);
  }
}

/** The relay's end: what of a WebSocket of `ws` the relay uses. */
export class RelayEnd extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  isPaused = false;
  private readonly pair: SocketPair;

  constructor(pair: SocketPair) {
    super();
    this.pair = pair;
  }

  get bufferedAmount(): number {
    return this.pair.waitingBytes('toClient');
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  send(data: Uint8Array | string): void {
    if (this.readyState !== 1) return;
    if (typeof data === 'string') {
      this.pair.push('toClient', () => this.pair.client.received(data), data.length);
      return;
    }
    this.pair.carry('toClient', Buffer.from(data), (copy) => this.pair.client.received(copy));
  }

  ping(): void {
    this.pair.push('toClient', () => {
      if (this.pair.client.readyState === 1) {
        this.pair.push('toRelay', () => this.emit('pong', Buffer.alloc(0)));
      }
    });
  }

  close(code = 1005, reason = ''): void {
    if (this.readyState !== 1) return;
    this.readyState = 2;
    this.pair.push('toClient', () => {
      this.pair.client.closed(code, reason);
      this.pair.push('toRelay', () => this.closed(code, reason));
    });
  }

  terminate(): void {
    if (this.readyState !== 3) this.pair.cut();
  }

  received(data: Buffer): void {
    if (this.readyState === 1) this.emit('message', data, true);
  }

  closed(code: number, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.emit('close', code, Buffer.from(reason));
  }
}
