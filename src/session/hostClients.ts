// [X4] Yjs clients of a host's documents: of what two hosts wrote without knowing of each other, the later stays.
import type { Clock } from '../base/clock.ts';

/** Clients of one term; above what stock clients draw, which are below it. */
const PER_TERM = 2 ** 32;
/** The last term whose clients are numbers that every JavaScript counts exactly. */
const MAX_TERM = 2 ** 21 - 1;

/**
 * Yjs lets the higher client win where two wrote at one place, as when a relay that lost its disk and
 * a host that was started anew meet a guest who still has the old document. So clients rise with the
 * term, and within it with the time of the process, which may close a room and serve it again.
 */
export class HostClients {
  private readonly first: number;
  private readonly clock: Pick<Clock, 'monotonic'>;
  private last = 0;

  constructor(term: number, clock: Pick<Clock, 'monotonic'>) {
    this.first = Math.min(term, MAX_TERM) * PER_TERM;
    this.clock = clock;
  }

  /** One for a new document: above all that were given before. */
  next(): number {
    const now = Math.floor(this.clock.monotonic()) % PER_TERM;
    this.last = Math.max(this.last + 1, this.first + now);
    return this.last;
  }
}
