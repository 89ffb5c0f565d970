// The tables of docs/one-truth.md as values: what may be said of a session, and what never beside what.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO_ROOT } from '../../tools/install/cache.ts';

/** What holds where something is said. */
export interface Situation {
  readonly connection: string;
  /** Undefined until the first state came. */
  readonly status: string | undefined;
  readonly role: string | undefined;
}

/** Words that never stand, unmarked, where one of the conditions holds. */
export interface Forbidden {
  readonly rule: string;
  readonly words: readonly string[];
  /** Whether the rule forbids the words there. */
  holds(situation: Situation): boolean;
}

const document = readFileSync(join(REPO_ROOT, 'docs/one-truth.md'), 'utf8');
const codeIn = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => `${code}`);

/** Rows of the table whose first heading is this; at least one. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const lines = document.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const rows: string[][] = [];
  for (const line of start < 0 ? [] : lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  if (rows.length === 0) throw new Error(`docs/one-truth.md has no table “${heading}”`);
  return rows;
}

/** Connections, each with whether its picture is present and whether what is asked for arrives. */
export const CONNECTIONS: ReadonlyMap<
  string,
  { readonly isPresent: boolean; readonly isReachable: boolean; readonly saidAs: string }
> = new Map(
  rowsOf('connection').map(([name = '', present, reachable, said = '']) => [
    codeIn(name).join(''),
    {
      isPresent: present === 'yes',
      isReachable: reachable === 'yes',
      saidAs: codeIn(said).join(''),
    },
  ]),
);

/** Statuses of a session with their words. */
export const STATUSES: ReadonlyMap<string, string> = new Map(
  rowsOf('status').map(([name = '', said = '']) => [codeIn(name).join(''), codeIn(said).join('')]),
);

/** Kinds of control with their words; without words where the reason is said. */
export const CONTROLS: ReadonlyMap<string, string> = new Map(
  rowsOf('control').map(([name = '', said = '']) => [codeIn(name).join(''), codeIn(said).join('')]),
);

/** Waits as `why limit`, with the words that are said. */
export const WAITS: ReadonlyMap<string, readonly [reason: string, rest: string]> = new Map(
  rowsOf('why').map(([why = '', limit = '', reason = '', rest = '']) => [
    [...codeIn(why), ...codeIn(limit)].join(' '),
    [codeIn(reason).join(''), codeIn(rest).join('').replaceAll(/[{}]/g, '')],
  ]),
);

function condition(text: string): (situation: Situation) => boolean {
  const values = codeIn(text);
  const connectionOf = ({ connection }: Situation) => {
    const row = CONNECTIONS.get(connection);
    if (row === undefined) throw new Error(`${connection} has no row`);
    return row;
  };
  if (text === 'not present') return (situation) => !connectionOf(situation).isPresent;
  if (text === 'not reachable') return (situation) => !connectionOf(situation).isReachable;
  const [kind] = text.split(' ');
  switch (kind) {
    case 'connection':
      for (const connection of values) connectionOf({ connection, status: '', role: '' });
      return ({ connection }) => values.includes(connection);
    case 'status':
      return ({ status }) => status !== undefined && values.includes(status);
    case 'role':
      return ({ role }) => role !== undefined && values.includes(role);
    default:
      throw new Error(`“${text}” is no condition`);
  }
}

/** The forbidden pairs. */
export const FORBIDDEN: readonly Forbidden[] = rowsOf('rule').map(
  ([rule = '', words = '', where = '']) => {
    const conditions = where.split(';').map((text) => condition(text.trim()));
    return {
      rule: rule.replaceAll('*', ''),
      words: codeIn(words),
      holds: (situation) => conditions.some((holds) => holds(situation)),
    };
  },
);

const patterns = new Map<string, RegExp>();

/** Whether a text says these words as how it is now: not as part of another word, nor marked as of then. */
export function says(text: string, words: string): boolean {
  let pattern = patterns.get(words);
  if (pattern === undefined) {
    const plain = words.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    pattern = new RegExp(`(?<![\\w-])${plain}(?!\\w)(?! when last seen)`);
    patterns.set(words, pattern);
  }
  return pattern.test(text);
}

/** The forbidden pairs of a text, as 'rule: words'. */
export function forbiddenIn(text: string, situation: Situation): readonly string[] {
  return FORBIDDEN.filter(({ holds }) => holds(situation)).flatMap(({ rule, words }) =>
    words.filter((one) => says(text, one)).map((one) => `${rule}: “${one}” in “${text}”`),
  );
}
