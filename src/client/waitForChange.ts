// Waits until something that tells its changes shows what is wanted, or cannot any more.
import type { Clock } from '../base/clock.ts';
import { DisposableStore } from '../base/disposable.ts';
import type { Event } from '../base/emitter.ts';
import type { AppError } from '../base/errors.ts';
import type { RoomView } from '../session/view.ts';
import { asAppError, cancelled, timedOut } from './errors.ts';

/** How long to wait, and what to reject with when it is for nothing. */
export interface WaitOptions {
  readonly clock: Pick<Clock, 'after'>;
  readonly signal?: AbortSignal;
  /** Default: an error with code 'cancelled'. */
  readonly onAbort?: (reason: unknown) => AppError;
  /** Absent: as long as it takes. */
  readonly timeoutMs?: number;
  /** Default: an error with code 'timeout'. */
  readonly onTimeout?: () => AppError;
}

/** What is waited for. */
export interface ChangeWait<T> extends WaitOptions {
  /** It is looked again after each of these. */
  readonly events: readonly Event<unknown>[];
  /** A value ends the wait, an error that is thrown ends it badly, undefined goes on. */
  readonly look: () => T | undefined;
}

/** Resolves to the first value of `look`; the first look is at once. Rejects with the AppError of `look` or the options. */
export function waitForChange<T>(wait: ChangeWait<T>): Promise<T> {
  const { events, look, clock, signal, timeoutMs } = wait;
  const { onAbort = cancelled, onTimeout = timedOut } = wait;
  return new Promise((resolve, reject) => {
    const disposables = new DisposableStore();
    const end = (settle: () => void): void => {
      disposables.dispose();
      settle();
    };
    const check = (): void => {
      if (disposables.isDisposed) return;
      try {
        const value = look();
        if (value !== undefined) end(() => resolve(value));
        else if (signal?.aborted) throw onAbort(signal.reason);
      } catch (error) {
        end(() => reject(asAppError(error)));
      }
    };
    for (const event of events) disposables.add(event(check));
    signal?.addEventListener('abort', check, { once: true });
    disposables.defer(() => signal?.removeEventListener('abort', check));
    if (timeoutMs !== undefined) {
      disposables.add(clock.after(timeoutMs, () => end(() => reject(onTimeout()))));
    }
    check();
  });
}
/** Waits for something in a joined room; the room's end ends the wait too. */
export function waitForView<T>(
  view: Pick<RoomView, 'truth' | 'onDidChange'>,
  look: () => T | undefined,
  options: WaitOptions,
): Promise<T> {
  return waitForChange({
    ...options,
    events: [view.onDidChange],
    look: () => {
      const value = look();
      if (value === undefined && view.truth.kind === 'over') throw view.truth.error;
      return value;
    },
  });
}
