// Syntax colours by highlight.js: a part of the page that is loaded when the first code is to be coloured.
import hljs from 'highlight.js/lib/common';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import powershell from 'highlight.js/lib/languages/powershell';
import type { CodeKind, CodePiece } from '../text/codePieces.ts';

hljs.registerLanguage('dockerfile', dockerfile);
hljs.registerLanguage('powershell', powershell);

/** What the scopes of highlight.js are here; `subst` (code inside a string) is plain again. */
const KINDS: Readonly<Record<string, CodeKind | 'plain'>> = {
  comment: 'comment',
  quote: 'comment',
  doctag: 'comment',
  string: 'string',
  regexp: 'string',
  code: 'string',
  link: 'string',
  number: 'number',
  symbol: 'number',
  bullet: 'number',
  keyword: 'keyword',
  literal: 'keyword',
  section: 'keyword',
  name: 'keyword',
  'selector-tag': 'keyword',
  built_in: 'call',
  title: 'call',
  type: 'type',
  class: 'type',
  attr: 'field',
  attribute: 'field',
  property: 'field',
  variable: 'field',
  'template-variable': 'field',
  'selector-class': 'field',
  'selector-id': 'field',
  'selector-attr': 'field',
  'selector-pseudo': 'field',
  meta: 'meta',
  subst: 'plain',
  addition: 'added',
  deletion: 'removed',
};

/** Of `hljs-title class_` or `hljs-string`; undefined: as what stands around it. */
function kindOf(classes: string): CodeKind | 'plain' | undefined {
  const [first = '', ...more] = classes.replaceAll('hljs-', '').split(' ');
  if (first === 'title' && more.some((name) => name.startsWith('class'))) return 'type';
  return KINDS[first];
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#x27': "'",
};

function unescape(html: string): string {
  return html.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

/** The pieces of what highlight.js has written: text, `<span class="…">` and `</span>`, nothing else. */
function piecesOf(html: string): readonly CodePiece[] {
  const pieces: CodePiece[] = [];
  const open: (CodeKind | 'plain' | undefined)[] = [];
  for (const [, classes, end, text] of html.matchAll(
    /<span class="([^"]*)">|(<\/span>)|([^<]+)/g,
  )) {
    if (classes !== undefined) open.push(kindOf(classes) ?? open.at(-1));
    else if (end !== undefined) open.pop();
    else {
      const kind = open.at(-1);
      const plain = kind === undefined || kind === 'plain';
      pieces.push({ text: unescape(text ?? ''), ...(plain ? {} : { kind }) });
    }
  }
  return pieces;
}

/** Whether code of this language has colours: by its name, or an ending of files. */
export function knows(language: string): boolean {
  return hljs.getLanguage(language) !== undefined;
}

/** The pieces of a code, whose texts joined are the code; undefined for a language that has no colours. */
export function colour(code: string, language: string): readonly CodePiece[] | undefined {
  if (!knows(language)) return undefined;
  const pieces = piecesOf(hljs.highlight(code, { language, ignoreIllegals: true }).value);
  return pieces.map(({ text }) => text).join('') === code ? pieces : undefined;
}
