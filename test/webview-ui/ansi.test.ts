// Terminal output: colours survive, everything else a terminal would obey does not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnsi } from '../../webview-ui/text/ansi.ts';
import { busyMs } from '../probes/busyMs.ts';
import { claimPlain } from './ansiClaims.ts';
import { terminalOutput } from './ansiFuzz.ts';

const plain = (text: string): string =>
  parseAnsi(text)
    .map((piece) => piece.text)
    .join('');

describe('ansi', () => {
  it('gives theme colours, indexed colours and true colours', () => {
    expect(parseAnsi('\u001b[31mred\u001b[0m \u001b[38;5;208mo\u001b[48;2;1;2;3mt')).toEqual([
      { text: 'red', style: { foreground: { kind: 'theme', index: 1 } } },
      { text: ' ', style: {} },
      { text: 'o', style: { foreground: { kind: 'rgb', red: 255, green: 135, blue: 0 } } },
      {
        text: 't',
        style: {
          foreground: { kind: 'rgb', red: 255, green: 135, blue: 0 },
          background: { kind: 'rgb', red: 1, green: 2, blue: 3 },
        },
      },
    ]);
  });

  it('ends single attributes by their own codes', () => {
    const pieces = parseAnsi('\u001b[1;4;7mA\u001b[22;24;27mB');
    expect(pieces[0]?.style).toEqual({ bold: true, underline: true, inverse: true });
    expect(pieces[1]?.style).toEqual({});
  });

  it.each([
    ['window titles', '\u001b]0;owned\u0007ok'],
    ['links (OSC 8)', '\u001b]8;;https://evil.example\u001b\\ok\u001b]8;;\u001b\\'],
    ['cursor moves', '\u001b[2J\u001b[10;10Hok'],
    ['device queries', '\u001b[c\u001b[6n\u001bP$qm\u001b\\ok'],
    ['8-bit controls', '\u009b31mok\u009d0;x\u009c'],
    ['private modes', '\u001b[?1049hok\u001b[?25l'],
    ['a sequence that is cut at the end', 'ok\u001b[38;5'],
  ])('drops %s', (_, text) => {
    expect(plain(text)).toBe('ok');
  });

  it('shows text after a title that never ends', () => {
    expect(plain('\u001b]0;never\nrm -rf /')).toContain('rm -rf /');
  });

  it('shows only what stood last in a line that was overwritten', () => {
    expect(plain('10%\r50%\r100%\nnext\r\n')).toBe('100%\nnext\n');
  });

  it('makes bidirectional overrides visible', () => {
    expect(plain('a\u202eb')).toBe('a⟨U+202E⟩b');
  });

  it('takes 300 KB of escapes in linear time', () => {
    const text = '\u001b[31m\u001b]x'.repeat(40_000);
    expect(busyMs(() => parseAnsi(text))).toBeLessThan(3000);
  });

  it('leaves text and styles of 2,000 made-up outputs, and nothing that is obeyed', () => {
    fc.assert(fc.property(terminalOutput, claimPlain), { numRuns: 2000 });
  });
});
