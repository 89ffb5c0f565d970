// Streamed text on its way into a document: pieces per block, merged before they take too much room.
import { textBytes } from '../base/jsonText.ts';
import type { LiveText } from '../protocol/entryParts.ts';

/** A numbered piece: `n` to `to` of its block (deltaSchema). */
export interface LivePiece extends LiveText {
  readonly n: number;
  readonly to: number;
}

/** Names a block of a message. */
export function blockKey(messageId: string, block: number): string {
  return `${messageId}/${block}`;
}

/** Text of one piece in UTF-16 units: a longer delta is cut before it is sealed. */
const PIECE_UNITS = 4 * 1024;
/** Text of one merged piece as JSON: with its names it stays below the next step of padding, 8 KiB. */
const MERGED_BYTES = 7 * 1024;
/**
 * Text of all blocks together that a merge keeps, as JSON: well below the bound at which the next
 * merge is due, or each small piece would have everything sealed again. What is older comes with
 * the finished entries.
 */
const KEPT_BYTES = 24 * 1024;

/** Collects text per block and numbers the pieces. */
export class LiveBuffer {
  private readonly waiting = new Map<string, LiveText>();
  private readonly nextNumber = new Map<string, number>();

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  add(piece: LiveText): void {
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

/** Fewer pieces with the same text, per block in order; of very long blocks, and of very many, only the ends are kept. */
export function mergePieces(pieces: readonly LivePiece[]): readonly LivePiece[] {
  const blocks = new Map<string, SizedPiece[]>();
  for (const piece of pieces) {
    const key = blockKey(piece.messageId, piece.block);
    const block = blocks.get(key) ?? [];
    const last = block.at(-1);
    const bytes = textBytes(piece.text);
    if (last && last.bytes + bytes <= MERGED_BYTES) {
      const merged = { ...last.piece, text: last.piece.text + piece.text, to: piece.to };
      block[block.length - 1] = { piece: merged, bytes: last.bytes + bytes };
    } else {
      block.push({ piece, bytes });
    }
    blocks.set(key, block);
  }
  const share = Math.floor(KEPT_BYTES / Math.max(1, blocks.size));
  return [...blocks.values()].flatMap((block) => keepEnd(block, share));
}

interface SizedPiece {
  readonly piece: LivePiece;
  readonly bytes: number;
}

function keepEnd(block: readonly SizedPiece[], maxBytes: number): readonly LivePiece[] {
  const kept: LivePiece[] = [];
  let left = maxBytes;
  for (const { piece, bytes } of [...block].reverse()) {
    if (bytes > left) {
      if (kept.length === 0) kept.unshift({ ...piece, text: endOf(piece.text, left) });
      break;
    }
    kept.unshift(piece);
    left -= bytes;
  }
  return kept;
}

/** The end of a text that takes at most so many bytes; never half a character. */
function endOf(text: string, maxBytes: number): string {
  let start = Math.max(0, text.length - maxBytes);
  while (start < text.length && textBytes(text.slice(start)) > maxBytes) {
    start += Math.max(1, Math.ceil((text.length - start) / 8));
  }
  if (/[\uDC00-\uDFFF]/.test(text.charAt(start))) start += 1;
  return text.slice(start);
}

function splitText(text: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + PIECE_UNITS);
    // Never part a surrogate pair: each piece is its own JSON text.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}
