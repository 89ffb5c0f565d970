// The house rules see what they are meant to see.
import { expect, test } from 'vitest';
import { checkFileNames, checkNames, checkSource } from '../../scripts/checkHouse.ts';

const problems = (text: string): string[] =>
  checkSource('src/base/x.ts', text).map(({ problem }) => problem);

test('a file over 350 lines is refused, a test over 400', () => {
  const lines = (count: number): string => `// Purpose.\n${'x();\n'.repeat(count - 1)}`;
  expect(problems(lines(351))).toHaveLength(1);
  expect(problems(lines(350))).toHaveLength(0);
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

test('the file of a class is named for it, unless it exports a thing of its own name too', () => {
  const wrong = (path: string, text: string): string[] =>
    checkFileNames(path, text).map(({ problem }) => problem);
  const gate = 'export class CommandGate {}\n';
  expect(wrong('src/a/gate.ts', gate)).toEqual(['the file of class CommandGate is named for it.']);
  expect(wrong('src/a/commandGate.ts', gate)).toEqual([]);
  expect(wrong('src/a/gate.ts', `${gate}export interface Gate {}\n`)).toEqual([]);
  expect(wrong('src/a/gates.ts', `${gate}export class OtherGate {}\n`)).toEqual([]);
});

test('disposables are never called store', () => {
  const called = (name: string): number =>
    checkFileNames('src/a/x.ts', `const ${name} = new DisposableStore();\n`).length;
  expect([called('store'), called('viewStore'), called('disposables')]).toEqual([1, 1, 0]);
});

test('rooms that run anywhere have no time and no random numbers of their own', () => {
  const check = (path: string, code: string) => checkSource(path, `// a file\n${code}\n`).length;
  for (const own of ['setTimeout(f, 5)', 'Date.now()', 'Math.random()', 'AbortSignal.timeout(5)']) {
    expect(check('src/sync/member/x.ts', own)).toBe(1);
    expect(check('src/base/clock.ts', own)).toBe(0);
    expect(check('src/host/x.ts', own)).toBe(0);
  }
  expect(check('src/session/x.ts', 'this.clock.now()')).toBe(0);
});
