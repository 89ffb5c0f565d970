// The host's wall clock as this device knows it: its last sign, carried on by our own monotonic clock.
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import type { Clock } from '../../base/clock.ts';
import { TIMES } from '../../protocol/limits.ts';

/** How often the two clocks of this device are compared. */
const LOOK_MS = 1_000;

/** What following needs. */
export interface HostTimeOptions {
  readonly clock: Clock;
  /** This device slept, or its clock was set: what was true before may be hours old. */
  readonly onJump: () => void;
}

/** Tells the host's time without trusting this device's wall clock. */
export class HostTime implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly options: HostTimeOptions;
  private last: { readonly at: number; readonly monotonic: number } | undefined;
  private wallOffsetMs: number;

  constructor(options: HostTimeOptions) {
    this.options = options;
    this.wallOffsetMs = this.offset();
    this.disposables.add(options.clock.every(LOOK_MS, () => this.look()));
  }

  /** Host wall time, ms; undefined before the first sign, and after a sleep until the next one. */
  get now(): number | undefined {
    this.look();
    if (!this.last) return undefined;
    return this.last.at + (this.options.clock.monotonic() - this.last.monotonic);
  }

  /** A signed record of the host was made at this time; false if it tells nothing new. */
  saw(at: number): boolean {
    // A record that came late tells a time that is over: the latest reading is the best one.
    if (at <= (this.now ?? 0)) return false;
    this.last = { at, monotonic: this.options.clock.monotonic() };
    return true;
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** Most monotonic clocks stand still while a computer sleeps; the wall clock does not. */
  private look(): void {
    const offset = this.offset();
    const jumpMs = Math.abs(offset - this.wallOffsetMs);
    this.wallOffsetMs = offset;
    if (jumpMs <= TIMES.clockJumpMs) return;
    this.last = undefined;
    this.options.onJump();
  }

  private offset(): number {
    return this.options.clock.now() - this.options.clock.monotonic();
  }
}
