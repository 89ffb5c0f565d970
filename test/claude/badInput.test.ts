// What the program may do wrong while it runs: each is a clear state, nothing crashes, nothing hangs.
import { spoken } from '../../src/base/say.ts';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import type { AgentSession } from '../../src/protocol/agent.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { type FakeCli } from './fakeCli.ts';
import { Recorder } from './realRig.ts';
import { agentOf, cleanUp, GOOD, later } from './fakeAgent.ts';

afterEach(cleanUp);

async function start(
  cli: FakeCli,
  clock: Clock = systemClock,
): Promise<{ session: AgentSession; seen: Recorder }> {
  const { agent, folder, env } = await agentOf(cli, clock);
  const session = await agent.start({ cwd: folder, env });
  later(async () => session.kill());
  const seen = new Recorder();
  session.onDidEmit((event) => seen.take(event));
  return { session, seen };
}

describe('a CLI without a session mirror', () => {
  it('is started without it, and is not asked for it again', async () => {
    const { agent, folder, env } = await agentOf({
      ...GOOD,
      always: `if (args[0] === '-p') require('node:fs').appendFileSync('starts', args.includes('--session-mirror') ? 'with ' : 'without ');
        if (args.includes('--session-mirror')) { console.error("error: unknown option '--session-mirror'"); process.exit(1); }`,
      onPrompt: `say({ type: 'assistant', uuid: 'a', local_command_source: '<local-command-stdout>ok</local-command-stdout>', message: { content: 'ok' } });
        say({ type: 'result', subtype: 'success', uuid: id(), num_turns: 1 });`,
    });
    for (const promptId of [randomUUID(), randomUUID()]) {
      const session = await agent.start({ cwd: folder, env });
      const seen = new Recorder();
      session.onDidEmit((event) => seen.take(event));
      await session.prompt({ promptId, text: '/context' });
      await seen.entry('turn');
      expect(seen.kind('command')).toMatchObject([{ text: 'ok' }]);
      await session.close();
    }
    expect(await readFile(join(folder, 'starts'), 'utf8')).toBe('with without without ');
  });
});

