// When a picture that is still being read is called behind.
import { expect, test } from 'vitest';
import { CatchUp } from '../../src/sync/member/catchUp.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

function follow(left: () => number) {
  const clock = createFakeClock();
  const did: string[] = [];
  const catchUp = new CatchUp({
    clock,
    missing: () => ({ entries: left() }),
    gap: () => 0,
    isReading: () => true,
    ask: () => undefined,
    reconnect: () => did.push('reconnect'),
    renew: () => did.push('renew'),
    fetchGap: () => Promise.resolve(),
    onComplete: () => undefined,
    onBehind: (shortfall) => did.push(shortfall ? 'behind' : 'whole'),
    onWithheld: () => undefined,
  });
  catchUp.look();
  return { clock, did };
}

test('[P4] reading that brings what is missing is waited for', () => {
  let left = 100;
  const { clock, did } = follow(() => left);
  for (let s = 0; s < 20; s += 1) {
    left -= 1;
    clock.advance(1_000);
  }
  expect(did).toEqual([]);
});

test('[P4] reading that brings nothing of it does not put off that the picture is behind', () => {
  const { clock, did } = follow(() => 3);
  clock.advance(3_000);
  expect(did).toEqual(['behind', 'reconnect']);
  clock.advance(7_000);
  expect(did).toEqual(['behind', 'reconnect', 'renew']);
});
