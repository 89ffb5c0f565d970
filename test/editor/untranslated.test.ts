// Every sentence that the editor shows goes through its language; errors are made in one form, in one place.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { codeOfTemplate, say, verbatim } from '../../src/base/say.ts';
import { errorMessage, outboxMessage, translatedProblem } from '../../src/client/translate.ts';
import { problemOf, saidParts, saidText } from '../../src/protocol/said.ts';
import { REPO_ROOT } from '../../tools/install/cache.ts';
import { PSEUDO as t, PSEUDO_TEXTS } from '../probes/pseudoLanguage.ts';

const TEMPLATES: readonly string[] = Object.keys(PSEUDO_TEXTS);

function sources(...folders: readonly string[]): ReadonlyMap<string, string> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(REPO_ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => join(folder, path))
      .filter((path) => /\.tsx?$/.test(path)),
  );
  return new Map(files.map((path) => [path, readFileSync(join(REPO_ROOT, path), 'utf8')]));
}

/** What stands before a text that no person reads, that is translated where it stands, or that is a type. */
const MEANT =
  /(?:\bt\(|\bsay|\.(?:info|warn|error|debug)\(|Error\(|import\(|from|import|case|===|!==|kind:|type:|code:|action:|[^|]\|)\s*$/;

/** Texts of several words that go nowhere through a language. */
function sentencesIn(source: string): readonly string[] {
  const code = source.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, '');
  return [...code.matchAll(/(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)]
    .filter(({ index }) => !MEANT.test(code.slice(Math.max(0, index - 40), index)))
    .map(([, , text = '']) => text)
    .filter((text) => /^\p{L}[\p{L}’',-]*(?: [\p{L}\d’'",.{}$()-]+){2,}[.!?…]?$/u.test(text));
}

describe('what the editor shows', () => {
  it('has no sentence that goes through no language', () => {
    const found = [...sources('src/editor', 'src/client')].flatMap(([path, source]) =>
      sentencesIn(source).map((text) => `${path}: ${text}`),
    );
    expect(found).toEqual([]);
  });

  it('is in the template of translations: also what lists and places share, and nothing of the command line', () => {
    expect(TEMPLATES).toEqual(
      expect.arrayContaining(['Untitled session', 'Waiting for you', 'Live']),
    );
    expect(TEMPLATES.filter((text) => text.includes('twinhelm start'))).toEqual([]);
  });

  it('finds such a sentence (control of this test)', () => {
    const source = "const a = 'This is not translated.'; const b = t('But this one is.');";
    expect(sentencesIn(source)).toEqual(['This is not translated.']);
  });
});

describe('errors', () => {
  it('are made in the error files alone, by one class', () => {
    const places = [...sources('src', 'webview-ui')].flatMap(([path, source]) =>
      [...source.matchAll(/new AppError\(|\brefused\(\s*'|extends Error\b/g)].map(() => path),
    );
    expect([...new Set(places)].filter((path) => !/errors\.ts$|refusals\.ts$/.test(path))).toEqual(
      [],
    );
    const classes = [...sources('src')].flatMap(([path, source]) =>
      /extends Error\b/.test(source) ? [path] : [],
    );
    expect(classes).toEqual(['src/base/errors.ts']);
  });

  it('have a code for every template, and no two the same', () => {
    expect(TEMPLATES.length).toBeGreaterThan(500);
    expect(new Set(TEMPLATES.map(codeOfTemplate)).size).toBe(TEMPLATES.length);
  });

  it('a code is the same in every version: other computers know it', () => {
    expect(codeOfTemplate('The journal {0} is damaged.')).toBe('z8fbki');
  });
});

/** What a factory may be given as a text: names and values from elsewhere. Everything else is `Words`. */
const DATA: ReadonlySet<string> = new Set(
  (
    'by certFile cwd device effort file folder holder home host keptAs keyFile kind logFile mode name path policyFile ' +
    'said signal stderrTail subtype title url version'
  ).split(' '),
);
/** Texts of programs and people, of which the name does not tell that they are: with what they are. */
const HEARD: readonly string[] = [
  'choiceFailed.detail', // what the system or the adapter threw
  'claimRefused.reason', // what the relay answers
  'controlRefusedError.reason', // what the agent answers
  'switchFailed.detail', // what the adapter threw
];

/** Factories of errors in a source, with those of their parameters that are texts. */
function textsTaken(source: string): readonly (readonly [name: string, parameter: string])[] {
  return [...source.matchAll(/function (\w+)\(([^]*?)\): \w+/g)].flatMap(
    ([, name = '', list = '']) =>
      [...list.matchAll(/(\w+)\??: (?:readonly )?string\b(?!\[\])/g)].map(
        ([, parameter = '']) => [name, parameter] as const,
      ),
  );
}

/** Arguments of these functions that are texts written at the call. */
function textsGiven(source: string, factories: readonly string[]): readonly string[] {
  const call = new RegExp(
    `\\b(?:${factories.join('|')})\\(\\s*(?:[\\w.!]+,\\s*)*(['"\`][^]*?['"\`])`,
    'g',
  );
  return [...source.matchAll(call)].map(([text]) => text);
}

// The type of `say` refuses texts that are written where they are handed over; here, those that a factory hands on.
describe('a part of a sentence is words too', () => {
  const errorFiles = [...sources('src')].filter(([path]) => /(?:errors|refusals)\.ts$/.test(path));
  const factories = errorFiles
    .filter(([path]) => !path.startsWith('src/cli/'))
    .flatMap(([, source]) => textsTaken(source));

  it('what a factory takes as a text is a name or what somebody said', () => {
    expect(factories.length).toBeGreaterThan(40);
    const clauses = factories.filter(
      ([name, parameter]) => !DATA.has(parameter) && !HEARD.includes(`${name}.${parameter}`),
    );
    expect(clauses).toEqual([]);
  });

  it('nobody writes a text where it is handed to a factory', () => {
    const names = [...new Set(factories.map(([name]) => name))];
    const found = [...sources('src')].flatMap(([path, source]) =>
      textsGiven(source, names).map((text) => `${path}: ${text}`),
    );
    expect(found).toEqual([]);
    expect(textsGiven("throw hostRunning('this home');", names)).toHaveLength(1);
  });
});

describe('a language', () => {
  const [file, keptAs]: readonly string[] = ['/j', '/k'];
  const words = {
    happened: say`The journal ${file ?? ''} is damaged.`,
    kept: say`It was kept as ${keptAs ?? ''}; the agent's own transcripts are untouched.`,
    remedy: say`Check the disk, then start again.`,
  };
  const all =
    "⟦The journal /j is damaged.⟧ ⟦It was kept as /k; the agent's own transcripts are untouched.⟧ ⟦Check the disk, then start again.⟧";

  it('says an error, with its arguments', () => {
    const error = new AppError('journal-damaged', words);
    expect(errorMessage(error, t)).toBe(all);
    expect(error.message).toBe(all.replaceAll(/[⟦⟧]/g, ''));
  });

  it('says what came from another computer: a problem, and the answer to a command', () => {
    const problem = translatedProblem(problemOf({ code: 'x', ...words }), t);
    expect([problem.happened, problem.kept, problem.remedy].join(' ')).toBe(all);
    const said = saidParts(words);
    expect(outboxMessage({ message: 'English', said }, t)).toBe(all);
  });

  it('says a sentence within a sentence', () => {
    const inner = say`${say`Somebody`} has answered this already.`;
    const { text, said } = saidText(inner);
    expect(text).toBe('Somebody has answered this already.');
    expect(outboxMessage({ message: text, said: { happened: said } }, t)).toBe(
      '⟦⟦Somebody⟧ has answered this already.⟧',
    );
  });

  it('shows English where a code is not known, and what programs say as it is', () => {
    const unknown = { code: 'later', args: [{ text: 'x' }] };
    const said = { happened: unknown, remedy: saidParts(words).happened };
    expect(outboxMessage({ message: 'A later version says this.', said }, t)).toBe(
      'A later version says this.',
    );
    expect(outboxMessage({ message: 'An older version says this.' }, t)).toBe(
      'An older version says this.',
    );
    const error = new AppError('internal', { happened: verbatim('exit 3') });
    expect(errorMessage(error, t)).toBe('exit 3');
  });
});
