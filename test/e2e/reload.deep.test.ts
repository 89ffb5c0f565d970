// Fifty reloads in mid-turn.
import { test } from 'vitest';
import { reloadInMidTurn } from './reload.ts';

test('a window reload in mid-turn loses no entry and doubles no prompt, 50 times', () =>
  reloadInMidTurn(50));
