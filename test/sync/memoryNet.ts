// A network in this process: real relays behind in-memory sockets and requests, moved by a driver, with faults.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { WebSocket as RelaySocket } from 'ws';
import { clientOf } from '../../src/relay/door/hostNames.ts';
import {
  createRelayCore,
  type RelayCore,
  type RelayCoreOptions,
} from '../../src/relay/relayCore.ts';
import type { Relay } from '../../src/relay/server.ts';
import type { FakeClock } from '../probes/fakeClock.ts';
import {
  type Carried,
  type Direction,
  type Network,
  PairSocket,
  type RelayEnd,
  type SocketPair,
} from './socketPair.ts';

/** One way through the network and back. */
const LATENCY_MS = 1;

/** Somebody who takes the other end of sockets to an address. */
interface Server {
  readonly accept: (pair: SocketPair) => void;
  readonly core?: RelayCore;
}

const DIRECTIONS: readonly Direction[] = ['toRelay', 'toClient'];

/** A message that may move now. */
interface Due {
  readonly pair: SocketPair;
  readonly direction: Direction;
  readonly place: number;
}

/** What may go wrong; a test changes it at any time. */
export interface Faults {
  /** Milliseconds on the way, for one connection's messages. */
  latencyMs: (pair: SocketPair) => number;
  /** Which of several connections whose next message is due goes first: an index. */
  choose: (ready: number) => number;
  /** What a relay, or whoever stands before it, makes of a message. */
  carry: (pair: SocketPair, direction: Direction, data: Buffer) => readonly Carried[];
}

/** As an honest one does. */
export function carryAll(data: Buffer): readonly Carried[] {
  return [{ data, laterMs: 0 }];
}

/** Relays and connections of one test. */
export class MemoryNet implements Network {
  readonly faults: Faults = {
    latencyMs: () => LATENCY_MS,
    choose: () => 0,
    carry: (_pair, _way, data) => carryAll(data),
  };
  private readonly clock: FakeClock;
  private readonly servers = new Map<string, Server>();
  private readonly pairs = new Set<SocketPair>();
  private place = 0;
  private port = 40_000;

  /** For `webSocket` options. */
  readonly webSocket: typeof WebSocket;
  /** For `fetch` options. */
  readonly fetch: typeof fetch;

  constructor(clock: FakeClock) {
    this.clock = clock;
    const connect = (url: string, protocols: string | readonly string[] = []): PairSocket =>
      new PairSocket(this, url, [protocols].flat());
    // A PairSocket is a WebSocket in all that connections use.
    this.webSocket = new Proxy(PairSocket, {
      construct: (_target, [url, protocols]: [string, string[]?]) => connect(url, protocols),
    }) as unknown as typeof WebSocket;
    // The type of fetch has properties that nothing here uses.
    this.fetch = ((url: string, init?: RequestInit) => this.request(url, init)) as typeof fetch;
  }

