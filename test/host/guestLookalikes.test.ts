// A guest cannot make a line appear as somebody else's: some of the forms; all of them in the deep run.
import { describe } from 'vitest';
import { DEFAULT_VERSION } from '../../tools/install/claudeVersions.ts';
import { LOOKALIKES, lookalikeTests } from './guestLookalikes.ts';

describe('what a guest writes', () => {
  lookalikeTests(DEFAULT_VERSION, {
    alone: LOOKALIKES.slice(0, 4),
    behind: LOOKALIKES.slice(2, 4),
  });
});
