// Terminal output to styled pieces: SGR only; every other control sequence is dropped.
import { showDeceptive } from '../../src/base/visibleText.ts';

/** A colour: one of the 16 of the theme, or fixed red, green, blue of 0–255. */
export type AnsiColor =
  | { readonly kind: 'theme'; readonly index: number }
  | { readonly kind: 'rgb'; readonly red: number; readonly green: number; readonly blue: number };

/** How a piece looks. */
export interface AnsiStyle {
  readonly foreground?: AnsiColor;
  readonly background?: AnsiColor;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  readonly inverse?: true;
}

/** A run of text of one style. */
export interface AnsiPiece {
  readonly text: string;
  readonly style: AnsiStyle;
}

// In this order: CSI; OSC, DCS, SOS, PM, APC with their text up to ST or BEL; any other two- or three-byte escape.
// An unfinished sequence at the end of the text is taken too, so that a cut does not leave garbage.
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex -- control sequences are what this is about
  /(?:\u001b\[|\u009b)([0-?]*)([ -/]*)([@-~]|$)|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c\n]{0,4096}(?:\u0007|\u001b\\|\u009c|\u001b|$)|\u001b[ -/]*[0-~]?/g;

const LEVELS = [0, 95, 135, 175, 215, 255];

function indexed(index: number): AnsiColor | undefined {
  if (index < 0 || index > 255) return undefined;
  if (index < 16) return { kind: 'theme', index };
  if (index >= 232) {
    const level = 8 + (index - 232) * 10;
    return { kind: 'rgb', red: level, green: level, blue: level };
  }
  const cube = index - 16;
  return {
    kind: 'rgb',
    red: LEVELS[Math.floor(cube / 36)] ?? 0,
    green: LEVELS[Math.floor(cube / 6) % 6] ?? 0,
    blue: LEVELS[cube % 6] ?? 0,
  };
}

/** Reads `38;5;n` or `38;2;r;g;b` after its first number; gives the colour and how many numbers it took. */
function extended(codes: readonly number[], at: number): [AnsiColor | undefined, number] {
  if (codes[at] === 5) return [indexed(codes[at + 1] ?? -1), 2];
  if (codes[at] !== 2) return [undefined, 1];
  const [red = -1, green = -1, blue = -1] = codes.slice(at + 1, at + 4);
  const valid = [red, green, blue].every((value) => value >= 0 && value <= 255);
  return [valid ? { kind: 'rgb', red, green, blue } : undefined, 4];
}

type Mutable = { -readonly [K in keyof AnsiStyle]: AnsiStyle[K] };

const FLAGS: Readonly<
  Record<number, 'bold' | 'dim' | 'italic' | 'underline' | 'inverse' | 'strike'>
> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 7: 'inverse', 9: 'strike' };

function applySgr(style: AnsiStyle, parameters: string): AnsiStyle {
  let next: Mutable = { ...style };
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    const flag = FLAGS[code];
    if (code === 0) next = {};
    else if (flag !== undefined) next[flag] = true;
    else if (code === 22) {
      delete next.bold;
      delete next.dim;
    } else if (code === 23) delete next.italic;
    else if (code === 24) delete next.underline;
    else if (code === 27) delete next.inverse;
    else if (code === 29) delete next.strike;
    else if (code === 39) delete next.foreground;
    else if (code === 49) delete next.background;
    else if (code === 38 || code === 48) {
      const [color, taken] = extended(codes, at + 1);
      at += taken;
      if (color !== undefined) next[code === 38 ? 'foreground' : 'background'] = color;
    } else if (code >= 30 && code <= 37) next.foreground = { kind: 'theme', index: code - 30 };
    else if (code >= 90 && code <= 97) next.foreground = { kind: 'theme', index: code - 82 };
    else if (code >= 40 && code <= 47) next.background = { kind: 'theme', index: code - 40 };
    else if (code >= 100 && code <= 107) next.background = { kind: 'theme', index: code - 92 };
  }
  return next;
}

/** A line that was overwritten with carriage returns shows only what stood there last. */
function applyCarriageReturns(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.replace(/\r+$/, ''))
    .map((line) => line.slice(line.lastIndexOf('\r') + 1))
    .join('\n');
}

/** Splits terminal output into styled pieces. Never throws; linear in the length of the text. */
export function parseAnsi(text: string): readonly AnsiPiece[] {
  const pieces: AnsiPiece[] = [];
  let style: AnsiStyle = {};
  let from = 0;
  const input = applyCarriageReturns(text);
  const push = (to: number): void => {
    if (to > from) pieces.push({ text: showDeceptive(input.slice(from, to)), style });
  };
  for (const match of input.matchAll(SEQUENCE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[3] === 'm' && match[2] === '' && /^[\d;:]*$/.test(match[1] ?? '')) {
      style = applySgr(style, match[1] ?? '');
    }
  }
  push(input.length);
  return pieces;
}
