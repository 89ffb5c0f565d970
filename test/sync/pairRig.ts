// Rooms on a network in memory and a clock that stands still: time passes only while a test waits.
import { type Disposable, toDisposable } from '../../src/base/disposable.ts';
import { silentLogger } from '../../src/base/log.ts';
import type { Identity } from '../../src/crypto/identity.ts';
import type { Relay } from '../../src/relay/server.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import type { InviteOptions } from '../../src/sync/host/hostRoomOptions.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import type { JoinOptions } from '../../src/sync/member/joinOptions.ts';
import { createFakeClock, type FakeClock } from '../probes/fakeClock.ts';
import { takeOverTimers } from '../probes/globalTimers.ts';
import { OrderedCrypto } from '../probes/orderedCrypto.ts';
import { MemoryNet } from './memoryNet.ts';
import { type RigParts, type RigRelayOptions, SyncRig } from './syncRig.ts';

/** What has not come after this much of the clock's time does not come. */
const LIMIT_MS = 5 * 60_000;
/** A process is never as young as its clock when it opens a room. */
const START_MS = 1_000;

/** WebCrypto of a test. */
export interface RigCrypto extends Disposable {
  /** Resolves when nothing of it is under way and everything that can follow has followed. */
  idle(): Promise<void>;
}

interface World {
  readonly clock: FakeClock;
  readonly net: MemoryNet;
  readonly crypto: RigCrypto;
  readonly timers: Disposable;
  readonly listeners: Disposable;
}

/** A SyncRig without sockets and without waiting: the same test goes the same way each time. */
export class PairRig extends SyncRig {
  private readonly random: () => number;
  private made: World | undefined;
  /** Whoever waits at the same time waits for the same step. */
  private stepping: Promise<boolean> | undefined;

  private readonly makeCrypto: () => RigCrypto;

  constructor(
    random: () => number = () => 0.5,
    makeCrypto: () => RigCrypto = () => new OrderedCrypto(),
  ) {
    super();
    this.random = random;
    this.makeCrypto = makeCrypto;
  }

  get clock(): FakeClock {
    return this.world.clock;
  }

  get net(): MemoryNet {
    return this.world.net;
  }

  override async relay(options: RigRelayOptions = {}): Promise<Relay> {
    const { clock, net } = this.world;
    const store = createMemoryStore({ clock });
    const relay = net.relay({ store, clock, log: silentLogger, ...options });
    this.own(() => relay.close());
    return relay;
  }

  override host(...args: Parameters<SyncRig['host']>): Promise<HostRoom> {
    return this.run(super.host(...args));
  }

  override invite(
    room: HostRoom,
    relay: Pick<Relay, 'url'>,
    options: Partial<InviteOptions> = {},
  ): Promise<string> {
    return this.run(super.invite(room, relay, options));
  }

  override join(
    link: string,
    name?: string,
    identity?: Identity,
    options?: Partial<JoinOptions>,
  ): Promise<Attachment> {
    return this.run(super.join(link, name, identity, options));
  }

  /** Lets one thing happen after the other until `check` is truthy; its value. */
  override async until<T>(what: string, check: () => T | Promise<T>): Promise<NonNullable<T>> {
    const { clock } = this.world;
    const endMs = clock.monotonic() + LIMIT_MS;
    for (;;) {
      const value = await check();
      if (value) return value;
      if (clock.monotonic() > endMs) throw new Error(`it does not come: ${what}`);
      if (await this.step()) continue;
      const last = await check();
      if (last) return last;
      throw new Error(`nothing can happen any more: ${what}`);
    }
  }

  /** Lets one thing happen after the other until a promise has settled; settles as it does. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): boolean => (isSettled = true);
    promise.then(settled, settled);
    await this.until('the promise has settled', () => isSettled);
    return promise;
  }

  /** Lets everything happen that takes no time. */
  still(): Promise<void> {
    return this.world.crypto.idle();
  }

  /** What is so once everything has happened that takes no time. */
  async soon<T>(what: string, check: () => T): Promise<NonNullable<T>> {
    await this.still();
    const value = check();
    if (value) return value;
    throw new Error(`it is not so without time: ${what}`);
  }

  /** Lets everything happen that happens within so much time. */
  async pass(ms: number): Promise<void> {
    const { clock } = this.world;
    const endMs = clock.monotonic() + ms;
    // Something is due then, whatever else is.
    const due = clock.after(ms, () => undefined);
    while (clock.monotonic() < endMs) await this.step();
    due.dispose();
    await this.world.crypto.idle();
  }

  override async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) {
      await (this.made ? this.run(Promise.resolve(close())) : close());
    }
    this.made?.crypto.dispose();
    this.made?.timers.dispose();
    this.made?.listeners.dispose();
    this.made = undefined;
  }

  protected override get parts(): RigParts {
    const { clock, net } = this.world;
    return { clock, webSocket: net.webSocket, fetch: net.fetch, random: this.random };
  }

  private get world(): World {
    this.made ??= makeWorld(this.makeCrypto());
    return this.made;
  }

  /** Moves one message, or the clock to what is due next; false if there is neither. */
  private step(): Promise<boolean> {
    this.stepping ??= this.takeStep().finally(() => (this.stepping = undefined));
    return this.stepping;
  }

  private async takeStep(): Promise<boolean> {
    const { clock, net, crypto } = this.world;
    await crypto.idle();
    if (net.moveOne()) return true;
    const dueMs = Math.min(clock.nextDueMs, net.nextDueMs);
    if (dueMs === Infinity) return false;
    clock.advance(dueMs - clock.monotonic());
    return true;
  }
}

function makeWorld(crypto: RigCrypto): World {
  const clock = createFakeClock();
  clock.advance(START_MS);
  const timers = takeOverTimers(clock);
  // Every connection of the stock client listens for the end of the process.
  const maxListeners = process.getMaxListeners();
  process.setMaxListeners(0);
  const listeners = toDisposable(() => process.setMaxListeners(maxListeners));
  return { clock, net: new MemoryNet(clock), crypto, timers, listeners };
}
