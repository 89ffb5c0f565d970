// [A1] How much the model thinks, as the real CLI takes it: at the start, in between, and read back.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentSession } from '../../src/protocol/agent.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { type RealClaude, realClaude, type Recorder } from './realRig.ts';

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  let real: RealClaude;
  let session: AgentSession;
  let seen: Recorder;

  const efforts = (): readonly (string | undefined)[] =>
    seen.events.flatMap((event) =>
      event.kind === 'facts' && event.facts.effort !== undefined ? [event.facts.effort] : [],
    );
  const turn = async (text: string): Promise<void> => {
    const before = seen.kind('turn').length;
    await session.prompt({ promptId: randomUUID(), text });
    await seen.entry('turn', before);
  };
  /** The effort that the model was asked with last. */
  const asked = (): unknown => {
    const body: unknown = real.model.requests.at(-1)?.body;
    const config = typeof body === 'object' && body !== null && 'output_config' in body;
    return config ? body.output_config : undefined;
  };

  beforeAll(async () => {
    real = await realClaude(version);
    ({ session, seen } = await real.start({ effort: 'low' }));
  });
  afterAll(() => real.close());

  it('[A1] is what it was started with, and the model is asked with it', async () => {
    await seen.until('effort', () => efforts().at(-1));
    expect(efforts()).toEqual(['low']);
    await turn('hello [[text:one]]');
    expect(asked()).toEqual({ effort: 'low' });
  });

  it('[A1] is another from the next request on, and is told', async () => {
    await session.setEffort('xhigh');
    expect(efforts().at(-1)).toBe('xhigh');
    await turn('hello [[text:two]]');
    expect(asked()).toEqual({ effort: 'xhigh' });
  });

  it('[A1] a word that no model takes is refused, and nothing is left of it', async () => {
    await session.setEffort('medium');
    const refusal = await session.setEffort('heroic').catch((error: unknown) => error);
    expect(String(refusal)).toContain('does not take the effort “heroic”');
    await turn('hello [[text:three]]');
    expect(asked()).not.toEqual({ effort: 'heroic' });
  });

  it('[A1] without a choice it is the model’s own, and is told', async () => {
    await session.setEffort('max');
    await session.setEffort(undefined);
    expect(['medium', 'high']).toContain(efforts().at(-1));
    await turn('hello [[text:four]]');
    expect(asked()).toEqual({ effort: efforts().at(-1) });
  });

  it('[A1] models say which efforts they take, and another model tells its own', async () => {
    const facts = seen.events.flatMap((event) => (event.kind === 'facts' ? [event.facts] : []));
    const models = facts.findLast((one) => one.models !== undefined)?.models ?? [];
    const opus = models.find(({ id }) => id.startsWith('opus'));
    expect(opus?.efforts).toEqual(['low', 'medium', 'high', 'xhigh', 'max']);
    const before = efforts().length;
    await session.setModel('haiku');
    const haiku = models.find(({ id }) => id === 'haiku');
    expect(efforts().length).toBeGreaterThan(before);
    if (haiku?.efforts === undefined) {
      expect(efforts().at(-1)).toBe('');
      const refusal = await session.setEffort('low').catch((error: unknown) => error);
      expect(String(refusal)).toContain('does not take the effort “low”');
    } else expect(efforts().at(-1)).not.toBe('');
    await session.setModel('default');
  });

  it.runIf(claudeDoes(version, 'effort-command'))(
    '[A1] its own command changes it too, and that is told when it is done',
    async () => {
      await session.setEffort('low');
      await session.prompt({ promptId: randomUUID(), text: '/effort high' });
      await seen.until('effort', () => (efforts().at(-1) === 'high' ? true : undefined));
    },
  );
});
