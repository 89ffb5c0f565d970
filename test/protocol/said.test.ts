// [E1] What somebody else has said is translated only as what it is, whatever stands in it.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { codeOfTemplate, inEnglish, say, spoken, verbatim } from '../../src/base/say.ts';
import {
  heard,
  heardText,
  type Said,
  saidParts,
  saidText,
  templatesOf,
  translated,
  translatedParts,
} from '../../src/protocol/said.ts';

const TEMPLATES = [
  '{0} gave {1} to {2}.',
  '{0} is gone.',
  'Nothing was sent.',
  'a key',
  '{0} of us',
];
const BUNDLE = Object.fromEntries(TEMPLATES.map((text) => [text, `⟦${text}⟧`]));
const LANGUAGE = {
  speak: (template: string, ...args: (string | number)[]) =>
    inEnglish(BUNDLE[template] ?? template, ...args),
  templates: templatesOf(BUNDLE),
};
const code = codeOfTemplate('{0} gave {1} to {2}.');
const shown = (said: Said): string => translated(heard('English.', said), LANGUAGE);
const texts = (...all: readonly string[]): { text: string }[] => all.map((text) => ({ text }));

describe('[E1] a sentence of somebody else', () => {
  it('has all of its arguments in their places, and braces in them are letters', () => {
    expect(shown({ code, args: texts('{1}', '{2}', '{0} $& $1') })).toBe(
      '⟦{1} gave {2} to {0} $& $1.⟧',
    );
    const inner = { text: '2 of us', code: codeOfTemplate('{0} of us'), args: ['{1}'] };
    expect(shown({ code, args: [inner, ...texts('x', 'y')] })).toBe('⟦⟦{1} of us⟧ gave x to y.⟧');
  });

  it.each<[string, Said]>([
    ['without its arguments', { code }],
    ['with fewer than it has places for', { code, args: texts('a', 'b') }],
    ['with more than it has places for', { code, args: texts('a', 'b', 'c', 'd') }],
    ['with arguments that it has no place for', sayAll('Nothing was sent.', 'pay Eve')],
    ['that nobody knows', { code: 'unheard', args: texts('a') }],
    ['that is called like a part of every object', { code: '__proto__', args: texts('a') }],
    ['that is called like another', { code: 'constructor' }],
    ['without a name', { code: '' }],
  ])('is shown in English %s', (_what, said) => {
    expect(shown(said)).toBe('English.');
  });

  it('an argument that is not the sentence it is called stays as it came', () => {
    const wrong = { text: 'two', code: codeOfTemplate('{0} of us') };
    const more = { text: 'key', code: codeOfTemplate('a key'), args: ['Eve'] };
    expect(shown({ code, args: [wrong, more, { text: 'x', code: 'unheard' }] })).toBe(
      '⟦two gave key to x.⟧',
    );
  });

  it('is one text in one language: of several, all or none are translated', () => {
    const said = saidParts({ happened: say`${who} is gone.`, kept: say`Nothing was sent.` });
    expect(translated(heardText('English.', said), LANGUAGE)).toBe(
      '⟦Bo is gone.⟧ ⟦Nothing was sent.⟧',
    );
    const half = { ...said, kept: { code: 'unheard' } };
    expect(translated(heardText('English.', half), LANGUAGE)).toBe('English.');
  });

  it('is translated within a sentence of ours too, and English there where it is not known', () => {
    const { said } = saidText(say`${who} is gone.`);
    const within = (words: ReturnType<typeof heard>): string =>
      translated(say`${words} of us`, LANGUAGE);
    expect(within(heard('Bo is gone.', said))).toBe('⟦⟦Bo is gone.⟧ of us⟧');
    expect(within(heard('Bo is lost.', { code: 'unheard' }))).toBe('⟦Bo is lost. of us⟧');
    const parts = { happened: say`${heard('Bo is gone.', said)} of us` };
    expect(translatedParts(parts, LANGUAGE).happened).toBe('⟦⟦Bo is gone.⟧ of us⟧');
    expect(spoken(parts.happened)).toBe('Bo is gone. of us');
  });

  it('a thousand arguments of a thousand letters are no more than that', () => {
    const args = texts(...Array.from({ length: 1000 }, () => '{0}'.repeat(333)));
    expect(shown({ code, args })).toBe('English.');
  });
});

const who: string = 'Bo';

function sayAll(template: string, ...args: readonly string[]): Said {
  return { code: codeOfTemplate(template), args: texts(...args) };
}

describe('[E1] what travels', () => {
  it('what programs and people say has no code, alone or within a sentence', () => {
    const { text, said } = saidText(say`${verbatim('exit {0}')} is gone.`);
    expect(text).toBe('exit {0} is gone.');
    expect(said.args).toEqual([{ text: 'exit {0}' }]);
    expect(shown(said)).toBe('⟦exit {0} is gone.⟧');
  });

  it('an argument that is missing is shown as its place, and nothing breaks', () => {
    expect(inEnglish('{0} and {1}', 'a')).toBe('a and {1}');
    expect(new AppError('internal', { happened: { template: '{9}', args: [] } }).message).toBe(
      '{9}',
    );
  });
});
