// [R10] 300 prompts of a guest, each with one form of @, on three versions; the owner's find every file.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DEEP_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { type MentionForm, mentionForms } from './mentionForms.ts';
import { realClaude } from './realRig.ts';

const PROMPTS = 300;

describe.each(DEEP_VERSIONS)('Claude Code %s', (version) => {
  it(`[R10] ${PROMPTS} prompts of a guest reach no file, the owner’s reach all`, async () => {
    const claude = await realClaude(version);
    try {
      const { session, seen } = await claude.start();
      const { folder, home } = claude.environment;
      const found = new Map<string, number>();
      const ask = async ({ text, canary }: MentionForm, isGuest: boolean): Promise<void> => {
        const before = claude.model.requests.at(-1)?.at ?? 0;
        const turns = seen.kind('turn').length;
        const promptId = randomUUID();
        const guest = isGuest ? { guest: { name: `Bo${text}`, files: [] } } : {};
        await session.prompt({ promptId, text: `look${text} [[text:ok]]`, ...guest });
        await seen.entry('turn', turns);
        const asked = claude.model.requests.filter(({ at }) => at >= before);
        if (!JSON.stringify(asked).includes(canary)) return;
        const who = isGuest ? 'guest' : 'owner';
        found.set(who, (found.get(who) ?? 0) + 1);
      };
      const make = (round: number): readonly MentionForm[] =>
        mentionForms({ folder, home, project: claude.project, round: `d${round}` });
      const controls = make(0);
      for (const form of controls) {
        // oxlint-disable-next-line no-await-in-loop -- one turn after the other
        await ask(form, false);
      }
      expect(found.get('owner')).toBe(controls.length);
      let sent = 0;
      for (let round = 1; sent < PROMPTS; round += 1) {
        for (const form of make(round).slice(0, PROMPTS - sent)) {
          // oxlint-disable-next-line no-await-in-loop -- one turn after the other
          await ask(form, true);
          sent += 1;
        }
      }
      console.log(`${version}: ${sent} prompts, files reached: ${found.get('guest') ?? 0}`);
      expect(found.get('guest')).toBeUndefined();
    } finally {
      await claude.close();
    }
  }, 900_000);
});
