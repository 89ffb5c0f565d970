// The runtime's own time and timers, taken over by a clock: the stock y-websocket client is given none.
import type { Clock } from '../../src/base/clock.ts';
import type { Disposable } from '../../src/base/disposable.ts';
import { replaceWallTime } from './wallTime.ts';

type Callback = (...args: unknown[]) => void;

/** `Date.now` and timers of the whole process are the clock's until the result is disposed. */
export function takeOverTimers(clock: Clock): Disposable {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  // A timer that was begun before, as that of a real socket, is still the runtime's.
  const clear = (timer: Disposable | NodeJS.Timeout | undefined): void => {
    if (timer !== undefined && 'dispose' in timer) timer.dispose();
    else clearTimeout(timer);
  };
  Object.assign(globalThis, {
    setTimeout: (callback: Callback, delayMs = 0, ...args: unknown[]) =>
      clock.after(delayMs, () => callback(...args)),
    setInterval: (callback: Callback, delayMs = 0, ...args: unknown[]) =>
      clock.every(delayMs, () => callback(...args)),
    clearTimeout: clear,
    clearInterval: clear,
  });
  const wallTime = replaceWallTime(() => clock.now());
  return {
    dispose: () => {
      replaceWallTime(wallTime);
      Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
    },
  };
}