describe('a CLI that writes what nobody expects', () => {
  it('garbled lines and binary output become notices, and the session goes on', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `raw('not json\\n'); raw(Buffer.from([0xff, 0x00, 0x80, 0x0a]));
        raw('{"type":"assistant","cut\\n');
        say({ type: 'result', subtype: 'success', uuid: id(), num_turns: 1 });`,
    });
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    await seen.entry('turn');
    const notices = seen.kind('notice').filter((entry) => entry.code === 'garbled-output');
    expect(notices.length).toBe(3);
    await session.close();
    expect(seen.events.at(-1)).toMatchObject({ kind: 'exit', expected: true });
  });

  it('output that is no stream-json at all is a problem', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `for (let i = 0; i < 30; i += 1) raw('Welcome to the wizard\\n');`,
    });
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    const event = await seen.until('problem', (events) =>
      events.find((item) => item.kind === 'problem'),
    );
    expect(event).toMatchObject({ problem: { code: 'agent-protocol' } });
  });

  it('unknown types, subtypes and blocks are kept and shown', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `say({ type: 'hologram', uuid: 'h1', light: 1 });
        say({ type: 'system', subtype: 'aurora', uuid: 's1', colour: 'green' });
        say({ type: 'assistant', uuid: 'a1', message: { id: 'm', content: [{ type: 'smell', note: 'pine' }] } });
        say({ type: 'assistant', uuid: 'a2', message: { id: 'm', content: 'plain text' } });
        say({ type: 'user', uuid: 'u1', message: { content: { odd: true } } });
        say(['an', 'array']);
        say({ type: 'result', subtype: 'success', uuid: id(), num_turns: 1 });`,
    });
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    await seen.entry('turn');
    expect(seen.kind('unknown').map((entry) => [entry.type, entry.id])).toEqual([
      ['hologram', 'h1'],
      ['system/aurora', 's1'],
      ['smell', 'a1'],
      ['user', 'u1'],
      ['malformed', expect.stringMatching(/^unknown:/)],
    ]);
    expect(seen.kind('unknown')[0]?.json).toContain('"light":1');
    expect(seen.kind('text').map((entry) => entry.text)).toEqual(['plain text']);
  });

  it('without state events the state is read off the other lines', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `say({ type: 'assistant', uuid: id(), message: { id: 'm', content: 'hm' } });
        if (line.message.content === 'ask') say({ type: 'control_request', request_id: 'q', request: { subtype: 'can_use_tool', tool_name: 'Bash', input: {} } });
        else say({ type: 'result', subtype: 'success', uuid: id(), num_turns: 1 });`,
    });
    const states = () =>
      seen.events.flatMap((event) =>
        event.kind === 'status' ? [event.waitingFor ?? event.status] : [],
      );
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    await seen.entry('turn');
    await session.prompt({ promptId: randomUUID(), text: 'ask' });
    await seen.entry('request');
    await session.answer('q', { behavior: 'allow' });
    await session.prompt({ promptId: randomUUID(), text: 'y' });
    await seen.entry('turn', 1);
    expect(states()).toEqual([
      'starting',
      'idle',
      'working',
      'idle',
      'working',
      'permission',
      'working',
      'idle',
    ]);
  });

  it('a 10 MB tool result arrives whole', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `say({ type: 'user', uuid: 'r1', message: { role: 'user', content: [
          { type: 'tool_result', tool_use_id: 't', content: 'y'.repeat(10 * 1024 * 1024) }] } });
        say({ type: 'result', subtype: 'success', uuid: id(), num_turns: 1 });`,
    });
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    await seen.entry('turn');
    expect(seen.kind('tool-result')[0]?.text.length).toBe(10 * 1024 * 1024);
  });

  it('a request of an unknown kind is refused, so that the CLI does not wait for ever', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `say({ type: 'control_request', request_id: 'q1', request: { subtype: 'read_mind' } });
        process.stdin.on('data', (data) => {
          if (String(data).includes('not supported')) say({ type: 'result', subtype: 'success', uuid: id(), num_turns: 1 });
        });`,
    });
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    expect(await seen.entry('turn')).toMatchObject({ outcome: 'completed' });
  });

  it('a refused control request is an error, not a hang', async () => {
    const { session } = await start(GOOD);
    const error = await session.setModel('x').catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'agent-protocol')).toBe(true);
  });
});

