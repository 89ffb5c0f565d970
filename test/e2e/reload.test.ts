// Three reloads in mid-turn in every run; fifty in the deep ones.
import { test } from 'vitest';
import { reloadInMidTurn } from './reload.ts';

test('a window reload in mid-turn loses no entry and doubles no prompt, 3 times', () =>
  reloadInMidTurn(3));
