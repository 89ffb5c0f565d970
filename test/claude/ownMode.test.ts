// The owner's own settings count: without a choice the session runs in the mode that they name.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { realClaude, type RealClaude } from './realRig.ts';

describe.each(CLAUDE_VERSIONS)('Claude Code %s and the mode of the settings', (version) => {
  let claude: RealClaude;
  beforeAll(async () => {
    claude = await realClaude(version);
  });
  afterAll(() => claude.close());

  const modeOf = async (mode?: string): Promise<string | undefined> => {
    const { session, seen } = await claude.start(mode === undefined ? {} : { mode });
    await seen.until('a mode', (events) =>
      events.find((event) => event.kind === 'facts' && event.facts.mode !== undefined),
    );
    await session.close();
    return seen.events
      .map((event) => (event.kind === 'facts' ? event.facts.mode : undefined))
      .find((one) => one !== undefined);
  };
  const settings = (defaultMode: string): Promise<void> =>
    writeFile(
      join(claude.environment.configDir, 'settings.json'),
      JSON.stringify({ permissions: { defaultMode } }),
    );

  it.each(['plan', 'acceptEdits', 'dontAsk'])('%s', async (mode) => {
    await settings(mode);
    expect(await modeOf()).toBe(mode);
  });

  it('a choice of a person goes before them', async () => {
    await settings('plan');
    expect(await modeOf('acceptEdits')).toBe('acceptEdits');
    expect(await modeOf('default')).toBe('default');
  });
});
