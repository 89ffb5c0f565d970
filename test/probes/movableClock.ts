// A clock that runs as the system's does, and that a test moves on when it has seen what it waited for.
import type { Clock } from '../../src/base/clock.ts';
import { systemClock } from '../../src/base/clock.ts';
import { type Disposable, toDisposable } from '../../src/base/disposable.ts';

interface Timer {
  dueMs: number;
  readonly intervalMs: number | undefined;
  readonly callback: () => void;
  real: Disposable;
}

/** A running clock with a jump. */
export interface MovableClock extends Clock {
  /** Moves both times on; what becomes due runs in order, a moment later. */
  advance(ms: number): void;
}

/** Makes one that stands where the system's clock does. */
export function createMovableClock(): MovableClock {
  let laterMs = 0;
  const timers = new Set<Timer>();
  const monotonic = (): number => systemClock.monotonic() + laterMs;
  const arm = (timer: Timer): void => {
    timer.real = systemClock.after(Math.max(0, timer.dueMs - monotonic()), () => {
      if (timer.intervalMs === undefined) timers.delete(timer);
      else {
        timer.dueMs = Math.max(timer.dueMs + timer.intervalMs, monotonic());
        arm(timer);
      }
      timer.callback();
    });
  };
  const add = (delayMs: number, intervalMs: number | undefined, callback: () => void) => {
    const dueMs = monotonic() + delayMs;
    const timer: Timer = { dueMs, intervalMs, callback, real: toDisposable(() => undefined) };
    timers.add(timer);
    arm(timer);
    return toDisposable(() => {
      timer.real.dispose();
      timers.delete(timer);
    });
  };
  return {
    now: () => systemClock.now() + laterMs,
    monotonic,
    after: (delayMs, callback) => add(delayMs, undefined, callback),
    every: (intervalMs, callback) => add(intervalMs, intervalMs, callback),
    advance(ms) {
      laterMs += ms;
      for (const timer of [...timers].sort((a, b) => a.dueMs - b.dueMs)) {
        timer.real.dispose();
        arm(timer);
      }
    },
  };
}
