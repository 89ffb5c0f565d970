// What each network address uses: connections, attempts, requests.
import type { Clock } from '../../base/clock.ts';
import { type Disposable, toDisposable } from '../../base/disposable.ts';
import { type Client, isLoopbackAddress } from './hostNames.ts';
import type { RelayLimits } from '../relayLimits.ts';
import { TokenBucket } from './tokenBucket.ts';

/** Sockets beyond its connections that an address may have, for requests and what is not yet one. */
const MORE_SOCKETS = 128;

interface AddressUse {
  sockets: number;
  connections: number;
  readonly maxConnections: number;
  readonly connects: TokenBucket;
  readonly requests: TokenBucket;
}

/** Counts per address, with bounds; addresses without use are forgotten by `sweep`. */
export class Addresses {
  private readonly clock: Clock;
  private readonly limits: RelayLimits;
  private connections = 0;
  private readonly uses = new Map<string, AddressUse>();

  constructor(options: { readonly clock: Clock; readonly limits: RelayLimits }) {
    this.clock = options.clock;
    this.limits = options.limits;
  }

  /** Number of addresses known, for leak checks. */
  get size(): number {
    return this.uses.size;
  }

  /**
   * Takes a place for one socket, before anything is read from it: silent ones are cut only after
   * some seconds. Undefined if its address has too many. Dispose to free it.
   */
  openSocket(peer: string): Disposable | undefined {
    const use = this.use(peer);
    if (use.sockets >= use.maxConnections + MORE_SOCKETS) return undefined;
    use.sockets += 1;
    return toDisposable(() => {
      use.sockets -= 1;
    });
  }

  /** Takes a place for one connection; undefined if there are too many. Dispose to free it. */
  connect({ peer, address }: Client): Disposable | undefined {
    if (this.connections >= this.limits.connections) return undefined;
    const uses = [...new Set([peer, address])].map((each) => this.use(each));
    const now = this.clock.monotonic();
    const isFull = uses.some((use) => use.connections >= use.maxConnections);
    if (isFull || !uses.every((use) => use.connects.take(1, now))) return undefined;
    const count = (change: 1 | -1): void => {
      this.connections += change;
      for (const use of uses) use.connections += change;
    };
    count(1);
    return toDisposable(() => count(-1));
  }

  /** Whether the address may make one more request. */
  takeRequest({ peer, address }: Client): boolean {
    const now = this.clock.monotonic();
    return [...new Set([peer, address])].every((each) => this.use(each).requests.take(1, now));
  }

  /** Forgets addresses that use nothing. */
  sweep(): void {
    const now = this.clock.monotonic();
    for (const [address, use] of this.uses) {
      const isFull = use.connects.isFull(now) && use.requests.isFull(now);
      if (use.sockets === 0 && use.connections === 0 && isFull) this.uses.delete(address);
    }
  }

  private use(address: string): AddressUse {
    const known = this.uses.get(address);
    if (known) return known;
    const now = this.clock.monotonic();
    // Loopback stands for every window, member and document of a computer.
    const isLoopback = isLoopbackAddress(address);
    const factor = isLoopback ? 20 : 1;
    const scaled = ({ perSecond, burst }: { perSecond: number; burst: number }): TokenBucket =>
      new TokenBucket({ perSecond: perSecond * factor, burst: burst * factor }, now);
    const use: AddressUse = {
      sockets: 0,
      connections: 0,
      maxConnections: isLoopback
        ? this.limits.connectionsPerLoopback
        : this.limits.connectionsPerAddress,
      connects: scaled(this.limits.connects),
      requests: scaled(this.limits.requests),
    };
    this.uses.set(address, use);
    return use;
  }
}
