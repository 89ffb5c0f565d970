// What others see of somebody who types, and when it ends.
import { expect, test } from 'vitest';
import { TypingPresence } from '../../src/client/panel/typingPresence.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { FakeView } from './samples.ts';

test('typing is said once, and ends three seconds after the last key', () => {
  const clock = createFakeClock();
  const view = new FakeView();
  const typing = new TypingPresence(clock);
  const typingSaid = [{ looksAt: 'session', typing: true }];
  for (let key = 0; key < 4; key += 1) {
    typing.typed(view);
    clock.advance(2_000);
  }
  expect(view.presences).toEqual(typingSaid);
  clock.advance(1_000);
  expect(view.presences).toEqual([...typingSaid, { looksAt: 'session', typing: false }]);
  expect(clock.timers).toBe(0);
});

test('a page that goes takes its timer along', () => {
  const clock = createFakeClock();
  const typing = new TypingPresence(clock);
  typing.typed(new FakeView());
  typing.stop();
  expect(clock.timers).toBe(0);
});
