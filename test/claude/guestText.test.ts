// How far a guest's words reach in the real CLI: they are text, alone, waiting, merged and folded.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentSession, GuestText } from '../../src/protocol/agent.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { type MentionForm, mentionForms } from './mentionForms.ts';
import { realClaude, type RealClaude, type Recorder } from './realRig.ts';

const BO: GuestText = { name: 'Bo', files: [] };

describe.each(CLAUDE_VERSIONS)('Claude Code %s and a guest’s words', (version) => {
  let claude: RealClaude;
  let session: AgentSession;
  let seen: Recorder;
  let rounds = 0;

  beforeAll(async () => {
    claude = await realClaude(version);
    ({ session, seen } = await claude.start());
  });
  afterAll(() => claude.close());

  function forms(): readonly MentionForm[] {
    rounds += 1;
    const { folder, home } = claude.environment;
    return mentionForms({ folder, home, project: claude.project, round: `r${rounds}` });
  }

  const written = (all: readonly MentionForm[]): string => all.map(({ text }) => text).join(' ');

  function found(all: readonly MentionForm[]): readonly string[] {
    const asked = JSON.stringify(claude.model.requests.map(({ body }) => body));
    return all.filter(({ canary }) => asked.includes(canary)).map(({ name }) => name);
  }

  async function turns(count: number, act: () => Promise<unknown>): Promise<void> {
    const before = seen.kind('turn').length;
    await act();
    await seen.entry('turn', before + count - 1);
    await seen.until('idle', (events) => {
      const last = events.findLast((event) => event.kind === 'status');
      return last?.kind === 'status' && last.status === 'idle' ? true : undefined;
    });
  }

  const send = (text: string, guest?: GuestText) =>
    session.prompt({
      promptId: globalThis.crypto.randomUUID(),
      text,
      ...(guest === undefined ? {} : { guest }),
    });

  it('the same words of the owner’s find every file: the control', async () => {
    const all = forms();
    await turns(1, () => send(`look${written(all)} [[text:ok]]`));
    expect(found(all)).toEqual(all.map(({ name }) => name));
  });

  it('[R10] alone, no form of @ reaches a file, nor does a name', async () => {
    const all = forms();
    await turns(1, () =>
      send(`look${written(all)} [[text:ok]]`, { name: `Bo${written(all)}`, files: [] }),
    );
    expect(found(all)).toEqual([]);
    expect(seen.kind('prompt').at(-1)?.text).toBe(`look${written(all)} [[text:ok]]`);
  });

  it('[R10] waiting and merged with others’, none does, and each keeps its own words', async () => {
    const [one, two] = [forms(), forms()];
    const texts = [`one${written(one)}`, `two${written(two)} [[text:merged]]`];
    await turns(2, async () => {
      const { length } = seen.events;
      await send('[[held:20]]');
      await seen.until('text streams', (events) =>
        events.slice(length).find((event) => event.kind === 'delta'),
      );
      await send(texts[0] ?? '', BO);
      await send(texts[1] ?? '', { name: 'Cy', files: [] });
      claude.model.release();
    });
    expect(found([...one, ...two])).toEqual([]);
    expect(
      seen
        .kind('prompt')
        .slice(-2)
        .map(({ text }) => text),
    ).toEqual(texts);
  });

  it('[R10] folded into a running turn, none does', async () => {
    const all = forms();
    const text = `folded${written(all)}`;
    await turns(1, async () => {
      await send('[[bash:touch made.txt]][[text:done]]');
      const { requestId } = await seen.entry('request');
      await send(text, BO);
      await session.answer(requestId, { behavior: 'allow' });
    });
    expect(found(all)).toEqual([]);
    expect(seen.kind('prompt').at(-1)).toMatchObject({ text, folded: true });
  });

  it.each(['/compact', '/context', '!touch made.txt', '#remember this', '/clear'])(
    '[R8] %j is text to the model, also as a name',
    async (text) => {
      const before = claude.model.requests.length;
      await turns(1, () => send(`${text} [[text:read]]`, { name: text, files: [] }));
      expect(seen.kind('text').at(-1)?.text).toBe('read');
      expect(claude.model.requests.length).toBe(before + 1);
      expect(seen.kind('reset')).toEqual([]);
    },
  );

  it('the files that the host attaches reach the model, and are no part of what was said', async () => {
    const files = [{ path: 'src/in.txt', content: 'ATTACHED-1' }];
    await turns(1, () => send('see @src/in.txt [[text:ok]]', { name: 'Bo', files }));
    expect(JSON.stringify(claude.model.requests.at(-1)?.body)).toContain('ATTACHED-1');
    expect(seen.kind('prompt').at(-1)?.text).toBe('see @src/in.txt [[text:ok]]');
  });

  it('read again from the file, each has its words alone', async () => {
    const agentSessionId = seen.events
      .map((event) => (event.kind === 'facts' ? event.facts.agentSessionId : undefined))
      .findLast((id) => id !== undefined);
    const reported = await claude.agent.readTranscript(agentSessionId ?? '', claude.project);
    const entries = reported.map(({ entry }) => entry);
    const live = seen.kind('prompt');
    const read = entries.filter((entry) => entry.kind === 'prompt');
    expect(read.at(-1)).toMatchObject({ text: live.at(-1)?.text, origin: 'person' });
    const words = JSON.stringify(entries);
    expect(words).not.toContain('not by its owner');
    expect(words).not.toContain('Written by the guest');
  });
});
