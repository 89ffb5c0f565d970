// Code in coloured pieces, and the lines of them.

/** What a piece of code is; decides its colour. */
export type CodeKind =
  | 'comment'
  | 'string'
  | 'number'
  | 'keyword'
  | 'call'
  | 'type'
  | 'field'
  | 'meta'
  | 'added'
  | 'removed';

/** A run of code of one kind; no kind = plain. */
export interface CodePiece {
  readonly text: string;
  readonly kind?: CodeKind;
}

/** The pieces of each line, without its line break: as many as the code has lines. */
export function pieceLines(pieces: readonly CodePiece[]): readonly (readonly CodePiece[])[] {
  const lines: CodePiece[][] = [[]];
  for (const { text, ...look } of pieces) {
    const [first = '', ...more] = text.split('\n');
    if (first !== '') lines.at(-1)?.push({ text: first, ...look });
    for (const line of more) lines.push(line === '' ? [] : [{ text: line, ...look }]);
  }
  return lines;
}

/** The pieces from one place to another of their joined text. */
export function slicePieces(
  pieces: readonly CodePiece[],
  from: number,
  to: number,
): readonly CodePiece[] {
  const cut: CodePiece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const text = piece.text.slice(Math.max(0, from - at), Math.max(0, to - at));
    if (text !== '') cut.push({ ...piece, text });
    at += piece.text.length;
  }
  return cut;
}

/** Names of languages that their files do not end with. */
const BY_NAME: Readonly<Record<string, string>> = {
  dockerfile: 'dockerfile',
  makefile: 'makefile',
  gnumakefile: 'makefile',
};

/** The language of a file, by its name: an ending that a colourer may know, or nothing. */
export function languageOfPath(path: string): string {
  const name = (/[^/\\]*$/.exec(path)?.[0] ?? '').toLowerCase();
  const known = BY_NAME[name];
  if (known !== undefined) return known;
  const ending = /\.([a-z\d+#]{1,12})$/.exec(name)?.[1] ?? '';
  return ENDINGS[ending] ?? ending;
}

/** Endings that are no names of languages themselves. */
const ENDINGS: Readonly<Record<string, string>> = {
  cts: 'ts',
  mts: 'ts',
  jsonc: 'json',
  jsonl: 'json',
  ps1: 'powershell',
  bashrc: 'bash',
  vue: 'xml',
  svelte: 'xml',
  cfg: 'ini',
  conf: 'ini',
};
