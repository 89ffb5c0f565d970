// [X4] The Yjs client of a host's document: of what two hosts wrote without knowing of each other, the later stays.

/** Clients of one term; those of the first are above what Yjs draws by itself. */
const PER_TERM = 2 ** 32;
/** The last term whose clients are numbers that every JavaScript counts exactly. */
const MAX_TERM = 2 ** 21 - 1;

/**
 * Yjs lets the higher client win where two wrote at one place, as when a relay that lost its disk and
 * a host that was started anew meet a guest who still has the old document. So clients rise with the
 * term, and within it with the time of the process, which may close a room and serve it again.
 */
export function documentClient(term: number, monotonicMs: number): number {
  return Math.min(term, MAX_TERM) * PER_TERM + (Math.floor(monotonicMs) % PER_TERM);
}
