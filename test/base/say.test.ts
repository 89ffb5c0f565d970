// Sentences and what stands in them, in a language and in English.
import { expect, test } from 'vitest';
import { codeOfTemplate, inEnglish, say, spoken, verbatim } from '../../src/base/say.ts';

const who: string = 'Bo {0}';
const speak = (template: string, ...args: (string | number)[]): string =>
  `⟦${inEnglish(template, ...args)}⟧`;

test('a sentence keeps its arguments apart from its template', () => {
  const words = say`${who} has ${2} of ${who}.`;
  expect(words).toEqual({ template: '{0} has {1} of {2}.', args: [who, 2, who] });
  expect(spoken(words)).toBe('Bo {0} has 2 of Bo {0}.');
});

test('[E1] every part of a sentence that is words is spoken in the language, however deep', () => {
  const inner = say`${say`a ${say`key`}`} of ${who}`;
  expect(spoken(say`Take ${inner}.`, speak)).toBe('⟦Take ⟦⟦a ⟦key⟧⟧ of Bo {0}⟧.⟧');
  expect(spoken(say`Take ${inner}.`)).toBe('Take a key of Bo {0}.');
});

test('what a program says is no template, even if it looks like one', () => {
  expect(spoken(say`It said: ${verbatim('{0} {1} %s')}`)).toBe('It said: {0} {1} %s');
});

test('a code of a template is short, and another for every other text', () => {
  const codes = ['', 'a', 'b', 'ab', 'ba', '{0}', '{1}'].map(codeOfTemplate);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.every((code) => /^[0-9a-z]{1,7}$/.test(code))).toBe(true);
});
