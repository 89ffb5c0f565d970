// What each network address uses: connections, attempts, failed admissions.
import type { Clock } from '../base/clock.ts';
import { type Disposable, toDisposable } from '../base/disposable.ts';
import { isLoopbackAddress } from './hostNames.ts';
import type { RelayLimits } from './limits.ts';
import { TokenBucket } from './tokenBucket.ts';

/** The first failures cost no more than the grace; from then on the wait doubles. */
const FREE_FAILURES = 3;
const FIRST_DELAY_MS = 250;
/** A failure is forgotten after this time. */
const FORGET_MS = 60_000;

interface AddressUse {
  connections: number;
  failures: number;
  lastFailureMs: number;
  readonly connects: TokenBucket;
  readonly requests: TokenBucket;
}

/** Counts per address, with bounds; addresses without use are forgotten by `sweep`. */
export class Addresses {
  private readonly clock: Clock;
  private readonly limits: RelayLimits;
  private readonly uses = new Map<string, AddressUse>();

  constructor(options: { readonly clock: Clock; readonly limits: RelayLimits }) {
    this.clock = options.clock;
    this.limits = options.limits;
  }

  /** Number of addresses known, for leak checks. */
  get size(): number {
    return this.uses.size;
  }

  /** Takes a place for one connection; undefined if the address has too many. Dispose to free it. */
  connect(address: string): Disposable | undefined {
    const use = this.use(address);
    const bound = isLoopbackAddress(address)
      ? this.limits.connectionsPerLoopback
      : this.limits.connectionsPerAddress;
    if (use.connections >= bound || !use.connects.take(1, this.clock.monotonic())) return undefined;
    use.connections += 1;
    return toDisposable(() => {
      use.connections -= 1;
    });
  }

  /** Whether the address may make one more request. */
  takeRequest(address: string): boolean {
    return this.use(address).requests.take(1, this.clock.monotonic());
  }

  /** Records a failed admission and tells how long the answer must wait, in ms. */
  failureDelayMs(address: string): number {
    const use = this.use(address);
    const now = this.clock.monotonic();
    if (now - use.lastFailureMs > FORGET_MS) use.failures = 0;
    use.failures += 1;
    use.lastFailureMs = now;
    if (use.failures <= FREE_FAILURES) return 0;
    const doublings = Math.min(use.failures - FREE_FAILURES - 1, 20);
    return Math.min(this.limits.failureDelayMaxMs, FIRST_DELAY_MS * 2 ** doublings);
  }

  /** Forgets addresses that use nothing. */
  sweep(): void {
    const now = this.clock.monotonic();
    for (const [address, use] of this.uses) {
      const isQuiet = use.failures === 0 || now - use.lastFailureMs > FORGET_MS;
      const isFull = use.connects.isFull(now) && use.requests.isFull(now);
      if (use.connections === 0 && isQuiet && isFull) this.uses.delete(address);
    }
  }

  private use(address: string): AddressUse {
    const known = this.uses.get(address);
    if (known) return known;
    const now = this.clock.monotonic();
    // Loopback stands for every window, member and document of a computer.
    const factor = isLoopbackAddress(address) ? 20 : 1;
    const scaled = ({ perSecond, burst }: { perSecond: number; burst: number }): TokenBucket =>
      new TokenBucket({ perSecond: perSecond * factor, burst: burst * factor }, now);
    const use: AddressUse = {
      connections: 0,
      failures: 0,
      lastFailureMs: 0,
      connects: scaled(this.limits.connects),
      requests: scaled(this.limits.requests),
    };
    this.uses.set(address, use);
    return use;
  }
}
