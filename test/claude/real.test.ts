// The adapter on the real CLI of each version, against the demo model.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createClaudeAgent } from '../../src/claude/claudeAgent.ts';
import { probeClaude } from '../../src/claude/cli/probeClaude.ts';
import { inputHash } from '../../src/claude/stream/openRequests.ts';
import type { Agent, AgentSession } from '../../src/protocol/agent.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { claudeDoes } from '../../tools/install/claudeFeatures.ts';
import { CLAUDE_VERSIONS } from '../../tools/install/claudeVersions.ts';
import { type RealClaude, realClaude, Recorder } from './realRig.ts';

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.each(CLAUDE_VERSIONS)('Claude Code %s', (version) => {
  let real: RealClaude;
  let session: AgentSession;
  let seen: Recorder;

  const prompt = async (text: string): Promise<string> => {
    const promptId = randomUUID();
    await session.prompt({ promptId, text });
    return promptId;
  };
  /** Sends a prompt and waits for its turn to end. */
  const turn = async (text: string): Promise<string> => {
    const before = seen.kind('turn').length;
    const promptId = await prompt(text);
    await seen.entry('turn', before);
    return promptId;
  };

  beforeAll(async () => {
    real = await realClaude(version);
    ({ session, seen } = await real.start());
  });
  afterAll(() => real.close());

  it('is probed: path, version, features, no problem', async () => {
    const probe = await real.agent.probe();
    expect(probe.problem).toBeUndefined();
    expect(probe.version).toBe(version);
    expect(probe.features).toContain('session-mirror');
    expect(probe.features).toContain('session-id');
    expect(probe.features.includes('mode-manual')).toBe(claudeDoes(version, 'mode-manual'));
  });

  it('tells pid, process start, conversation, commands and models before the first turn', () => {
    expect(session.pid).toBeGreaterThan(1);
    expect(session.processStart).toMatch(/^\d+$/);
    const facts = Object.assign(
      {},
      ...seen.events.flatMap((event) => (event.kind === 'facts' ? [event.facts] : [])),
    );
    expect(facts.agentSessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(facts.commands.length).toBeGreaterThan(3);
    expect(facts.models.length).toBeGreaterThan(1);
    expect(seen.events.filter((event) => event.kind === 'status')).toEqual([
      { kind: 'status', status: 'starting' },
      { kind: 'status', status: 'idle' },
    ]);
  });

  it('streams a turn token by token and keeps the prompt id', async () => {
    const promptId = await turn('hello [[text:one two three]]');
    expect(seen.kind('prompt').at(-1)).toMatchObject({ id: promptId, promptId, origin: 'person' });
    const deltas = seen.events.flatMap((event) => (event.kind === 'delta' ? [event.text] : []));
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toBe('one two three');
    expect(seen.kind('text').at(-1)).toMatchObject({ text: 'one two three' });
    await seen.until('completed', (events) =>
      events.find(
        (event) =>
          event.kind === 'prompt' && event.promptId === promptId && event.state === 'completed',
      ),
    );
  });

  it('runs an allowed command and answers each request once', async () => {
    const turns = seen.kind('turn').length;
    await prompt('run [[bash:touch allowed.txt && echo made]][[text:ok]]');
    const request = await seen.entry('request');
    expect(request).toMatchObject({ request: 'permission', tool: 'Bash' });
    expect(request.inputHash).toBe(inputHash(request.input));
    expect(request.suggestions?.length).toBeGreaterThan(0);
    expect(await session.answer(request.requestId, { behavior: 'allow' })).toBe(true);
    expect(await session.answer(request.requestId, { behavior: 'deny' })).toBe(false);
    await seen.entry('turn', turns);
    expect(existsSync(join(real.project, 'allowed.txt'))).toBe(true);
    expect(seen.kind('tool-result').at(-1)).toMatchObject({ outcome: 'ok', text: 'made' });
  });

  it('does not run a denied command, and shows it as denied', async () => {
    const [turns, requests] = [seen.kind('turn').length, seen.kind('request').length];
    await prompt('deny [[bash:touch denied.txt]][[text:ok]]');
    const request = await seen.entry('request', requests);
    await session.answer(request.requestId, { behavior: 'deny', message: 'Not now' });
    await seen.entry('turn', turns);
    expect(existsSync(join(real.project, 'denied.txt'))).toBe(false);
    expect(seen.kind('tool-result').at(-1)).toMatchObject({ outcome: 'denied', text: 'Not now' });
  });

  it('asks a question and passes the answer to the model', async () => {
    const [turns, requests] = [seen.kind('turn').length, seen.kind('request').length];
    await prompt('ask [[ask]][[text:ok]]');
    const request = await seen.entry('request', requests);
    expect(request.request).toBe('question');
    expect(request.questions?.[0]?.options.map((option) => option.label)).toEqual(['Red', 'Blue']);
    await session.answer(request.requestId, {
      behavior: 'allow',
      answers: { 'Which color?': 'Blue' },
    });
    await seen.entry('turn', turns);
    expect(seen.kind('tool-result').at(-1)?.text).toContain('Blue');
  });

  it('shows the text of a plan', async () => {
    const [turns, requests] = [seen.kind('turn').length, seen.kind('request').length];
    await session.setMode('plan');
    await prompt('plan [[plan]][[text:ok]]');
    const request = await seen.entry('request', requests);
    expect(request.request).toBe('plan');
    expect(request.plan).toContain('# Plan');
    await session.answer(request.requestId, { behavior: 'allow' });
    await seen.entry('turn', turns);
    await session.setMode('default');
  });

  it('interrupts a stream, keeps the partial text and goes on', async () => {
    const turns = seen.kind('turn').length;
    const deltas = seen.events.length;
    await prompt('slow [[slow:200:30]]');
    await seen.until('delta', (events) =>
      events.slice(deltas).find((event) => event.kind === 'delta'),
    );
    await session.interrupt();
    expect(await seen.entry('turn', turns)).toMatchObject({ outcome: 'interrupted' });
    const cut = seen.kind('text').at(-1);
    expect(cut?.text).toMatch(/^w0 /);
    expect(cut?.aborted).toBe(claudeDoes(version, 'aborted-text') ? true : undefined);
    await turn('again [[text:alive]]');
    expect(seen.kind('text').at(-1)).toMatchObject({ text: 'alive' });
  });

  it('withdraws an open request when the turn is interrupted', async () => {
    const [turns, requests] = [seen.kind('turn').length, seen.kind('request').length];
    await prompt('wait [[bash:touch never.txt]]');
    const request = await seen.entry('request', requests);
    await session.interrupt();
    await seen.entry('turn', turns);
    const { requestId } = request;
    expect(withdrawn(seen)).toContain(requestId);
    expect(await session.answer(requestId, { behavior: 'allow' })).toBe(false);
  });

  it('cancels a queued prompt', async () => {
    const turns = seen.kind('turn').length;
    const before = seen.events.length;
    await prompt('slow [[slow:40:30]]');
    await seen.until('delta', (events) =>
      events.slice(before).find((event) => event.kind === 'delta'),
    );
    const queued = await prompt('never [[text:NEVER]]');
    expect(await session.cancelQueued(queued)).toBe(true);
    expect(seen.events.slice(before)).toContainEqual({
      kind: 'prompt',
      promptId: queued,
      state: 'cancelled',
    });
    await seen.entry('turn', turns);
    await turn('after [[text:calm]]');
    expect(seen.kind('text').some((entry) => entry.text === 'NEVER')).toBe(false);
  });

  it('takes an image with a prompt and shows its size', async () => {
    const turns = seen.kind('turn').length;
    await session.prompt({
      promptId: randomUUID(),
      text: 'image [[text:saw it]]',
      images: [{ mediaType: 'image/png', base64: PIXEL }],
    });
    await seen.entry('turn', turns);
    expect(seen.kind('prompt').at(-1)?.images).toEqual([
      { mediaType: 'image/png', totalBytes: 70 },
    ]);
    expect(JSON.stringify(real.model.requests.at(-1)?.body)).toContain('image/png');
    expect(seen.kind('text').at(-1)?.text).toBe('saw it');
  });

  it('carries a prompt of 1 MB', async () => {
    const text = `${'x'.repeat(1024 * 1024)} [[text:big ok]]`;
    await turn(text);
    expect(seen.kind('prompt').at(-1)?.text).toBe(text);
    expect(seen.kind('text').at(-1)?.text).toBe('big ok');
  });

  it('tells the end of a slash command that it runs itself', async () => {
    const commands = seen.kind('command').length;
    const promptId = await prompt('/context');
    await seen.until('the command is over', (events) =>
      events.find(
        (event) =>
          event.kind === 'prompt' && event.promptId === promptId && event.state === 'completed',
      ),
    );
    await seen.entry('command', commands + 1);
  });

  it('renames', async () => {
    await session.rename('A better name');
    await seen.until('title', (events) =>
      events.find((event) => event.kind === 'facts' && event.facts.title === 'A better name'),
    );
  });

  it('refuses to resume a conversation that is open, here and from another host', async () => {
    const resume = conversationOf(seen);
    const other = otherAgent(real);
    for (const agent of [real.agent, other]) {
      const error = await agent
        .start({ cwd: real.project, env: real.environment.env, resume })
        .catch((thrown: unknown) => thrown);
      expect(isAppError(error, 'session-busy')).toBe(true);
    }
    await other.close();
  });

  it('is found and observed by another host, block by block', async () => {
    const other = otherAgent(real);
    const found = await waitUntil('the session is found', async () =>
      (await other.found()).find((row) => row.agentSessionId === conversationOf(seen)),
    );
    expect(found).toMatchObject({ pid: session.pid, cwd: real.project, status: 'idle' });
    expect((await real.agent.found()).some((row) => row.pid === session.pid)).toBe(false);
    const observed = other.observe(found);
    const watching = new Recorder();
    observed.onDidEmit((event) => watching.take(event));
    await observed.open();
    const own = new Set(watching.entries.map((entry) => entry.id));
    expect(seen.kind('text').every((entry) => own.has(entry.id))).toBe(true);

    const liveAt = new Map<string, number>();
    const lagMs: number[] = [];
    session.onDidEmit((event) => {
      if (event.kind === 'entry') liveAt.set(event.entry.id, performance.now());
    });
    observed.onDidEmit((event) => {
      const at = event.kind === 'entry' ? liveAt.get(event.entry.id) : undefined;
      if (at !== undefined) lagMs.push(performance.now() - at);
    });
    for (let i = 0; i < 5; i += 1) {
      await turn(`measure [[bash:echo ${i}]][[text:done ${i}]]`);
      await watching.until(`text ${i}`, () =>
        watching.kind('text').find((entry) => entry.text === `done ${i}`),
      );
    }
    // A figure to look at: how many looks it takes is tested with a clock that stands still.
    lagMs.sort((a, b) => a - b);
    const max = Math.round(lagMs.at(-1) ?? Infinity);
    const median = Math.round(lagMs[Math.floor(lagMs.length / 2)] ?? Infinity);
    process.stdout.write(
      `observed ${version}: ${lagMs.length} blocks, median ${median} ms, max ${max} ms\n`,
    );
    expect(lagMs.length).toBeGreaterThan(10);
    await observed.close();
    await other.close();
  });

  it('reads the transcript with the ids of the live entries', async () => {
    const conversation = conversationOf(seen);
    const all = await real.agent.readTranscript(conversation, real.project);
    const ids = new Set(all.map(({ entry }) => entry.id));
    const content = seen.entries.filter((entry) =>
      ['prompt', 'text', 'tool-call', 'tool-result'].includes(entry.kind),
    );
    expect(content.filter((entry) => !ids.has(entry.id))).toEqual([]);
  });

  it('goes on in a new conversation after /clear', async () => {
    const before = conversationOf(seen);
    await session.prompt({ promptId: randomUUID(), text: '/clear' });
    const reset = await seen.entry('reset');
    expect(reset.agentSessionId).not.toBe(before);
    expect(conversationOf(seen)).toBe(reset.agentSessionId);
    await turn('fresh [[text:new world]]');
    expect(seen.kind('text').at(-1)?.text).toBe('new world');
  });

  it('ends cleanly, and resumes with what was said', async () => {
    const resume = conversationOf(seen);
    await session.close();
    expect(seen.events.at(-1)).toMatchObject({ kind: 'exit', expected: true });
    await expect(real.agent.found()).resolves.toContainEqual(
      expect.objectContaining({ agentSessionId: resume, status: 'ended' }),
    );
    const next = await real.start({ resume });
    session = next.session;
    seen = next.seen;
    await turn('and on [[text:resumed]]');
    expect(conversationOf(seen)).toBe(resume);
    expect(seen.kind('reset')).toEqual([]);
    expect(JSON.stringify(real.model.requests.at(-1)?.body)).toContain('new world');
  });

  it('is resumed once, even if two ask at the same time', async () => {
    const resume = conversationOf(seen);
    await session.close();
    const both = await Promise.allSettled([real.start({ resume }), real.start({ resume })]);
    const [started, ...others] = both.flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    expect(others).toEqual([]);
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.map((error) => isAppError(error, 'session-busy'))).toEqual([true]);
    session = started?.session ?? session;
    seen = started?.seen ?? seen;
  });

  it('carries a title from its start', async () => {
    const named = await real.start({ title: 'Named at once' });
    expect(
      named.seen.events.some(
        (event) => event.kind === 'facts' && event.facts.title === 'Named at once',
      ),
    ).toBe(true);
    await named.session.close();
  });

  it('finishes a running turn before it closes, if nobody interrupts it', async () => {
    const other = await real.start();
    await other.session.prompt({ promptId: randomUUID(), text: 'slow [[slow:20:30]]' });
    await other.seen.until('delta', (events) => events.find((event) => event.kind === 'delta'));
    await other.session.close();
    expect(other.seen.kind('turn')).toMatchObject([{ outcome: 'completed' }]);
    expect(other.seen.kind('text')[0]?.text).toContain('w19');
  });

  it('closes while a request waits: the request is withdrawn, nothing runs', async () => {
    const other = await real.start();
    await other.session.prompt({ promptId: randomUUID(), text: 'x [[bash:touch late.txt]]' });
    await other.seen.entry('request');
    await other.session.close();
    expect(withdrawn(other.seen)).toEqual([other.seen.kind('request')[0]?.requestId]);
    expect(existsSync(join(real.project, 'late.txt'))).toBe(false);
  });

  it('without a key says that nobody is logged in', async () => {
    const { ANTHROPIC_API_KEY: _key, ...env } = real.environment.env;
    const probe = await probeClaude({ path: real.path, env });
    expect(probe.problem?.code).toBe('agent-not-logged-in');
  });

  it('reports a crash with its remedy', async () => {
    process.kill(session.pid, 'SIGKILL');
    const exit = await seen.until('exit', (events) =>
      events.find((event) => event.kind === 'exit'),
    );
    expect(exit).toMatchObject({ kind: 'exit', expected: false, signal: 'SIGKILL' });
    const problem = seen.events.find((event) => event.kind === 'problem');
    expect(problem).toMatchObject({ problem: { code: 'agent-crashed' } });
  });
});

function withdrawn(seen: Recorder): string[] {
  return seen.events.flatMap((event) =>
    event.kind === 'request-withdrawn' ? [event.requestId] : [],
  );
}

function conversationOf(seen: Recorder): string {
  const ids = seen.events.flatMap((event) =>
    event.kind === 'facts' && event.facts.agentSessionId !== undefined
      ? [event.facts.agentSessionId]
      : [],
  );
  return ids.at(-1) ?? '';
}

/** A second host on the same computer: it does not own the sessions of the first. */
function otherAgent(real: RealClaude): Agent {
  return createClaudeAgent({
    env: real.environment.env,
    configDir: real.environment.configDir,
    path: real.path,
    clock: systemClock,
    log: silentLogger,
  });
}
