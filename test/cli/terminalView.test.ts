// What a terminal shows of a long history, what /older adds to it, and what becomes of text that was broken off.
import { expect, test } from 'vitest';
import { TerminalView } from '../../src/cli/join/terminalView.ts';
import { ViewLines } from '../../src/cli/join/viewLines.ts';
import { createPaint } from '../../src/cli/text/entryText.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
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

const LIVE = { messageId: 'm', block: 0, type: 'text', text: 'The answer is' } as const;

test('[O10] text that streamed when the computer stopped is said to be broken off, and the whole goes on where it ends', () => {
  const view = new FakeView();
  let written = '';
  const terminal = new TerminalView(view, createPaint(false), (text) => (written += text));
  terminal.begin(member('ada'));
  view.live = [LIVE];
  terminal.update();
  view.live = [{ ...LIVE, brokenAt: 0 }];
  terminal.update();
  terminal.update();
  expect(written.split('broken off when the computer stopped').length).toBe(2);
  written = '';
  view.live = [];
  view.entries = [
    {
      index: 0,
      entry: { kind: 'text', id: 'e', at: 0, messageId: 'm', text: 'The answer is 42.' },
    },
  ];
  terminal.update();
  expect(written).toContain('42.');
  expect(written).not.toContain('The answer is');
});

test('[O10] a script is told that a text was broken off, and of its end once', () => {
  const view = new FakeView();
  const lines = new ViewLines(view, createFakeClock());
  const types = () =>
    lines.next().flatMap((line) => (line.type.startsWith('delta') ? [JSON.stringify(line)] : []));
  view.live = [LIVE];
  expect(types()).toHaveLength(1);
  view.live = [{ ...LIVE, brokenAt: 0 }];
  expect(types()).toEqual(['{"type":"delta-end","messageId":"m","block":0,"broken":true}']);
  expect(types()).toEqual([]);
  view.live = [];
  expect(types()).toEqual([]);
});
