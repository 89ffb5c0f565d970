// Who said it, with the real CLI: hooks, skills, Stop. The same live and read again from the file.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentSession } from '../../src/protocol/agent.ts';
import type { Entry } from '../../src/protocol/transcript.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { ASKING } from '../../tools/install/claudeCli.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { realClaude, type RealClaude, type Recorder } from './realRig.ts';

/** Blocks prompts by what is in them, and lets no turn end that says STOPME, once. */
const SUBMIT = `p=$(cat); case "$p" in
  *BLOCKED_WITH_WORDS*) echo "no [such] words here" >&2; exit 2;;
  *BLOCKED_BY_JSON*) echo '{"decision":"block","reason":"policy says no"}';;
  *BLOCKED_SILENTLY*) exit 2;;
  *BLOCKED_LOUDLY*) head -c 300000 /dev/zero | tr '\\0' 'x' >&2; exit 2;;
  *BLOCKED_BINARY*) printf '\\377\\376\\001\\033[2Jbinary' >&2; exit 2;;
esac; exit 0`;
const STOP = `p=$(cat); case "$p" in *'"stop_hook_active":true'*) exit 0;; *STOPME*) echo "please go on" >&2; exit 2;; esac; exit 0`;

describe.each(CLAUDE_VERSIONS)('Claude Code %s: who said it', (version) => {
  let claude: RealClaude;
  let session: AgentSession;
  let seen: Recorder;

  beforeAll(async () => {
    claude = await realClaude(version);
    const skill = join(claude.project, '.claude/skills/greet');
    await mkdir(skill, { recursive: true });
    const body = `---\nname: greet\ndescription: Greets\n---\nBODY ${'of the skill '.repeat(16_000)}`;
    await writeFile(join(skill, 'SKILL.md'), body);
    const commands = join(claude.project, '.claude/commands');
    await mkdir(commands, { recursive: true });
    await writeFile(join(commands, 'mine.md'), 'Mine. [[text:at once]]');
    const hook = (command: string) => [{ hooks: [{ type: 'command', command }] }];
    const settings = { ...ASKING, hooks: { UserPromptSubmit: hook(SUBMIT), Stop: hook(STOP) } };
    await writeFile(join(claude.environment.configDir, 'settings.json'), JSON.stringify(settings));
    ({ session, seen } = await claude.start());
  });
  afterAll(() => claude.close());

  async function idleAfter(act: () => Promise<unknown>): Promise<readonly Entry[]> {
    const { length } = seen.events;
    await act();
    await seen.until('idle', (events) =>
      events.slice(length).findLast((event) => event.kind === 'status' && event.status === 'idle'),
    );
    return seen.events
      .slice(length)
      .flatMap((event) => (event.kind === 'entry' ? [event.entry] : []));
  }
  const send = (text: string, promptId: string = globalThis.crypto.randomUUID()) =>
    idleAfter(() => session.prompt({ promptId, text }));

  async function readAgain(): Promise<readonly Entry[]> {
    const id = seen.events
      .map((event) => (event.kind === 'facts' ? event.facts.agentSessionId : undefined))
      .findLast((one) => one !== undefined);
    const reported = await claude.agent.readTranscript(id ?? '', claude.project);
    return reported.map(({ entry }) => entry);
  }
  const same = async (entry: Entry | undefined): Promise<Entry | undefined> =>
    (await readAgain()).find(({ id }) => id === entry?.id);

  it.each([
    ['BLOCKED_WITH_WORDS', 'no [such] words here'],
    ['BLOCKED_BY_JSON', 'policy says no'],
    ['BLOCKED_SILENTLY', 'it gave no reason.'],
    ['BLOCKED_LOUDLY', 'xxxx'],
    ['BLOCKED_BINARY', ''],
  ])(
    'a prompt that a hook refuses (%s) is one notice with its reason, and no turn',
    async (text, reason) => {
      const promptId = globalThis.crypto.randomUUID();
      const entries = await send(`${text} [[text:never]]`, promptId);
      expect(entries.map(({ kind }) => kind)).toEqual(['notice']);
      const [notice] = entries;
      if (notice?.kind !== 'notice') throw new Error('no notice');
      expect(notice).toMatchObject({ code: 'prompt-blocked', level: 'warning', promptId });
      const { text: said } = notice;
      expect(said).toContain(`it was not run: ${reason}`);
      expect(said.length).toBeLessThan(2200);
      expect(said).not.toContain('case "$p"');
      expect(seen.events).toContainEqual({ kind: 'prompt', promptId, state: 'cancelled' });
      const { promptId: _, ...live } = notice;
      expect({ ...(await same(notice)), at: 0 }).toEqual({ ...live, at: 0 });
    },
  );

  it('what a Stop hook says is a hook’s, and no prompt of a person', async () => {
    const entries = await send('go [[text:STOPME said]]');
    const prompts = entries.filter((entry) => entry.kind === 'prompt');
    expect(prompts.map(({ origin, folded }) => [origin, folded])).toEqual([
      ['person', undefined],
      ['hook', true],
    ]);
    expect(await same(prompts[1])).toEqual(prompts[1]);
    expect(entries.filter(({ kind }) => kind === 'unknown')).toEqual([]);
  });

  it('the text of a skill is the skill’s, and no prompt of a person', async () => {
    const entries = await send('use it [[tool:Skill:{"skill":"greet"}]][[text:used]]');
    const prompts = entries.filter((entry) => entry.kind === 'prompt');
    expect(prompts.map(({ origin }) => origin)).toEqual(['person', 'skill']);
    expect(prompts[1]?.text.length).toBeGreaterThan(200_000);
    expect(await same(prompts[1])).toEqual(prompts[1]);
  });

  it.each(['/mine', '/greet', '/context'])(
    'the cause stands before its effect: %s, twice, once each, as in the file',
    async (command) => {
      for (let run = 0; run < 2; run += 1) {
        // oxlint-disable-next-line no-await-in-loop -- one turn after the other
        const entries = await send(command);
        const kinds = entries.map(({ kind }) => kind).filter((kind) => kind !== 'prompt');
        expect(kinds[0]).toBe('command');
        expect(entries.find((entry) => entry.kind === 'command')).toMatchObject({ command });
      }
      const live = seen.kind('command').filter((entry) => entry.command === command);
      const read = (await readAgain()).filter(
        (entry) => entry.kind === 'command' && entry.command === command,
      );
      expect(read.map(({ id }) => id)).toEqual(live.map(({ id }) => id));
    },
  );

  it('a tool that Stop ended is interrupted; denied is only what somebody denied', async () => {
    const stopped = await idleAfter(async () => {
      const requests = seen.kind('request').length;
      await session.prompt({
        promptId: globalThis.crypto.randomUUID(),
        text: '[[bash:touch begun.txt; sleep 30]][[text:no]]',
      });
      const { requestId } = await seen.entry('request', requests);
      await session.answer(requestId, { behavior: 'allow' });
      await waitUntil('it runs', () => existsSync(join(claude.project, 'begun.txt')));
      await session.interrupt();
    });
    const open = await idleAfter(async () => {
      const requests = seen.kind('request').length;
      await session.prompt({
        promptId: globalThis.crypto.randomUUID(),
        text: '[[bash:touch open.txt]][[text:no]]',
      });
      await seen.entry('request', requests);
      await session.interrupt();
    });
    const denied = await idleAfter(async () => {
      const requests = seen.kind('request').length;
      await session.prompt({
        promptId: globalThis.crypto.randomUUID(),
        text: '[[bash:touch denied.txt]][[text:no]]',
      });
      const { requestId } = await seen.entry('request', requests);
      await session.answer(requestId, { behavior: 'deny' });
    });
    const results = [stopped, open, denied].map((entries) =>
      entries.find((entry) => entry.kind === 'tool-result'),
    );
    expect(results.map((entry) => entry?.outcome)).toEqual([
      'interrupted',
      'interrupted',
      'denied',
    ]);
    // The file of an older version does not say that a call was denied.
    const told = claudeDoes(version, 'denied-in-file') ? results : results.slice(0, 2);
    for (const result of told) {
      // oxlint-disable-next-line no-await-in-loop -- three
      expect(await same(result)).toMatchObject({ outcome: result?.outcome });
    }
  });
});
