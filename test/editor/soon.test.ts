// Many changes, one reaction.
import { expect, test } from 'vitest';
import { Soon } from '../../src/editor/soon.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

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
