// Time as a dependency, so that tests own it.
import { type Disposable, toDisposable } from './disposable.ts';

/** Wall time, monotonic time and timers; all in milliseconds. */
export interface Clock {
  /** Wall time, ms since 1970; may jump. */
  now(): number;
  /** Monotonic time, ms from an arbitrary start; never goes back. */
  monotonic(): number;
  /** Runs `callback` once after `delayMs`; dispose to cancel. */
  after(delayMs: number, callback: () => void): Disposable;
  /** Runs `callback` every `intervalMs`; dispose to end. */
  every(intervalMs: number, callback: () => void): Disposable;
}

/** The real clock of the runtime. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return toDisposable(() => clearTimeout(timer));
  },
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs);
    return toDisposable(() => clearInterval(timer));
  },
};
