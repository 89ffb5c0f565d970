// Light syntax colours for code of any language: comments, strings, numbers, keywords, calls.

/** A run of code of one kind; no kind = plain. */
export interface CodePiece {
  readonly text: string;
  readonly kind?: 'comment' | 'string' | 'number' | 'keyword' | 'call';
}

// Beyond this, colours cost more time than they are worth.
const MAX_CHARACTERS = 40_000;

const C_WORDS =
  'abstract as async await break case catch class const continue debugger default delete do else enum export extends extern false final finally fn for foreach from func function go goto if impl implements import in instanceof interface internal is let loop match mod module mut namespace new nil null of operator override package private protected pub public readonly ref return sealed self static struct super switch this throw throws trait true try type typeof undefined union unsafe use using var virtual void volatile when where while with yield int float double bool boolean char string long short byte unsigned signed';
const HASH_WORDS =
  'and as assert async await begin break case class continue def del do done elif else elsif end ensure esac except export False fi finally for from function global if import in is lambda let local module next nil None nonlocal not or pass raise require rescue return self then True true false try unless until when while with yield echo cd set';
const SQL_WORDS =
  'add all alter and as asc begin between by case check column commit constraint create default delete desc distinct drop else end exists from foreign full group having in index inner insert into is join key left like limit not null on or order outer primary references right rollback select set table then union unique update values view when where with';

type Family = 'slash' | 'hash' | 'sql' | 'data' | 'diff';

const FAMILIES: Readonly<Record<string, Family>> = Object.fromEntries(
  (
    [
      [
        'slash',
        'js jsx ts tsx javascript typescript c cpp c++ h cs csharp java kotlin kt go rust rs swift php scala dart css scss less zig',
      ],
      [
        'hash',
        'py python rb ruby sh bash zsh shell console yaml yml toml ini conf dockerfile makefile make perl pl r elixir ex powershell ps1 nix',
      ],
      ['sql', 'sql postgres mysql sqlite'],
      ['data', 'json jsonc json5'],
      ['diff', 'diff patch'],
    ] as const
  ).flatMap(([family, names]) => names.split(' ').map((name) => [name, family])),
);

const STRING = String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`;
const REST = String.raw`\b\d[\w.]*|[A-Za-z_$][\w$]*`;
const PATTERNS: Readonly<Record<Exclude<Family, 'diff'>, string>> = {
  slash: String.raw`\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|${STRING}|` + '`(?:\\\\.|[^`\\\\])*`|' + REST,
  hash: String.raw`#[^\n]*|"""[^]*?(?:"""|$)|${STRING}|${REST}`,
  sql: String.raw`--[^\n]*|\/\*[^]*?(?:\*\/|$)|${STRING}|${REST}`,
  data: String.raw`\/\/[^\n]*|${STRING}|${REST}`,
};

const WORDS: Readonly<Record<Exclude<Family, 'diff'>, ReadonlySet<string>>> = {
  slash: new Set(C_WORDS.split(' ')),
  hash: new Set(HASH_WORDS.split(' ')),
  sql: new Set(SQL_WORDS.split(' ')),
  data: new Set(['true', 'false', 'null']),
};

function kindOf(text: string, after: string, family: Exclude<Family, 'diff'>): CodePiece['kind'] {
  const first = text[0] ?? '';
  if (/^(?:\/\/|\/\*|--)/.test(text) || first === '#') return 'comment';
  if (first === '"' || first === "'" || first === '`') return 'string';
  if (/\d/.test(first)) return 'number';
  if (WORDS[family].has(family === 'sql' ? text.toLowerCase() : text)) return 'keyword';
  return after === '(' ? 'call' : undefined;
}

/** Splits code into coloured pieces; their texts joined are the code. Unknown languages stay plain. */
export function highlight(code: string, language: string): readonly CodePiece[] {
  const family = FAMILIES[language.toLowerCase()];
  if (family === undefined || code.length > MAX_CHARACTERS) return [{ text: code }];
  if (family === 'diff') {
    return code.split(/(?<=\n)/).map((line) => {
      if (line.startsWith('+')) return { text: line, kind: 'string' };
      return line.startsWith('-') ? { text: line, kind: 'keyword' } : { text: line };
    });
  }
  const pieces: CodePiece[] = [];
  let from = 0;
  for (const match of code.matchAll(new RegExp(PATTERNS[family], 'g'))) {
    const kind = kindOf(match[0], code[match.index + match[0].length] ?? '', family);
    if (kind === undefined) continue;
    if (match.index > from) pieces.push({ text: code.slice(from, match.index) });
    pieces.push({ text: match[0], kind });
    from = match.index + match[0].length;
  }
  if (from < code.length) pieces.push({ text: code.slice(from) });
  return pieces;
}
