// Lines out of any stream of bytes, with a bound.
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/claude/wire/lineSplitter.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('LineSplitter', () => {
  it('joins lines that come in pieces, a character cut in two included', () => {
    const splitter = new LineSplitter();
    const all = bytes('{"a":"ü"}\n{"b":1}\n{"c":');
    const lines = [...all].flatMap((byte) => splitter.push(Buffer.from([byte])));
    expect(lines.map((line) => line.kind === 'line' && line.text)).toEqual([
      '{"a":"ü"}',
      '{"b":1}',
    ]);
    expect(splitter.unfinishedBytes).toBe(5);
    expect(splitter.end()).toEqual([{ kind: 'line', text: '{"c":', bytes: 5 }]);
  });

  it('keeps what it holds when the caller fills the same buffer again', () => {
    const splitter = new LineSplitter();
    const buffer = Buffer.alloc(4);
    buffer.write('abcd');
    splitter.push(buffer);
    buffer.write('ef\ng');
    expect(splitter.push(buffer)).toEqual([{ kind: 'line', text: 'abcdef', bytes: 6 }]);
  });

  it('passes a line of 12 MB', () => {
    const splitter = new LineSplitter();
    const part = Buffer.alloc(64 * 1024, 120);
    for (let i = 0; i < 192; i += 1) expect(splitter.push(part)).toEqual([]);
    const [line] = splitter.push(bytes('\n'));
    expect(line?.kind === 'line' && line.text.length).toBe(192 * 64 * 1024);
  });

  it('gives up a line beyond the bound, says so, and goes on with the next', () => {
    const splitter = new LineSplitter(10);
    expect(splitter.push(bytes('0123456789abcdef'))).toEqual([]);
    expect(splitter.push(bytes('gh\nok\n'))).toEqual([
      { kind: 'too-long', bytes: 18 },
      { kind: 'line', text: 'ok', bytes: 2 },
    ]);
  });

  it('tolerates binary garbage and empty lines', () => {
    const splitter = new LineSplitter();
    const lines = splitter.push(
      Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x0a, 0x20, 0x0a, 0x78, 0x0a]),
    );
    expect(lines.map((line) => line.kind === 'line' && line.text)).toEqual([
      '\ufffd\ufffd\u0000',
      'x',
    ]);
  });
});
