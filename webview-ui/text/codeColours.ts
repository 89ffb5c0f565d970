// Colours code when the part of the page that can do so has come: one piece of code at a time, and each once.
import { type Signal, signal } from '@preact/signals';
import type { CodePiece } from './codePieces.ts';

/** The part that is loaded later. */
export interface SyntaxPart {
  colour(code: string, language: string): readonly CodePiece[] | undefined;
}

/** What colouring needs. `later` runs a callback when the page has time. */
export interface CodeColoursOptions {
  readonly load: () => Promise<SyntaxPart>;
  readonly later: (callback: () => void) => void;
  /** It could not be loaded: code stays plain. */
  readonly onFailure: () => void;
}

/** Longer code stays plain: it costs 0.1 ms a line, and nobody reads it here. Characters. */
const MAX_CHARACTERS = 40_000;
/** Coloured code is kept up to this, so that scrolling back costs nothing. Characters. */
const MAX_KEPT = 600_000;

/** Nothing, for as long as the code has no colours. */
type Pieces = readonly CodePiece[] | undefined;

/** Colours of the code of one page. */
export class CodeColours {
  private readonly options: CodeColoursOptions;
  private readonly known = new Map<string, Signal<Pieces>>();
  private readonly waiting: (() => void)[] = [];
  private part: Promise<SyntaxPart | undefined> | undefined;
  private keptCharacters = 0;

  constructor(options: CodeColoursOptions) {
    this.options = options;
  }

  /** The pieces of a code as soon as they are there. The newest that was asked for comes first: it is what is looked at. */
  pieces(code: string, language: string): Signal<Pieces> {
    const key = `${language}\n${code}`;
    const known = this.known.get(key);
    if (known !== undefined) {
      this.known.delete(key);
      this.known.set(key, known);
      return known;
    }
    const pieces = signal<Pieces>(undefined);
    if (language === '' || code.length > MAX_CHARACTERS) return pieces;
    this.keep(key, pieces);
    void this.colour(code, language, pieces);
    return pieces;
  }

  private async colour(code: string, language: string, pieces: Signal<Pieces>): Promise<void> {
    this.part ??= this.options.load().catch(() => {
      this.options.onFailure();
      return undefined;
    });
    const part = await this.part;
    if (part === undefined) return;
    this.waiting.push(() => (pieces.value = part.colour(code, language)));
    this.options.later(() => this.waiting.pop()?.());
  }

  private keep(key: string, pieces: Signal<Pieces>): void {
    this.known.set(key, pieces);
    this.keptCharacters += key.length;
    for (const oldest of this.known.keys()) {
      if (this.keptCharacters <= MAX_KEPT) return;
      this.known.delete(oldest);
      this.keptCharacters -= oldest.length;
    }
  }
}
