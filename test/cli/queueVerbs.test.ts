// The queue in a terminal: how it is read, and what its commands send.
import { expect, test } from 'vitest';
import { holdText, queueLines } from '../../src/cli/join/terminalStatus.ts';
import { verbOf } from '../../src/cli/join/terminalVerbs.ts';
import type { Queued } from '../../src/protocol/state.ts';
import { FakeView, sessionState, summary } from '../client/samples.ts';

const author = { member: 'ada', name: 'Ada', role: 'owner' } as const;
const queue: Queued[] = [
  { promptId: 'one', text: 'first\nof two lines', author, since: 0, images: 2, edited: true },
  { promptId: 'two', text: 'second', author, since: 0, held: true },
  { promptId: 'three', text: 'third', author, since: 0, held: true, waits: 'crash' },
  { promptId: 'four', text: 'fourth', author, since: 0, waits: 'agent' },
];
const by = { name: 'Bo' };
const state = sessionState({
  queue,
  session: summary({ queued: 4, queueHold: { why: 'stop', since: 0, by } }),
});

function view(): FakeView {
  const made = new FakeView();
  made.state = state;
  return made;
}

test('[Q1] each prompt that waits says whose it is and what it waits for', () => {
  expect(queueLines(state)).toEqual([
    '  1  Ada (Owner): first of two lines (2 pictures, edited by the owner)',
    '  2  Ada (Owner): second (held: /unhold lets it run)',
    '  3  Ada (Owner): third (not run, its computer stopped: /unhold lets it run)',
    '  4  Ada (Owner): fourth (at the agent)',
    '  4 prompts wait: Bo pressed Stop. /go lets the queue go on, /clear empties it',
  ]);
  expect(holdText(sessionState({ queue }))).toBe('');
  const queueHold = { why: 'failed', since: 0, cause: 'overloaded' };
  expect(holdText(sessionState({ queue, session: summary({ queued: 1, queueHold }) }))).toBe(
    '1 prompt waits: the turn failed · The service is overloaded. /go lets the queue go on, /clear empties it',
  );
});

test.each([
  ['edit', '2 better\nand longer', { edit: { promptId: 'two', text: 'better\nand longer' } }],
  ['move', '3 1', { move: { promptId: 'three', before: 'one' } }],
  ['move', '1', { move: { promptId: 'one' } }],
  ['go', '', { queue: 'go-on' }],
  ['clear', '', { queue: 'clear' }],
  ['now', '2', { now: 'two' }],
])('/%s %s', (name, rest, verb) => {
  expect(verbOf(view(), name, rest)).toEqual(verb);
});

test.each([
  ['edit', '2', /edit/],
  ['edit', 'no number', /Several prompts wait/],
  ['edit', '9 x', /No such prompt/],
  ['move', 'up', /number/],
  ['move', '1 9', /No such prompt/],
])('/%s %s sends nothing and says why', (name, rest, why) => {
  expect(() => verbOf(view(), name, rest)).toThrow(why);
});
