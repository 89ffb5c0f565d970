// Waits until a joined room shows something, or cannot any more.
import { AppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import type { RoomView } from '../../session/view.ts';

/** How long, and what to throw when it takes longer. */
export interface ViewWaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Undefined: as long as it takes. */
  readonly timeoutMs?: number;
  readonly onTimeout?: () => AppError;
}

/** Resolves to the first value of `pick`. Rejects with the room's end, the timeout's error or 'cancelled'. */
export function waitForView<T>(
  view: RoomView,
  pick: () => T | undefined,
  options: ViewWaitOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const disposables = new DisposableStore();
    const fail = (error: AppError): void => {
      disposables.dispose();
      reject(error);
    };
    const check = (): void => {
      if (disposables.isDisposed) return;
      const value = pick();
      if (value !== undefined) {
        disposables.dispose();
        resolve(value);
      } else if (view.truth.kind === 'over') {
        fail(view.truth.error);
      } else if (options.signal.aborted) {
        fail(cancelled());
      }
    };
    disposables.add(view.onDidChange(check));
    options.signal.addEventListener('abort', check, { once: true });
    disposables.defer(() => options.signal.removeEventListener('abort', check));
    const { timeoutMs, onTimeout } = options;
    if (timeoutMs !== undefined) {
      disposables.add(options.clock.after(timeoutMs, () => fail(onTimeout?.() ?? timedOut())));
    }
    check();
  });
}

/** The person pressed Ctrl+C. */
export function cancelled(): AppError {
  return new AppError('cancelled', { happened: 'This was cancelled.' });
}

function timedOut(): AppError {
  return new AppError('timeout', { happened: 'This took too long.' });
}