  /** Starts a real relay without a network below it, at a port of its own or at one that is free again. */
  relay(options: RelayCoreOptions & { readonly port?: number }): Relay {
    const core = createRelayCore(options);
    const port = options.port ?? this.freePort();
    const address = `127.0.0.1:${port}`;
    core.start();
    this.servers.set(address, { core, accept: (pair) => admit(core, pair) });
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      this.servers.delete(address);
      core.stop();
      for (const pair of this.pairsTo(address)) pair.cut();
      await core.settle();
    };
    const sockets = (): number => this.pairsTo(address).length;
    return {
      url: `ws://${address}`,
      port,
      get counts() {
        return { sockets: sockets(), documents: core.documents, addresses: core.addresses.size };
      },
      allowHostOf: core.allowHostOf,
      setTls: () => undefined,
      close: () => (closing ??= close()),
    };
  }

  /** A server that is no relay of ours; its address. */
  serve(accept: (socket: RelayEnd) => void, url = this.freeAddress()): string {
    this.servers.set(new URL(url).host, { accept: ({ relay }) => accept(relay) });
    return url;
  }

  /** An address where nobody listens yet. */
  freeAddress(): string {
    return `ws://127.0.0.1:${this.freePort()}`;
  }

  /** Connections to an address that are not over; all if none is named. */
  pairsTo(address = ''): readonly SocketPair[] {
    return [...this.pairs].filter(({ url }) => url.includes(address));
  }

  /** When the next message is due, in monotonic time; Infinity if none is on its way. */
  get nextDueMs(): number {
    let dueMs = Infinity;
    for (const pair of this.pairs) {
      for (const direction of DIRECTIONS) {
        dueMs = Math.min(dueMs, pair.next(direction)?.dueMs ?? Infinity);
      }
    }
    return dueMs;
  }

  /** Moves one message that is due; false if there is none. */
  moveOne(): boolean {
    const now = this.clock.monotonic();
    const due: Due[] = [];
    for (const pair of this.pairs) {
      for (const direction of DIRECTIONS) {
        const next = pair.next(direction);
        if (next && next.dueMs <= now) due.push({ pair, direction, place: next.place });
      }
    }
    if (due.length > 1) due.sort((a, b) => a.place - b.place);
    const chosen = due[due.length > 1 ? this.faults.choose(due.length) : 0];
    if (!chosen) return false;
    chosen.pair.move(chosen.direction);
    if (chosen.pair.isOver) this.pairs.delete(chosen.pair);
    return true;
  }

  now(): number {
    return this.clock.monotonic();
  }

  nextPlace(): number {
    this.place += 1;
    return this.place;
  }

  latencyMs(pair: SocketPair): number {
    return this.faults.latencyMs(pair);
  }

  carry(pair: SocketPair, direction: Direction, data: Buffer): readonly Carried[] {
    return this.faults.carry(pair, direction, data);
  }

  serverOf({ url }: SocketPair): ((pair: SocketPair) => void) | undefined {
    return this.servers.get(new URL(url).host)?.accept;
  }

  register(pair: SocketPair): void {
    this.pairs.add(pair);
  }

  private freePort(): number {
    this.port += 1;
    return this.port;
  }

  private async request(url: string, init: RequestInit = {}): Promise<Response> {
    await this.pause();
    const { host, pathname } = new URL(url);
    const core = this.servers.get(host)?.core;
    if (!core)
      throw new TypeError('fetch failed', { cause: new Error(`connect ECONNREFUSED ${host}`) });
    const headers = Object.fromEntries(new Headers(init.headers));
    const body = typeof init.body === 'string' ? init.body : undefined;
    const request = requestOf(init.method ?? 'GET', pathname, { ...headers, host }, body);
    const response = new MemoryResponse();
    // It has what the handler uses of a response.
    core.answer(request, response as unknown as ServerResponse);
    const answer = await response.ended;
    await this.pause();
    return answer;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => void this.clock.after(LATENCY_MS, resolve));
  }
}

function admit(core: RelayCore, { url, protocols, relay }: SocketPair): void {
  const { pathname, host } = new URL(url);
  const protocol = protocols.join(', ');
  const request = requestOf('GET', pathname, {
    host,
    ...(protocol ? { 'sec-websocket-protocol': protocol } : {}),
  });
  const place = core.addresses.connect(clientOf(request));
  if (!place) return relay.terminate();
  relay.once('close', () => place.dispose());
  // A RelayEnd is a WebSocket of `ws` in all that the relay uses.
  return core.accept(relay as unknown as RelaySocket, request);
}

function requestOf(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): IncomingMessage {
  const stream = Readable.from(body === undefined ? [] : [Buffer.from(body)]);
  const socket = { remoteAddress: '127.0.0.1' };
  // It has what the relay reads of a request.
  return Object.assign(stream, { method, url, headers, socket }) as unknown as IncomingMessage;
}

/** What an answer is written to. */
class MemoryResponse extends EventEmitter {
  headersSent = false;
  private status = 200;
  private headers: Readonly<Record<string, string>> = {};
  private resolve: (response: Response) => void = () => undefined;
  readonly ended = new Promise<Response>((resolve) => (this.resolve = resolve));

  writeHead(status: number, headers: Readonly<Record<string, string>>): this {
    this.headersSent = true;
    this.status = status;
    this.headers = headers;
    return this;
  }

  end(body?: string | Uint8Array<ArrayBuffer>): void {
    const isBare = this.status === 204 || this.status === 304;
    const { status, headers } = this;
    this.resolve(new Response(isBare ? null : body, { status, headers }));
  }
}