describe('a CLI that falls silent or dies', () => {
  it('60 s of silence in a turn are a problem, which ends when it speaks', async () => {
    const clock = createFakeClock();
    const { session, seen } = await start(
      {
        ...GOOD,
        onPrompt: `if (line.message.content === 'one') say({ type: 'system', subtype: 'init', uuid: id(), model: 'm' });
          else say({ type: 'assistant', uuid: 'a', message: { id: 'm', content: 'back' } });`,
      },
      clock,
    );
    await session.prompt({ promptId: randomUUID(), text: 'one' });
    await seen.until('model', (events) =>
      events.find((event) => event.kind === 'facts' && event.facts.model === 'm'),
    );
    clock.advance(59_000);
    expect(seen.events.some((event) => event.kind === 'problem')).toBe(false);
    clock.advance(2_000);
    const problems = () =>
      seen.events.flatMap((event) => (event.kind === 'problem' ? [event.problem?.code] : []));
    expect(problems()).toEqual(['agent-silent']);
    await session.prompt({ promptId: randomUUID(), text: 'two' });
    await seen.entry('text');
    expect(problems()).toEqual(['agent-silent', undefined]);
  });

  it('a control request that is never answered times out', async () => {
    const clock = createFakeClock();
    const { session, seen } = await start(GOOD, clock);
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    process.kill(session.pid, 'SIGSTOP');
    const answer = session.interrupt().catch((thrown: unknown) => thrown);
    clock.advance(20_000);
    expect(isAppError(await answer, 'timeout')).toBe(true);
    process.kill(session.pid, 'SIGCONT');
    expect(seen.events.some((event) => event.kind === 'exit')).toBe(false);
  });

  it('one that no longer reads is ended: prompts fail instead of hanging', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `process.stdin.destroy(); require('node:fs').closeSync(0); setInterval(() => {}, 1000);
        say({ type: 'system', subtype: 'init', uuid: id(), model: 'deaf' });`,
      onClose: '',
    });
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    await seen.until('it is deaf', (events) =>
      events.find((event) => event.kind === 'facts' && event.facts.model === 'deaf'),
    );
    const long = { promptId: randomUUID(), text: 'y'.repeat(4 * 1024 * 1024) };
    const deaf = await session.prompt(long).catch((thrown: unknown) => thrown);
    expect(isAppError(deaf, 'agent-crashed')).toBe(true);
    const exit = await seen.until('exit', (events) => events.find((one) => one.kind === 'exit'));
    expect(exit).toMatchObject({ expected: false, signal: 'SIGKILL' });
    const late = await session.prompt(long).catch((thrown: unknown) => thrown);
    expect(isAppError(late, 'agent-crashed')).toBe(true);
    await session.close();
  });

  it('one that has closed its output is ended, and says so', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `require('node:fs').closeSync(1); setInterval(() => {}, 1000);`,
    });
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    const exit = await seen.until('exit', (events) => events.find((one) => one.kind === 'exit'));
    expect(exit).toMatchObject({ expected: false, signal: 'SIGKILL' });
    expect(seen.events.findLast((event) => event.kind === 'problem')).toMatchObject({
      problem: { code: 'agent-crashed' },
    });
  });

  it('its end is not waited for longer because something that it has started holds its output', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `const { spawn } = require('node:child_process');
        const left = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { detached: true, stdio: ['ignore', 1, 2] });
        say({ type: 'system', subtype: 'init', uuid: id(), model: String(left.pid) });
        setTimeout(() => process.exit(0), 50);`,
    });
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    const exit = await seen.until('exit', (events) => events.find((one) => one.kind === 'exit'));
    expect(exit).toMatchObject({ code: 0 });
    const facts = seen.events.find((event) => event.kind === 'facts' && event.facts.model);
    if (facts?.kind === 'facts') process.kill(Number(facts.facts.model), 'SIGKILL');
    await session.close();
  });

  it('a crash in mid-turn ends live text, withdraws requests and says how to go on', async () => {
    const { session, seen } = await start({
      ...GOOD,
      onPrompt: `const ev = (event) => say({ type: 'stream_event', event });
        ev({ type: 'message_start', message: { id: 'm1' } });
        ev({ type: 'content_block_start', index: 0, content_block: { type: 'text' } });
        ev({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'half' } });
        say({ type: 'control_request', request_id: 'q', request: { subtype: 'can_use_tool', tool_name: 'Bash', input: {} } });
        process.stderr.write('out of memory near sk-ant-api03-abcdefgh'); setTimeout(() => process.exit(9), 20);`,
    });
    await session.prompt({ promptId: randomUUID(), text: 'x' });
    await seen.until('exit', (events) => events.find((event) => event.kind === 'exit'));
    const kinds = seen.events.map((event) => event.kind);
    expect(kinds.slice(-5)).toEqual([
      'delta-end',
      'request-withdrawn',
      'problem',
      'status',
      'exit',
    ]);
    expect(seen.events.at(-1)).toEqual({ kind: 'exit', code: 9, signal: null, expected: false });
    const last = seen.events.findLast((event) => event.kind === 'problem');
    const problem = last?.kind === 'problem' ? last.problem : undefined;
    expect(problem?.code).toBe('agent-crashed');
    expect(problem && spoken(problem.happened)).toContain('near sk-…');
    expect(await session.answer('q', { behavior: 'allow' })).toBe(false);
    await session.close();
  });
});
