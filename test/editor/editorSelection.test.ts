// Lines of an editor as a session can read them: of its folder, of a file that can be seen.
import { afterEach, expect, test } from 'vitest';
import { EditorSelection, pathBelow } from '../../src/editor/panel/editorSelection.ts';
import { editor, type FakeTextEditor, resetEditor, showText } from './fakeVscode.ts';

afterEach(resetEditor);

function text(
  fsPath: string,
  [from, to]: readonly [number, number],
  more: { readonly character?: number; readonly scheme?: string; readonly isDirty?: boolean } = {},
): FakeTextEditor {
  const { character = 4, scheme = 'file', isDirty = false } = more;
  const [start, end] = [
    { line: from, character: 0 },
    { line: to, character },
  ];
  const isEmpty = from === to && character === 0;
  return { document: { uri: { scheme, fsPath }, isDirty }, selection: { isEmpty, start, end } };
}

function selected(shown: FakeTextEditor): unknown {
  const selection = new EditorSelection(() => '/home/ada/shop');
  showText(shown);
  const { current } = selection;
  selection.dispose();
  return current;
}

test('lines count from 1, and one whose first character is not reached is not among them', () => {
  const whole = { path: 'src/a.ts', isUnsaved: false };
  expect(selected(text('/home/ada/shop/src/a.ts', [2, 8]))).toEqual({ ...whole, from: 3, to: 9 });
  expect(selected(text('/home/ada/shop/src/a.ts', [2, 8], { character: 0 }))).toEqual({
    ...whole,
    ...{ from: 3, to: 8 },
  });
  expect(selected(text('/home/ada/shop/src/a.ts', [2, 2]))).toEqual({ ...whole, from: 3, to: 3 });
});

test('what the session cannot read is not offered: elsewhere, of another kind, nothing, of another computer', () => {
  expect(selected(text('/home/ada/shopping/a.ts', [1, 2]))).toBeUndefined();
  expect(selected(text('/home/ada/shop/a.ts', [1, 2], { scheme: 'untitled' }))).toBeUndefined();
  expect(selected(text('/home/ada/shop/a.ts', [1, 1], { character: 0 }))).toBeUndefined();
  const elsewhere = new EditorSelection(() => undefined);
  showText(text('/home/ada/shop/a.ts', [1, 2]));
  expect(elsewhere.current).toBeUndefined();
  elsewhere.dispose();
});

test('it stays while a panel is in front, says that a file is not saved, and goes with its editor', () => {
  const selection = new EditorSelection(() => '/home/ada/shop');
  let told = 0;
  selection.onDidChange(() => (told += 1));
  showText(text('/home/ada/shop/a.ts', [0, 3], { isDirty: true }));
  expect([told, selection.current]).toEqual([1, { path: 'a.ts', from: 1, to: 4, isUnsaved: true }]);
  showText(undefined);
  expect([told, selection.current?.path]).toEqual([1, 'a.ts']);
  editor.isTextHidden = true;
  showText(undefined);
  expect([told, selection.current]).toEqual([2, undefined]);
  selection.dispose();
});

test('a path below a folder is told with slashes, whatever the system writes', () => {
  expect(pathBelow('C:\\work\\shop', 'C:\\work\\shop\\src\\a.ts')).toBe('src/a.ts');
  expect(pathBelow('/', '/a.ts')).toBe('a.ts');
  expect(pathBelow('/home/ada/shop', '/home/ada/shop')).toBeUndefined();
});
