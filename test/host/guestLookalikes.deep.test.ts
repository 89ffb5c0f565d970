// A guest cannot make a line appear as somebody else's: every form, alone and sent now, on both versions.
import { describe } from 'vitest';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { LOOKALIKES, lookalikeTests } from './guestLookalikes.ts';

describe.each(CLAUDE_VERSIONS)('what a guest writes, Claude Code %s', (version) => {
  lookalikeTests(version, { alone: LOOKALIKES, behind: LOOKALIKES });
});
