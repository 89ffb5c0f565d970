// A socket that is open and brings nothing: it is asked whether it lives, and given up when it does not answer.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import type { Event } from '../../base/emitter.ts';
import { TIMES } from '../../protocol/limits.ts';

/** What watching needs. */
export interface SocketWatchOptions {
  readonly clock: Clock;
  /** Something came. */
  readonly onDidHear: Event<void>;
  /** Whether the socket counts as open. */
  readonly isOpen: () => boolean;
  /** Asks for an answer. */
  readonly ask: () => void;
  /** None came: the connection is lost. */
  readonly onLost: () => void;
}

/** A half-open connection looks like one to a host that is away; the relay answers at once, if it can. */
export class SocketWatch implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: SocketWatchOptions;
  private heardAt: number;
  private askedAt: number | undefined;
  private timer: Disposable | undefined;

  constructor(options: SocketWatchOptions) {
    this.options = options;
    this.heardAt = options.clock.monotonic();
    this.disposables.add(options.onDidHear(() => this.heard()));
    this.disposables.defer(() => this.timer?.dispose());
    this.arm(TIMES.silentMs);
  }

  /** Asks now: this device woke, or its network changed. */
  check(): void {
    if (this.options.isOpen() && this.askedAt === undefined) this.ask();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private heard(): void {
    this.heardAt = this.options.clock.monotonic();
    this.askedAt = undefined;
  }

  private look(): void {
    const now = this.options.clock.monotonic();
    if (!this.options.isOpen()) this.heard();
    if (this.askedAt === undefined) {
      const leftMs = this.heardAt + TIMES.silentMs - now;
      if (leftMs > 0) this.arm(leftMs);
      else this.ask();
      return;
    }
    const leftMs = this.askedAt + TIMES.probeMs - now;
    if (leftMs > 0) return this.arm(leftMs);
    // Who was held up for longer than an answer takes has not looked for it yet.
    if (leftMs < -TIMES.probeMs) return this.ask();
    this.heard();
    this.arm(TIMES.silentMs);
    this.options.onLost();
  }

  private ask(): void {
    this.askedAt = this.options.clock.monotonic();
    this.arm(TIMES.probeMs);
    this.options.ask();
  }

  private arm(delayMs: number): void {
    this.timer?.dispose();
    if (!this.disposables.isDisposed) {
      this.timer = this.options.clock.after(delayMs, () => this.look());
    }
  }
}
