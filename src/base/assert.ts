// Checks for what cannot happen; what can happen is an AppError.

/** Throws if `condition` is false: a defect of ours, never of the input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`);
}

/** Makes a switch exhaustive at compile time; throws at run time on a value the types deny. */
export function assertNever(value: never): never {
  throw new Error(`invariant: unexpected value ${JSON.stringify(value)}`);
}
