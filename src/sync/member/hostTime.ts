// The host's wall clock as this device knows it: its last sign, carried on by our own monotonic clock.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import { TIMES } from '../../protocol/limits.ts';

/** How often the two clocks of this device are compared. */
const LOOK_MS = 1_000;
/** A pause between two looks that is longer than this is a sleep, by whichever clock it shows. */
const GAP_MS = 5_000;
/** By so much two readings of the host's clock may contradict each other. */
const SLACK_MS = 2_000;

/** What following needs. */
export interface HostTimeOptions {
  readonly clock: Clock;
  /** This device slept or stood still, or its clock was set: what was true before may be hours old. */
  readonly onJump: () => void;
}

interface Reading {
  /** Wall time of the host, ms. */
  readonly at: number;
  /** This device's monotonic time that it stands for, ms. */
  readonly monotonic: number;
}

/**
 * Tells the host's time without trusting this device's wall clock. Every sign of the host was made
 * before it came: that bounds its clock from below. A beat that names a nonce of ours was made after
 * the nonce was: that bounds it from above, and with it the age of all that follows, however long a
 * relay keeps what it carries.
 */
export class HostTime implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: HostTimeOptions;
  /** The host's clock stood at least here. */
  private least: Reading | undefined;
  /** The host's clock stood at most here. */
  private most: Reading | undefined;
  /** Until when that counts, in monotonic time, if the host's clock may have been set since. */
  private mostEndsMs: number | undefined;
  private wallOffsetMs: number;
  private lookedAtMs: number;

  constructor(options: HostTimeOptions) {
    this.options = options;
    this.wallOffsetMs = this.offset();
    this.lookedAtMs = options.clock.monotonic();
    this.disposables.add(options.clock.every(LOOK_MS, () => this.tick()));
  }

  /** Host wall time, ms; undefined before the first sign, and after a sleep until the next one. */
  get now(): number | undefined {
    this.look();
    return this.carry(this.least);
  }

  /** A beat was made at this time, and after `provesMs` of our monotonic clock if that is proved; false if it tells nothing new. */
  heard(at: number, provesMs: number | undefined): boolean {
    if (provesMs !== undefined) this.proved(at, provesMs);
    return this.saw(at);
  }

  /** A signed record of the host was made at this time; false if it tells nothing new. */
  saw(at: number): boolean {
    // A record that came late tells a time that is over: the latest reading is the best one.
    if (at <= (this.now ?? 0)) return false;
    this.least = { at, monotonic: this.options.clock.monotonic() };
    // The host's clock was put forward: what bounded it from above is over, unless it is proved soon.
    if (at > (this.carry(this.most) ?? at) + SLACK_MS) {
      this.mostEndsMs ??= this.options.clock.monotonic() + TIMES.askAgainMs;
    }
    return true;
  }

  /** It was made after this moment of our monotonic clock: it names what we said then. */
  proved(at: number, afterMs: number): void {
    this.most = { at, monotonic: afterMs };
    this.mostEndsMs = undefined;
    const now = this.carry(this.most);
    // The host's clock was put back.
    if (now !== undefined && (this.carry(this.least) ?? now) > now + SLACK_MS) {
      this.least = { at, monotonic: this.options.clock.monotonic() };
    }
  }

  /** How long ago, at the most, the host made what it made at this time; undefined if nothing proves it. */
  ageMs(at: number): number | undefined {
    this.look();
    const hasEnded = this.options.clock.monotonic() > (this.mostEndsMs ?? Infinity);
    const now = hasEnded ? undefined : this.carry(this.most);
    return now === undefined ? undefined : Math.max(0, now - at);
  }

  /** Whether a fresh proof would tell more of what was made at this time: it is late, or the host's clock was set. */
  wantsProof(at: number): boolean {
    return this.mostEndsMs !== undefined || (this.ageMs(at) ?? Infinity) > TIMES.askAgainMs;
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private carry(reading: Reading | undefined): number | undefined {
    return reading && reading.at + (this.options.clock.monotonic() - reading.monotonic);
  }

  /** Where the monotonic clock goes on through a sleep, and where a process was stopped, a look comes late. */
  private tick(): void {
    const now = this.options.clock.monotonic();
    const isLate = now - this.lookedAtMs > GAP_MS;
    this.lookedAtMs = now;
    if (!this.look() && isLate) this.options.onJump();
  }

  /**
   * Most monotonic clocks stand still while a computer sleeps; the wall clock does not. A clock that
   * is set forward looks the same. Returns whether it jumped.
   */
  private look(): boolean {
    const offset = this.offset();
    const jumpMs = offset - this.wallOffsetMs;
    this.wallOffsetMs = offset;
    if (jumpMs <= GAP_MS && -jumpMs <= TIMES.clockJumpMs) return false;
    this.least = undefined;
    this.most = undefined;
    this.mostEndsMs = undefined;
    this.options.onJump();
    return true;
  }

  private offset(): number {
    return this.options.clock.now() - this.options.clock.monotonic();
  }
}
