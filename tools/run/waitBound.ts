// How long tests and scripts wait at the most for what is sure to come.

/**
 * Many times what the slowest of it takes beside four busy processes: whoever waits longer waits for
 * something that does not come. It is shorter than a test's time limit, so that it is named.
 */
export const WAIT_MS = 60_000;
