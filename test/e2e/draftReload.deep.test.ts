// Fifty reloads while typing.
import { test } from 'vitest';
import { reloadWhileTyping } from './draftReload.ts';

test('a window that is reloaded while one types has lost nothing that is older than half a second, 50 times', () =>
  reloadWhileTyping(50));
