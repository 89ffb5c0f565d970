// What an emitter keeps for its first listener.
import { expect, test } from 'vitest';
import { BacklogEmitter } from '../../src/base/backlogEmitter.ts';

test('the first listener gets what was fired before it came, in order, and the next one does not', () => {
  const emitter = new BacklogEmitter<number>();
  emitter.fire(1);
  emitter.fire(2);
  const [first, second]: [number[], number[]] = [[], []];
  emitter.event((value) => first.push(value));
  emitter.event((value) => second.push(value));
  emitter.fire(3);
  expect(first).toEqual([1, 2, 3]);
  expect(second).toEqual([3]);
});
