// Streamed text on its way into a document: pieces per block, merged before they take too much room.
import type { Delta } from '../protocol/room.ts';

/** Streamed text of one block, not numbered yet. */
export interface LiveInput {
  readonly messageId: string;
  readonly block: number;
  readonly type: Delta['type'];
  readonly text: string;
  readonly tool?: string;
  readonly parent?: string;
}

/** A numbered piece: `n` to `to` of its block (deltaSchema). */
export interface LivePiece extends LiveInput {
  readonly n: number;
  readonly to: number;
}

/** Names a block of a message. */
export function blockKey(messageId: string, block: number): string {
  return `${messageId}/${block}`;
}

/** Text of one merged piece, in UTF-16 units: a record of it stays below 32 KiB even if every unit takes three bytes. */
const MERGED_UNITS = 8 * 1024;
/** Text of a block that the document keeps; older text comes with the finished entry. */
const KEPT_UNITS = 32 * 1024;

/** Collects text per block and numbers the pieces. */
export class LiveBuffer {
  private readonly waiting = new Map<string, LiveInput>();
  private readonly nextNumber = new Map<string, number>();

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  add(piece: LiveInput): void {
    const key = blockKey(piece.messageId, piece.block);
    const known = this.waiting.get(key);
    this.waiting.set(key, known ? { ...known, text: known.text + piece.text } : piece);
  }

  /** Forgets a block: its entry exists now. */
  end(key: string): void {
    this.waiting.delete(key);
    this.nextNumber.delete(key);
  }

  /** The waiting text as numbered pieces. */
  take(): readonly LivePiece[] {
    const pieces: LivePiece[] = [];
    for (const [key, piece] of this.waiting) {
      for (const text of splitText(piece.text)) {
        const n = this.nextNumber.get(key) ?? 0;
        this.nextNumber.set(key, n + 1);
        pieces.push({ ...piece, text, n, to: n });
      }
    }
    this.waiting.clear();
    return pieces;
  }
}

/** Fewer pieces with the same text, per block in order; of a very long block only the end is kept. */
export function mergePieces(pieces: readonly LivePiece[]): readonly LivePiece[] {
  const blocks = new Map<string, LivePiece[]>();
  for (const piece of pieces) {
    const key = blockKey(piece.messageId, piece.block);
    const block = blocks.get(key) ?? [];
    const last = block.at(-1);
    if (last && last.text.length + piece.text.length <= MERGED_UNITS) {
      block[block.length - 1] = { ...last, text: last.text + piece.text, to: piece.to };
    } else {
      block.push(piece);
    }
    blocks.set(key, block);
  }
  return [...blocks.values()].flatMap((block) => {
    let units = block.reduce((sum, piece) => sum + piece.text.length, 0);
    while (units > KEPT_UNITS && block.length > 1) units -= block.shift()?.text.length ?? 0;
    return block;
  });
}

function splitText(text: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + MERGED_UNITS);
    // Never part a surrogate pair: each piece is its own JSON text.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}
