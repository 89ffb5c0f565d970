// Ends what was started, one after the other: nothing that fails or hangs keeps the process alive.
import type { Clock } from '../base/clock.ts';
import { errorText, type Logger } from '../base/log.ts';

/** All of it may take this long: agents get 28 s, old ones of a killed host 66 s at the most. */
const CLOSE_MS = 70_000;

/** Closes in order. Resolves when all is closed, or when it took too long: then the rest ends with the process. */
export async function closeInOrder(
  closers: readonly (() => Promise<void> | void)[],
  options: { readonly clock: Clock; readonly log: Logger },
): Promise<void> {
  const { clock, log } = options;
  const closing = (async () => {
    for (const close of closers) {
      try {
        await close();
      } catch (error) {
        log.warn('not closed cleanly', { error: errorText(error) });
      }
    }
  })();
  await new Promise<void>((resolve) => {
    const timer = clock.after(CLOSE_MS, () => {
      log.error('not closed in time');
      resolve();
    });
    void closing.then(() => {
      timer.dispose();
      resolve();
    });
  });
  log.info('host ended');
}
