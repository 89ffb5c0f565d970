// Many changes, one reaction.
import { expect, test } from 'vitest';
import { Soon } from '../../src/editor/soon.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

test('what the work itself brings about is reacted to as well', () => {
  const clock = createFakeClock();
  let runs = 0;
  const soon: Soon = new Soon({
    clock,
    delayMs: 100,
    run: () => {
      runs += 1;
      if (runs === 1) soon.trigger();
    },
  });
  soon.trigger();
  clock.advance(100);
  expect(runs).toBe(1);
  clock.advance(100);
  expect([runs, clock.timers]).toEqual([2, 0]);
});

test('all triggers within a time are one run, and nothing is left behind', () => {
  const clock = createFakeClock();
  let runs = 0;
  const soon = new Soon({ clock, delayMs: 100, run: () => (runs += 1) });
  for (let i = 0; i < 5; i += 1) soon.trigger();
  clock.advance(100);
  expect([runs, clock.timers]).toEqual([1, 0]);
  soon.trigger();
  clock.advance(100);
  expect(runs).toBe(2);
  soon.trigger();
  soon.dispose();
  soon.trigger();
  clock.advance(1000);
  expect([runs, clock.timers]).toEqual([2, 0]);
});
