// Whether a link leads no further than this computer.

/** Whether a relay's address is one of this computer alone. */
export function isLoopbackRelay(relay: string): boolean {
  return /^(localhost|127\..*|\[::1\])$/.test(new URL(relay).hostname);
}
