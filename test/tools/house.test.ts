// The house rules see what they are meant to see.
import { expect, test } from 'vitest';
import { checkNames, checkSource } from '../../scripts/checkHouse.ts';

const problems = (text: string): string[] =>
  checkSource('src/base/x.ts', text).map(({ problem }) => problem);

test('a file over 400 lines is refused', () => {
  const lines = (count: number): string => `// Purpose.\n${'x();\n'.repeat(count - 1)}`;
  expect(problems(lines(401))).toHaveLength(1);
  expect(problems(lines(400))).toHaveLength(0);
  expect(checkSource('test/base/x.test.ts', lines(401))).toHaveLength(1);
  expect(checkSource('test/base/x.test.ts', lines(400))).toHaveLength(0);
});

test('a file without its purpose in the first line is refused', () => {
  expect(problems('export const x = 1;\n')).toHaveLength(1);
});

test('a type assertion needs a reason in a comment, `as const` and words in strings do not', () => {
  expect(problems('// Purpose.\n\n\n\n\nconst x = y as Thing;\n')).toHaveLength(1);
  expect(problems('// Purpose.\n\n\n\n\n// It is one.\nconst x = y as Thing;\n')).toHaveLength(0);
  expect(problems("// Purpose.\n\n\n\n\nconst x = ['such as Ada'] as const;\n")).toHaveLength(0);
});

test('two files or exported classes of one name are refused, `errors.ts` apart', () => {
  const names = (...files: (readonly [string, string])[]): string[] =>
    checkNames(new Map(files)).map(({ problem }) => problem);
  expect(names(['src/a/gate.ts', ''], ['src/b/gate.ts', ''])).toEqual(['one file gate is enough.']);
  expect(names(['src/a/errors.ts', ''], ['src/b/errors.ts', ''])).toEqual([]);
  const twice = 'export class Gate {}\n';
  expect(names(['src/a/x.ts', twice], ['src/b/y.ts', twice])).toEqual([
    'one class Gate is enough.',
  ]);
});

test('an error for people is made in an errors.ts only', () => {
  const text = "// Purpose.\nthrow new AppError('usage', { happened: 'x' });\n";
  expect(checkSource('src/host/machine/share.ts', text)).toHaveLength(1);
  expect(checkSource('src/host/errors.ts', text)).toEqual([]);
  expect(checkSource('test/host/share.test.ts', text)).toEqual([]);
});
