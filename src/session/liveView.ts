// Streamed text as a replica shows it: by values, not events, because updates arrive merged, late or split.
import type { Delta } from '../protocol/room.ts';
import { blockKey } from './liveBuffer.ts';
import type { LiveBlock } from './view.ts';

interface ShownBlock {
  readonly block: LiveBlock;
  /** Log end and state revision when it was last seen in the document. */
  readonly seenAtEnd: number;
  readonly seenAtRev: number;
}

/** Joins pieces to blocks and keeps a block until something newer explains its absence. */
export class LiveView {
  private shown = new Map<string, ShownBlock>();

  get blocks(): readonly LiveBlock[] {
    return [...this.shown.values()].map(({ block }) => block);
  }

  /** Reads the pieces that stand in the document; true if what is shown changed. */
  update(pieces: readonly Delta[], logEnd: number, rev: number): boolean {
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
    if (before.size !== next.size) return true;
    return [...next].some(([key, { block }]) => before.get(key)?.block.text !== block.text);
  }

  /** Forgets everything; false if nothing was shown. */
  clear(): boolean {
    const wasShown = this.shown.size > 0;
    this.shown = new Map();
    return wasShown;
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
