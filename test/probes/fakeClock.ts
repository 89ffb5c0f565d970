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
  /** When the next timer is due, in monotonic time; Infinity if there is none. */
  readonly nextDueMs: number;
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
  const nextDue = (untilMs: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && timer.dueMs < (next?.dueMs ?? Infinity)) next = timer;
    }
    return next;
  };
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
    get nextDueMs() {
      return nextDue(Infinity)?.dueMs ?? Infinity;
    },
    get timers() {
      return timers.size;
    },
  };
}
