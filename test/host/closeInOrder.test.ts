// The end of a host: in order, whatever fails, and never for ever.
import { expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { closeInOrder } from '../../src/host/closeInOrder.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

it('what fails to close keeps none of the others open', async () => {
  const said: string[] = [];
  const clock = createFakeClock();
  const fails = async (): Promise<void> => {
    said.push('first');
    throw new Error('stuck');
  };
  await closeInOrder([fails, () => void said.push('second')], { clock, log: silentLogger });
  expect(said).toEqual(['first', 'second']);
  expect(clock.timers).toBe(0);
});

it('what never closes does not keep the process', async () => {
  const clock = createFakeClock();
  const failures: string[] = [];
  const log = { ...silentLogger, error: (message: string) => failures.push(message) };
  const closing = closeInOrder([() => new Promise<void>(() => undefined)], { clock, log });
  clock.advance(69_000);
  expect(failures).toEqual([]);
  clock.advance(2_000);
  await closing;
  expect(failures).toEqual(['not closed in time']);
});
