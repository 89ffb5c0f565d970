// A clock that a test moves.
import type { Clock } from '../../src/base/clock.ts';
import { toDisposable } from '../../src/base/disposable.ts';

interface Timer {
  dueMs: number;
  readonly intervalMs: number | undefined;
  readonly callback: () => void;
}

/** A Clock whose time stands still until `advance`. */
export interface FakeClock extends Clock {
  /** Moves both times, running what becomes due in order. */
  advance(ms: number): void;
  /** Moves wall time only. */
  jumpWall(ms: number): void;
  /** Number of timers, for leak checks. */
  readonly timers: number;
}

/** Makes a clock that stands at the given wall time. */
export function createFakeClock(startMs = 1_800_000_000_000): FakeClock {
  let elapsedMs = 0;
  let wallOffsetMs = startMs;
  const timers = new Set<Timer>();
  const add = (delayMs: number, intervalMs: number | undefined, callback: () => void) => {
    const timer: Timer = { dueMs: elapsedMs + Math.max(0, delayMs), intervalMs, callback };
    timers.add(timer);
    return toDisposable(() => timers.delete(timer));
  };
  const nextDue = (untilMs: number): Timer | undefined =>
    [...timers].filter((timer) => timer.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  return {
    now: () => wallOffsetMs + elapsedMs,
    monotonic: () => elapsedMs,
    after: (delayMs, callback) => add(delayMs, undefined, callback),
    every: (intervalMs, callback) => add(intervalMs, intervalMs, callback),
    advance(ms) {
      const untilMs = elapsedMs + ms;
      for (let timer = nextDue(untilMs); timer; timer = nextDue(untilMs)) {
        elapsedMs = timer.dueMs;
        if (timer.intervalMs === undefined) timers.delete(timer);
        else timer.dueMs += Math.max(1, timer.intervalMs);
        timer.callback();
      }
      elapsedMs = untilMs;
    },
    jumpWall(ms) {
      wallOffsetMs += ms;
    },
    get timers() {
      return timers.size;
    },
  };
}
