// Prompts that wait for a running turn, with the real CLI.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentSession } from '../../src/protocol/agent.ts';
import { VERSIONS } from './fixtures.ts';
import { type RealClaude, realClaude, type Recorder } from './realRig.ts';

describe.each(VERSIONS)('Claude Code %s', (version) => {
  let real: RealClaude;
  let session: AgentSession;
  let seen: Recorder;
  const prompt = (text: string) => session.prompt({ promptId: randomUUID(), text });

  beforeAll(async () => {
    real = await realClaude(version);
    ({ session, seen } = await real.start());
  });
  afterAll(() => real.close());

  it('shows of prompts that waited together each as it was typed', async () => {
    await prompt('slow [[slow:40:30]]');
    await seen.until('delta', (events) => events.find((event) => event.kind === 'delta'));
    await prompt('typed by one [[text:both]]');
    await prompt('typed by another');
    await seen.entry('turn', 1);
    expect(JSON.stringify(real.model.requests.at(-1)?.body.messages)).toContain('typed by another');
    expect(
      seen
        .kind('prompt')
        .slice(1)
        .map(({ text }) => text),
    ).toEqual(['typed by one [[text:both]]', 'typed by another']);
  });
});
