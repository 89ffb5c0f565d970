// Ends a host that nobody needs: no window, no guest, nothing running, nothing pending.
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';

/** A host that nobody needed this long ends by itself. */
export const IDLE_MS = 30 * 60_000;
/** One that a newer build wants to replace ends as soon as nothing runs, windows or not. */
export const REPLACE_MS = 5_000;
const LOOK_MS = 1_000;

/** What decides. */
export interface IdleStopOptions {
  readonly clock: Clock;
  /** Something runs, or waits for a person. */
  readonly isBusy: () => boolean;
  /** A window or a guest is connected. */
  readonly isWatched: () => boolean;
  /** A newer build wants this host's place. */
  readonly isUnwanted: () => boolean;
  readonly stop: (reason: 'idle' | 'replaced') => void;
}

/** Watches for idleness until disposed or fired. */
export function watchIdle(options: IdleStopOptions): Disposable {
  const { clock, isBusy, isWatched, isUnwanted, stop } = options;
  const disposables = new DisposableStore();
  let neededAt = clock.monotonic();
  let busyAt = clock.monotonic();
  disposables.add(
    clock.every(LOOK_MS, () => {
      const now = clock.monotonic();
      if (isBusy()) busyAt = neededAt = now;
      else if (isWatched()) neededAt = now;
      const isIdle = now - neededAt >= IDLE_MS;
      const isReplaced = now - busyAt >= REPLACE_MS && isUnwanted();
      if (!isIdle && !isReplaced) return;
      disposables.dispose();
      stop(isIdle ? 'idle' : 'replaced');
    }),
  );
  return disposables;
}
