// All that Claude Code can be made to emit in one session, the same in all its readings.
import { describe, expect, it } from 'vitest';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { playAndCompare } from './fidelity.ts';
import { AFTER_CLEAR, MORE_SCENES } from './moreScenes.ts';
import { SCENES } from './scenes.ts';

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  it.each([
    ['all scenes', [...SCENES, ...MORE_SCENES], 250],
    ['a new conversation', [...SCENES.slice(0, 1), ...AFTER_CLEAR], 10],
  ])('is the same in all readings: %s', async (_what, scenes, least) => {
    const { entries, ...found } = await playAndCompare(version, scenes);
    expect(found).toEqual({ joined: [], readUp: [], unknown: [], notShown: [] });
    expect(entries).toBeGreaterThan(least);
  });
});
