// Every sentence that the editor shows goes through its language; errors are made in one form, in one place.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wantedBundle } from '../../scripts/l10n.ts';
import { AppError } from '../../src/base/errors.ts';
import { codeOfTemplate, say, spoken, verbatim } from '../../src/base/say.ts';
import { errorMessage, outboxMessage, translatedProblem } from '../../src/client/translate.ts';
import { problemOf, saidParts, saidText, templatesOf } from '../../src/protocol/said.ts';
import { REPO_ROOT } from '../../tools/install/cache.ts';

const TEMPLATES: readonly string[] = Object.keys(Object(JSON.parse(wantedBundle())));

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

describe('a language', () => {
  /** As VS Code’s, with a bundle in which every text is in brackets. */
  const bundle = Object.fromEntries(TEMPLATES.map((text) => [text, `⟦${text}⟧`]));
  const t = Object.assign(
    (message: string, ...args: (string | number | boolean)[]) =>
      spoken({ template: bundle[message] ?? message, args: args.map(String) }),
    { templates: templatesOf(bundle) },
  );
  const words = {
    happened: say`The journal ${'/j'} is damaged.`,
    kept: say`It was kept as ${'/k'}; the agent's own transcripts are untouched.`,
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
