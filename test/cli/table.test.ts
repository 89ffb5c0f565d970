// The table of sessions in terminals of any width, with titles in any script.
import { describe, expect, it } from 'vitest';
import { row } from '../client/samples.ts';
import { alignColumns, inOrder } from '../../src/cli/commands/sessionsCommand.ts';
import { cutToWidth, textWidth } from '../../src/cli/text/textWidth.ts';

describe('the table of sessions', () => {
  const cells = ['id', 'state', 'title', 'where', 'last', ''];

  it('is aligned for wide characters, and cut without cutting one in two', () => {
    const rows = [
      cells,
      ['a', 'idle', '你好世界', 'x', '1m', ''],
      ['b', 'idle', '👩‍👩‍👧 ok', 'y', '2m', ''],
    ];
    const lines = alignColumns(rows, undefined);
    const places = lines.slice(1).map((line) => textWidth(line.slice(0, line.search(/[xy] /))));
    expect(new Set(places).size).toBe(1);
    expect(cutToWidth('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5)).toBe('👩‍👩‍👧👩‍👩‍👧…');
    expect(cutToWidth('你好世界', 6)).toBe('你好…');
  });

  it('begins with what waits, then works, and has what was used last first in each state', () => {
    const rows = [
      row({ id: 'ended', status: 'ended', lastActivityAt: 9 }),
      row({ id: 'idle-old', status: 'idle', lastActivityAt: 1 }),
      row({ id: 'idle-new', status: 'idle', lastActivityAt: 8 }),
      row({ id: 'works', status: 'working', lastActivityAt: 2 }),
      row({ id: 'waits', status: 'waiting', lastActivityAt: 0 }),
    ];
    const ids = inOrder(rows).map(({ session }) => session.id);
    expect(ids).toEqual(['waits', 'works', 'idle-new', 'idle-old', 'ended']);
  });

  it('fits a narrow terminal: title and place give way, ids and notes do not', () => {
    const long = 'a title that is much too long for this';
    const rows = [cells, ['abcdef', 'waiting', long, `${long} too`, 'now', '1 waiting']];
    for (const line of alignColumns(rows, 60)) expect(textWidth(line)).toBeLessThanOrEqual(60);
    expect(alignColumns(rows, 60)[1]).toMatch(
      /^abcdef +waiting +a title .*… +a title.*… +now +1 waiting$/,
    );
    expect(alignColumns(rows, undefined)[1]).toContain(`${long} too`);
  });
});
