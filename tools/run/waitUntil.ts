// Waits for a condition of real processes and sockets, instead of sleeping.
import { WAIT_MS } from './waitBound.ts';

/** Resolves to the first truthy value of `check`; rejects after `timeoutMs` naming `what`. */
export async function waitUntil<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = WAIT_MS,
): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
