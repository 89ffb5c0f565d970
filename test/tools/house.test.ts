// The house rules see what they are meant to see.
import { expect, test } from 'vitest';
import { checkSource, checkWords } from '../../scripts/checkHouse.ts';

const problems = (text: string): string[] =>
  checkSource('src/base/x.ts', text).map(({ problem }) => problem);

test('a file over 400 lines is refused, one of 400 is not', () => {
  expect(problems(`// Purpose.\n${'x();\n'.repeat(400)}`)).toHaveLength(1);
  expect(problems(`// Purpose.\n${'x();\n'.repeat(399)}`)).toHaveLength(0);
});

test('a file without its purpose in the first line is refused', () => {
  expect(problems('export const x = 1;\n')).toHaveLength(1);
});

test('a type assertion needs a reason in a comment, `as const` and words in strings do not', () => {
  expect(problems('// Purpose.\n\n\n\n\nconst x = y as Thing;\n')).toHaveLength(1);
  expect(problems('// Purpose.\n\n\n\n\n// It is one.\nconst x = y as Thing;\n')).toHaveLength(0);
  expect(problems("// Purpose.\n\n\n\n\nconst x = ['such as Ada'] as const;\n")).toHaveLength(0);
});

test('a path of one machine is refused', () => {
  const path = ['', 'root', 'x'].join('/');
  expect(checkWords('README.md', `see ${path}\n`)).toHaveLength(1);
  expect(checkWords('README.md', 'see ~/x and https://example.org\n')).toHaveLength(0);
});
