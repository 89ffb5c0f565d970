// Diffs from patches and from texts.
import { toolView } from '../../src/claude/entries/viewOfTool.ts';
import { describe, expect, it } from 'vitest';
import { diffOfCall } from '../../webview-ui/cards/toolBodies.tsx';
import { diffOfPatch, diffOfTexts } from '../../webview-ui/text/diffLines.ts';

describe('diffs', () => {
  it('numbers the lines of a reported patch and leaves its remarks out', () => {
    const diff = diffOfPatch([
      {
        oldStart: 4,
        oldLines: 2,
        newStart: 4,
        newLines: 2,
        lines: [' a', '-b', '\\ No newline at end of file', '+c'],
      },
    ]);
    expect(diff).toEqual({
      added: 1,
      removed: 1,
      lines: [
        { kind: 'context', text: 'a', oldNumber: 4, newNumber: 4 },
        { kind: 'removed', text: 'b', oldNumber: 5 },
        { kind: 'added', text: 'c', newNumber: 5 },
      ],
    });
  });

  it('takes what is no patch as none', () => {
    expect(diffOfPatch([])).toBeUndefined();
    expect(diffOfPatch([{ lines: 'x' }])).toBeUndefined();
    expect(diffOfPatch(null)).toBeUndefined();
  });

  it('shows a new file as added lines from 1', () => {
    const diff = diffOfTexts('', 'a\nb\n', true);
    expect(diff.lines.map((line) => [line.kind, line.newNumber])).toEqual([
      ['added', 1],
      ['added', 2],
    ]);
  });

  it('shows a new file of any length, and texts that share nothing, wholly', () => {
    const many = (word: string) => Array.from({ length: 3000 }, (_, n) => `${word}${n}\n`).join('');
    const created = diffOfTexts('', many('a'), true);
    expect([created.added, created.removed]).toEqual([3000, 0]);
    const replaced = diffOfTexts(many('a'), many('b'), true);
    expect([replaced.added, replaced.removed]).toEqual([3000, 3000]);
    expect(replaced.lines.at(-1)).toMatchObject({ kind: 'added', text: 'b2999', newNumber: 3000 });
  });

  it('has no line numbers for a piece of a file', () => {
    const diff = diffOfTexts('a', 'b', false);
    expect(diff.lines.every((line) => line.newNumber === undefined)).toBe(true);
  });

  it('marks what changed inside a line, but not between lines that are others', () => {
    const marks = (before: string, after: string) =>
      diffOfTexts(before, after, false).lines.map((line) =>
        line.changed?.map(([from, to]) => line.text.slice(from, to)),
      );
    expect(marks('const now = Date.now();', 'const now = clock.now();')).toEqual([
      ['Date'],
      ['clock'],
    ]);
    expect(marks('alpha', 'omega!')).toEqual([undefined, undefined]);
    expect(marks('return a > 0;\nx', 'return a >= 0;\nx')).toEqual([[], ['='], undefined]);
    expect(marks('f(first, b, third line)', 'f(one, b, the third line)')).toEqual([
      ['first'],
      ['one', ' the'],
    ]);
  });

  it('marks a very long line from its first to its last difference', () => {
    const words = (last: string) =>
      `x ${Array.from({ length: 400 }, (_, n) => n + last).join(' ')} y`;
    const [removed] = diffOfTexts(words('a'), words('b'), false).lines;
    expect(removed?.changed).toBeUndefined();
    const [long] = diffOfTexts(`${'same '.repeat(400)}a`, `${'same '.repeat(400)}b`, false).lines;
    expect(long?.changed).toEqual([[2000, 2001]]);
  });

  it('joins the edits of one call, with a gap between', () => {
    const edits = [
      { old_string: 'a', new_string: 'b' },
      { old_string: 'c', new_string: 'd' },
    ];
    const diff = diffOfCall({ input: { file_path: '/x', edits }, view: toolView('MultiEdit', {}) });
    expect(diff?.added).toBe(2);
    expect(diff?.lines.filter((line) => line.kind === 'gap')).toHaveLength(1);
  });
});
