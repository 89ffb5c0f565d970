// Prompts that wait for a running turn, with the real CLI.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentSession } from '../../src/protocol/agent.ts';
import type { PromptImage } from '../../src/protocol/entryParts.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { type RealClaude, realClaude, type Recorder } from './realRig.ts';

/** A picture of one pixel. */
const DOT: PromptImage = {
  mediaType: 'image/png',
  base64:
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
};

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  let real: RealClaude;
  let session: AgentSession;
  let seen: Recorder;

  /** Sends prompts while a turn runs; resolves to what is shown of them when all are done. */
  async function queued(prompts: readonly { text: string; images?: readonly PromptImage[] }[]) {
    const sent = prompts.map((prompt) => ({ ...prompt, promptId: String(randomUUID()) }));
    const ids = sent.map(({ promptId }) => promptId);
    const before = seen.events.length;
    await session.prompt({ promptId: randomUUID(), text: 'slow [[slow:40:30]]' });
    await seen.until('delta', (events) =>
      events.slice(before).find((event) => event.kind === 'delta'),
    );
    for (const prompt of sent) await session.prompt(prompt);
    await seen.until('the end of every prompt', (events) => {
      const ended = new Set(
        events.flatMap((event) =>
          event.kind === 'prompt' && event.state === 'completed' ? [event.promptId] : [],
        ),
      );
      return ids.every((id) => ended.has(id)) || undefined;
    });
    return seen.events.slice(before).flatMap((event) => {
      if (event.kind !== 'entry' || event.entry.kind !== 'prompt') return [];
      const { promptId = '', text, images = [] } = event.entry;
      const pictures = event.images?.length ?? 0;
      expect(pictures).toBe(images.length);
      return ids.includes(promptId) ? [{ index: ids.indexOf(promptId), text, pictures }] : [];
    });
  }

  beforeAll(async () => {
    real = await realClaude(version);
    ({ session, seen } = await real.start());
  });
  afterAll(() => real.close());

  it('shows of prompts that waited together each as it was typed', async () => {
    const shown = await queued([
      { text: 'typed by one [[text:both]]' },
      { text: 'typed by another' },
    ]);
    expect(JSON.stringify(real.model.requests.at(-1)?.body.messages)).toContain('typed by another');
    expect(shown).toEqual([
      { index: 0, text: 'typed by one [[text:both]]', pictures: 0 },
      { index: 1, text: 'typed by another', pictures: 0 },
    ]);
  });

  it('shows pictures with the prompt that they were sent with, and the same words twice', async () => {
    const shown = await queued([
      { text: 'yes' },
      { text: 'look', images: [DOT, DOT] },
      { text: 'yes' },
      { text: '', images: [DOT] },
    ]);
    expect(shown).toEqual([
      { index: 0, text: 'yes', pictures: 0 },
      { index: 1, text: 'look', pictures: 2 },
      { index: 2, text: 'yes', pictures: 0 },
      { index: 3, text: '', pictures: 1 },
    ]);
  });
});
