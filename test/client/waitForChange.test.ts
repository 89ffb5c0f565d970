// Waiting for a change: the first look counts, errors end it, and nothing is left behind.
import { say } from '../../src/base/say.ts';
import { expect, test } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { Emitter } from '../../src/base/emitter.ts';
import { waitForChange } from '../../src/client/waitForChange.ts';
import { createFakeClock } from '../probes/fakeClock.ts';

function setUp() {
  const clock = createFakeClock();
  const changed = new Emitter<void>();
  return { clock, changed, events: [changed.event] };
}

test('what is there already is not waited for, and what comes ends the wait', async () => {
  const { clock, changed, events } = setUp();
  await expect(waitForChange({ clock, events, look: () => 'there' })).resolves.toBe('there');
  const values: string[] = [];
  const waiting = waitForChange({ clock, events, look: () => values[0] });
  changed.fire();
  values.push('came');
  changed.fire();
  await expect(waiting).resolves.toBe('came');
  expect(changed.size).toBe(0);
});

test('an error of the look, an abort and the end of the time end it badly', async () => {
  const { clock, changed, events } = setUp();
  const look = (): undefined => undefined;
  const over = new AppError('link-revoked', { happened: say`Over.` });
  const failing = waitForChange({
    clock,
    events,
    look: () => {
      throw over;
    },
  });
  await expect(failing).rejects.toBe(over);
  const stop = new AbortController();
  const stopped = waitForChange({ clock, events, look, signal: stop.signal });
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  const aborted = waitForChange({ clock, events, look, signal: stop.signal, onAbort: () => over });
  await expect(aborted).rejects.toBe(over);
  const late = waitForChange({ clock, events, look, timeoutMs: 100 });
  clock.advance(100);
  await expect(late).rejects.toMatchObject({ code: 'timeout' });
  expect(changed.size).toBe(0);
});
