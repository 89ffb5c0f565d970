// Where the methods of WebCrypto are taken over: at its prototype, which nothing may stand in front of.

/** The prototype of `crypto.subtle`. Throws if a test before has left a method of its own at the object itself. */
export function subtlePrototype(): object {
  const { subtle } = globalThis.crypto;
  const left = Object.getOwnPropertyNames(subtle);
  if (left.length > 0) throw new Error(`crypto.subtle was not put back: ${left.join(', ')}`);
  return Object.getPrototypeOf(subtle) as object;
}
