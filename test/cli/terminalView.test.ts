// What a terminal shows of a long history, and what /older adds to it.
import { expect, test } from 'vitest';
import { TerminalView } from '../../src/cli/join/terminalView.ts';
import { createPaint } from '../../src/cli/text/entryText.ts';
import { entries, FakeView, member } from '../client/samples.ts';

test('/older shows what comes before the first entry on the screen, each once, and says when there is no more', () => {
  const view = new FakeView();
  view.entries = entries(0, 100);
  let written = '';
  const shownSince = (): number[] => {
    const numbers = [...written.matchAll(/^entry (\d+)$/gm)].map(([, number]) => Number(number));
    written = '';
    return numbers;
  };
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const terminal = new TerminalView(view, createPaint(false), (text) => (written += text));
  terminal.begin(member('ada'));
  expect(shownSince()).toEqual(range(60, 100));
  terminal.showOlder();
  expect(shownSince()).toEqual(range(20, 60));
  terminal.showOlder();
  expect(shownSince()).toEqual(range(0, 20));
  terminal.showOlder();
  expect(written).toContain('There is nothing before.');
  expect(shownSince()).toEqual([]);
});
