// Prompts that nobody typed: a timer ran out while the session was idle. The CLI counts in minutes.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { realClaude } from './realRig.ts';

/** Two full minutes, and something for a loaded computer. */
const WAIT_MS = 180_000;

describe.concurrent.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  it('a prompt of a timer says so, stands before its answer, and is read so again', async () => {
    const claude = await realClaude(version);
    try {
      // Timers run where the CLI may talk to others; there is nobody.
      const { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: _, ...env } = claude.environment.env;
      const { session, seen } = await claude.start({ env });
      const timer = { cron: '* * * * *', prompt: 'ring <<text:rung>>', recurring: true };
      const text = `[[tool:CronCreate:${JSON.stringify(timer)}]][[text:made]]`;
      await session.prompt({ promptId: randomUUID(), text });
      const rang = await new Promise<boolean>((resolve) => {
        const timeout = setTimeout(() => resolve(false), WAIT_MS);
        session.onDidEmit((event) => {
          if (event.kind !== 'entry' || event.entry.kind !== 'text') return;
          if (event.entry.text !== 'rung') return;
          clearTimeout(timeout);
          resolve(true);
        });
      });
      expect(rang).toBe(true);
      const at = seen.entries.findIndex((entry) => entry.kind === 'text' && entry.text === 'rung');
      const cause = seen.entries[at - 1];
      expect(cause).toMatchObject({ kind: 'prompt', origin: 'scheduled' });
      const id = seen.events
        .map((event) => (event.kind === 'facts' ? event.facts.agentSessionId : undefined))
        .findLast((one) => one !== undefined);
      const read = await claude.agent.readTranscript(id ?? '', claude.project);
      expect(read.find(({ entry }) => entry.id === cause?.id)?.entry).toEqual(cause);
    } finally {
      await claude.close();
    }
  });
});
