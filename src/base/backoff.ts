// Delays between tries: exponential with full jitter, so that many clients do not come back at once.

/** How a series of delays grows. */
export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Random number in [0, 1). */
  readonly random: () => number;
}

/** Delay in ms before try number `attempt` (from 0): between half and the whole of the exponential step. */
export function backoffDelayMs(attempt: number, options: BackoffOptions): number {
  const step = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempt, 30));
  return step / 2 + (step / 2) * options.random();
}
