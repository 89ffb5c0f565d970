// Streamed text as a replica shows it: by values, not events, because updates arrive merged, late or split.
import type { Delta } from '../protocol/room.ts';
import { blockKey } from './liveBuffer.ts';
import type { LiveBlock, PlacedEntry } from './view.ts';

/** A block with the place at which it was broken off. */
type BrokenBlock = LiveBlock & { readonly brokenAt: number };

/** So many of the newest stay. */
const MAX_BROKEN = 8;

interface ShownBlock {
  readonly block: LiveBlock;
  /** Log end and state revision when it was last seen in the document. */
  readonly seenAtEnd: number;
  readonly seenAtRev: number;
}

/** Joins pieces to blocks and keeps a block until something newer explains its absence. */
export class LiveView {
  private shown = new Map<string, ShownBlock>();
  /** [O10] What hosts before this one streamed and did not finish. */
  private broken: readonly BrokenBlock[] = [];

  /** What was broken off first, then what streams. */
  get blocks(): readonly LiveBlock[] {
    return [...this.broken, ...[...this.shown.values()].map(({ block }) => block)];
  }

  /** Reads the pieces that stand in the document beside the log; true if what is shown changed. */
  update(
    pieces: readonly Delta[],
    log: { readonly end: number; readonly entries: readonly PlacedEntry[] },
    rev: number,
  ): boolean {
    const logEnd = log.end;
    const before = this.shown;
    const next = new Map<string, ShownBlock>();
    for (const block of joinPieces(pieces)) {
      next.set(blockKey(block.messageId, block.block), {
        block,
        seenAtEnd: logEnd,
        seenAtRev: rev,
      });
    }
    for (const [key, shown] of before) {
      // A hostile relay can show the deletion without the entry: only a newer head explains it.
      const isExplained = logEnd > shown.seenAtEnd || rev > shown.seenAtRev;
      if (!next.has(key) && !isExplained) next.set(key, shown);
    }
    this.shown = next;
    if (this.dropWhole(log.entries)) return true;
    if (before.size !== next.size) return true;
    return [...next].some(([key, { block }]) => before.get(key)?.block.text !== block.text);
  }

  /** The host that streamed is gone without a word: what it wrote stays as it is. False if nothing was shown. */
  breakOff(logEnd: number): boolean {
    if (this.shown.size === 0) return false;
    const fresh = [...this.shown.values()].map(({ block }) => ({ ...block, brokenAt: logEnd }));
    this.broken = [...this.broken, ...fresh].slice(-MAX_BROKEN);
    this.shown = new Map();
    return true;
  }

  /** What was broken off goes when the whole comes, or streams anew: it is never shown twice. */
  private dropWhole(entries: readonly PlacedEntry[]): boolean {
    if (this.broken.length === 0) return false;
    const from = Math.min(...this.broken.map(({ brokenAt }) => brokenAt));
    const whole = new Set<string>();
    for (let at = entries.length - 1; at >= 0; at -= 1) {
      const placed = entries[at];
      if (placed === undefined || placed.index < from) break;
      const { entry } = placed;
      if ('messageId' in entry) whole.add(`${String(entry.messageId)} ${entry.kind}`);
    }
    const left = this.broken.filter(
      ({ messageId, block, type }) =>
        !whole.has(`${messageId} ${type === 'tool-input' ? 'tool-call' : type}`) &&
        !this.shown.has(blockKey(messageId, block)),
    );
    const isLess = left.length < this.broken.length;
    this.broken = left;
    return isLess;
  }
}

function joinPieces(pieces: readonly Delta[]): readonly LiveBlock[] {
  const groups = new Map<string, Delta[]>();
  for (const piece of pieces) {
    const key = blockKey(piece.messageId, piece.block);
    const group = groups.get(key);
    if (group) group.push(piece);
    else groups.set(key, [piece]);
  }
  return [...groups.values()].flatMap((group) => {
    group.sort((a, b) => a.n - b.n || (b.to ?? b.n) - (a.to ?? a.n));
    const first = group[0];
    if (!first) return [];
    let text = '';
    let next = first.n;
    for (const piece of group) {
      // A merged piece may stand beside those it replaces for a moment; a missing one ends the text.
      if (piece.n < next) continue;
      if (piece.n > next) break;
      text += piece.text;
      next = (piece.to ?? piece.n) + 1;
    }
    const { n: _n, to: _to, ...block } = first;
    return [{ ...block, text }];
  });
}
