// Checks for what cannot happen; what can happen is an AppError.

/** Makes a switch exhaustive at compile time; throws at run time on a value the types deny. */
export function assertNever(value: never): never {
  throw new Error(`invariant: unexpected value ${JSON.stringify(value)}`);
}
