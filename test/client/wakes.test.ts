// What makes a window look whether its connections live.
import { expect, test } from 'vitest';
import { Emitter } from '../../src/base/emitter.ts';
import { Wakes } from '../../src/client/rooms/wakes.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

function makeWakes() {
  const clock = createFakeClock();
  const looks = new Emitter<boolean>();
  const online = new Emitter<void>();
  const woke: string[] = [];
  const wakes = new Wakes({ clock, onDidLook: looks.event, onDidGoOnline: online.event });
  wakes.onDidWake((how) => woke.push(how));
  return { clock, looks, online, woke, wakes };
}

test('[P7] a window that is looked at again after five seconds looks at its connections', () => {
  const { clock, looks, woke } = makeWakes();
  looks.fire(true);
  looks.fire(false);
  clock.advance(4_999);
  looks.fire(true);
  expect(woke).toEqual([]);
  looks.fire(false);
  clock.advance(3_000);
  looks.fire(false);
  clock.advance(2_000);
  looks.fire(true);
  looks.fire(true);
  expect(woke).toEqual(['seen']);
});

test('[P7] another network opens new connections, until the window is closed', () => {
  const { online, woke, wakes } = makeWakes();
  online.fire();
  wakes.dispose();
  online.fire();
  expect(woke).toEqual(['online']);
});
