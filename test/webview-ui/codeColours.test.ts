// Syntax colours: the part that is loaded later, and what asks for it.
import { describe, expect, it } from 'vitest';
import { colour } from '../../webview-ui/lazy/syntax.ts';
import { CodeColours, type SyntaxPart } from '../../webview-ui/text/codeColours.ts';
import { languageOfPath, pieceLines, slicePieces } from '../../webview-ui/text/codePieces.ts';

describe('code colours', () => {
  it.each(['ts', 'py', 'sql', 'json', 'diff', 'sh', 'dockerfile', 'ps1', 'html', 'css', 'md'])(
    'change no character of %s',
    (language) => {
      const code =
        'const a = "x\\"y" & \'<b>\'; // é &amp; &#x27;\n# z\n-- s\n`t${1}`\n/* open\n+<a b="c">\n';
      const pieces = colour(code, language) ?? [];
      expect(pieces.map((piece) => piece.text).join('')).toBe(code);
    },
  );

  it('find keywords, strings, numbers, comments', () => {
    const kinds = colour('return "x" + 1 // y', 'ts')?.map((piece) => piece.kind);
    expect(kinds).toEqual([
      'keyword',
      undefined,
      'string',
      undefined,
      'number',
      undefined,
      'comment',
    ]);
  });

  it('leave code plain whose language is not known', () => {
    expect(colour('return 1', 'unheard-of')).toBeUndefined();
  });

  it('go by the name of a file', () => {
    const names = ['/a/b.tsx', 'C:\\x\\Dockerfile', 'Makefile', 'x.mts', 'run.PS1', 'LICENSE'];
    expect(names.map(languageOfPath)).toEqual([
      'tsx',
      'dockerfile',
      'makefile',
      'ts',
      'powershell',
      '',
    ]);
  });

  it('are cut into lines and parts without losing any', () => {
    const pieces = [{ text: 'a\nb', kind: 'string' }, { text: 'c\n\n' }, { text: 'd' }] as const;
    expect(pieceLines(pieces)).toEqual([
      [{ text: 'a', kind: 'string' }],
      [{ text: 'b', kind: 'string' }, { text: 'c' }],
      [],
      [{ text: 'd' }],
    ]);
    expect(slicePieces(pieces, 2, 4)).toEqual([{ text: 'b', kind: 'string' }, { text: 'c' }]);
  });
});

describe('who asks for colours', () => {
  const setUp = (load: () => Promise<SyntaxPart>) => {
    const later: (() => void)[] = [];
    let failures = 0;
    const colours = new CodeColours({
      load,
      later: (callback) => later.push(callback),
      onFailure: () => failures++,
    });
    return { colours, later, failures: () => failures };
  };

  it('loads the part once, and colours one code at a time, the newest first', async () => {
    let loads = 0;
    const seen: string[] = [];
    const part: SyntaxPart = {
      colour: (code) => {
        seen.push(code);
        return [{ text: code, kind: 'meta' }];
      },
    };
    const { colours, later } = setUp(() => {
      loads++;
      return Promise.resolve(part);
    });
    const first = colours.pieces('one', 'ts');
    const second = colours.pieces('two', 'ts');
    expect(colours.pieces('one', 'ts')).toBe(first);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect([loads, later.length, first.value]).toEqual([1, 2, undefined]);
    later.shift()?.();
    expect([first.value, second.value]).toEqual([undefined, [{ text: 'two', kind: 'meta' }]]);
    later.shift()?.();
    expect(seen).toEqual(['two', 'one']);
  });

  it('says once that the part does not come, and leaves code plain', async () => {
    const { colours, later, failures } = setUp(() => Promise.reject(new Error('no')));
    const pieces = [colours.pieces('one', 'ts'), colours.pieces('two', 'ts')];
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect([failures(), later.length]).toEqual([1, 0]);
    expect(pieces.map((one) => one.value)).toEqual([undefined, undefined]);
  });

  it('loads nothing for code without a language, or too long to be read here', () => {
    let loads = 0;
    const { colours } = setUp(() => {
      loads++;
      return Promise.reject(new Error('no'));
    });
    colours.pieces('one', '');
    colours.pieces('x'.repeat(40_001), 'ts');
    expect(loads).toBe(0);
  });
});
