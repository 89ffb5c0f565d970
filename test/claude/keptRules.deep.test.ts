// [R20][R21] What is remembered with an answer stands where it was chosen to, and a plan goes on as it was approved: on the real CLI.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { realClaude, type RealClaude } from './realRig.ts';

const places = ['session', 'local', 'project', 'user'] as const;

function fileOf(place: (typeof places)[number], { project, environment }: RealClaude): string {
  switch (place) {
    case 'local':
      return join(project, '.claude', 'settings.local.json');
    case 'project':
      return join(project, '.claude', 'settings.json');
    default:
      return join(environment.configDir, 'settings.json');
  }
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  it('keeps a rule at the chosen place and nowhere else, and asks for it no more', async () => {
    const claude = await realClaude(version);
    try {
      const { session, seen } = await claude.start();
      const turn = async (text: string, place?: string): Promise<number> => {
        const asked = seen.kind('request').length;
        const before = seen.kind('turn').length;
        await session.prompt({ promptId: randomUUID(), text });
        if (place !== undefined) {
          const request = await seen.entry('request', asked);
          expect(request.places?.map((one) => one.place)).toEqual(['local', 'project', 'user']);
          const answer = { behavior: 'allow', rememberSuggestions: [0], place } as const;
          expect(await session.answer(request.requestId, answer)).toBe(true);
        }
        await seen.entry('turn', before);
        return seen.kind('request').length - asked;
      };
      for (const place of places) {
        const command = `touch for-${place}.txt`;
        expect(await turn(`[[bash:${command}]]`, place)).toBe(1);
        expect(await turn(`[[bash:${command}]]`)).toBe(0);
        for (const other of places) {
          if (other === 'session') continue;
          const text = await textOf(fileOf(other, claude));
          expect(text.includes(`for-${place}`), `${place} in ${other}`).toBe(other === place);
        }
      }
    } finally {
      await claude.close();
    }
  });

  it('keeps a mode for the session only, whatever place is chosen', async () => {
    const claude = await realClaude(version);
    try {
      const { session, seen } = await claude.start();
      const text = `[[write:${join(claude.project, 'a.txt')}:a]]`;
      await session.prompt({ promptId: randomUUID(), text });
      const request = await seen.entry('request');
      expect(request.suggestionTexts).toContain('Change files of the folder without asking');
      const all = (request.suggestions ?? []).map((_, at) => at);
      const answer = { behavior: 'allow', rememberSuggestions: all, place: 'project' } as const;
      await session.answer(request.requestId, answer);
      await seen.until('the mode', (events) =>
        events.find((event) => event.kind === 'facts' && event.facts.mode === 'acceptEdits'),
      );
      await seen.entry('turn');
      expect(await textOf(fileOf('project', claude))).not.toContain('acceptEdits');
    } finally {
      await claude.close();
    }
  });

  it.each([
    ['of itself', 'plan', '[[plan]][[write:PLAN.md:b]]'],
    ['of the demo, whatever the mode', undefined, 'make a plan'],
  ])('[R21] goes on in the mode that a plan %s was approved into', async (_, mode, text) => {
    const claude = await realClaude(version);
    try {
      const file = join(claude.project, 'PLAN.md');
      const { session, seen } = await claude.start(mode === undefined ? {} : { mode });
      await session.prompt({ promptId: randomUUID(), text: text.replace('PLAN.md', file) });
      const request = await seen.entry('request');
      expect(request).toMatchObject({ request: 'plan', approvals: [{ mode: 'acceptEdits' }] });
      await session.answer(request.requestId, { behavior: 'allow', mode: 'acceptEdits' });
      await seen.entry('turn');
      expect(seen.kind('request')).toHaveLength(1);
      expect(await textOf(file)).not.toBe('');
    } finally {
      await claude.close();
    }
  });
});
