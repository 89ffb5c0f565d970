// Who hears an event: the listeners that there were when it was fired.
import { expect, test } from 'vitest';
import { Emitter } from '../../src/base/emitter.ts';

test('a listener that comes while an event is told hears the next one, not this one', () => {
  const emitter = new Emitter<number>();
  const heard: string[] = [];
  let subscription = emitter.event(renew);
  function renew(value: number): void {
    heard.push(`renewed ${value}`);
    // Bounded here: whoever hears the same event again would come again without end.
    if (heard.length > 5) return;
    subscription.dispose();
    subscription = emitter.event(renew);
  }
  emitter.fire(1);
  expect(heard).toEqual(['renewed 1']);
  emitter.fire(2);
  expect(heard).toEqual(['renewed 1', 'renewed 2']);
  expect(emitter.size).toBe(1);
});
