// The registry, the list of sessions and observing, on files like Claude Code's and real processes.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createClaudeAgent } from '../../src/claude/claudeAgent.ts';
import { isSameProcess, processStart, startOfStat } from '../../src/claude/processStart.ts';
import { projectSlug } from '../../src/claude/projects.ts';
import { Registry } from '../../src/claude/registry.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { waitUntil } from '../probes/waitUntil.ts';
import { Recorder } from './realRig.ts';

const FIRST = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-222222222222';
const CWD = '/home/dev/project';

let configDir = '';
let agent: Agent;
let child: ChildProcess;
let pid = 0;
let procStart = '';

beforeEach(async () => {
  configDir = await mkdtemp(join(tmpdir(), 'registry-'));
  await mkdir(join(configDir, 'sessions'));
  await mkdir(join(configDir, 'projects', projectSlug(CWD)), { recursive: true });
  agent = createClaudeAgent({ configDir, env: {}, clock: systemClock, log: silentLogger });
  // Stands for a claude in a terminal: the registry is checked against real processes.
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  pid = child.pid ?? 0;
  procStart = (await processStart(pid)) ?? '';
});
afterEach(async () => {
  child.kill('SIGKILL');
  await agent.close();
  await rm(configDir, { recursive: true, force: true });
});

async function register(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const record = { pid, sessionId: FIRST, cwd: CWD, procStart, startedAt: 1, version: '2.1.329' };
  await writeFile(
    join(configDir, 'sessions', `${pid}.json`),
    JSON.stringify({ ...record, kind: 'interactive', status: 'idle', ...more }),
  );
}

function transcript(sessionId: string): string {
  return join(configDir, 'projects', projectSlug(CWD), `${sessionId}.jsonl`);
}

async function say(sessionId: string, uuid: string, text: string): Promise<void> {
  const line = {
    type: 'user',
    uuid,
    sessionId,
    cwd: CWD,
    gitBranch: 'main',
    version: '2.1.329',
    timestamp: '2026-01-01T00:00:00Z',
    message: { role: 'user', content: text },
  };
  await appendFile(transcript(sessionId), `${JSON.stringify(line)}\n`);
}

describe('processStart', () => {
  it('names a process for good: same for one process, undefined for none', async () => {
    expect(await processStart(process.pid)).toMatch(/^\d+$/);
    expect(await processStart(process.pid)).toBe(await processStart(process.pid));
    expect(await processStart(0)).toBeUndefined();
    expect(await processStart(2 ** 30)).toBeUndefined();
    expect(await isSameProcess(pid, procStart)).toBe(true);
    expect(await isSameProcess(pid, '1')).toBe(false);
  });

  it('reads a name with spaces and parentheses, and takes a zombie for gone', () => {
    const fields = Array.from({ length: 20 }, (_, i) => String(i));
    expect(startOfStat(`7 (a) b) (c) S ${fields.slice(1).join(' ')}`)).toBe('19');
    expect(startOfStat(`7 (a) Z ${fields.slice(1).join(' ')}`)).toBeUndefined();
  });

  it.runIf(process.platform !== 'win32')('asks ps elsewhere', async () => {
    const start = await processStart(process.pid, 'darwin');
    expect(start === undefined || /\d{4}$/.test(start)).toBe(true);
  });
});

describe('Registry', () => {
  it('leaves out dead processes, reused pids, other containers, half-written and key files', async () => {
    const registry = new Registry({ configDir });
    await register();
    const sessions = join(configDir, 'sessions');
    await writeFile(join(sessions, `${pid}.abc.key`), '{"peerToken":"secret"}');
    await writeFile(
      join(sessions, '999999999.json'),
      '{"pid":999999999,"sessionId":"x","cwd":"/"}',
    );
    await writeFile(join(sessions, '1.json'), '{"pid":1,"sess');
    expect((await registry.running()).map((record) => record.pid)).toEqual([pid]);
    await register({ procStart: '1' });
    expect(await registry.running()).toEqual([]);
    await register({ pidDomain: 'linux:abc:pid:[1]' });
    expect(await registry.running()).toEqual(
      process.platform === 'linux' ? [] : [expect.anything()],
    );
  });
});

describe('found()', () => {
  it('lists running sessions first, with state and title, then ended ones, newest first', async () => {
    await register({ status: 'waiting', waitingFor: 'permission prompt' });
    await say(FIRST, 'u1', 'Fix the\nparser');
    await say(SECOND, 'u2', 'Older talk');
    const third = '33333333-3333-4333-8333-333333333333';
    await say(third, 'u3', '<command-name>/clear</command-name>');
    await appendFile(transcript(third), '{"type":"custom-title","customTitle":"Named"}\n');
    await utimes(transcript(SECOND), 1000, 1000);
    await writeFile(transcript('44444444-4444-4444-8444-444444444444'), '{"type":"summary"}\n');
    const rows = await agent.found();
    expect(rows.map((row) => [row.agentSessionId, row.status, row.title])).toEqual([
      [FIRST, 'waiting', 'Fix the'],
      [third, 'ended', 'Named'],
      [SECOND, 'ended', 'Older talk'],
    ]);
    expect(rows[0]).toMatchObject({ pid, waitingFor: 'permission prompt', branch: 'main' });
  });

  it('derives the state of a session whose registry file has none', async () => {
    await register({ status: undefined });
    await say(FIRST, 'u1', 'Go');
    expect((await agent.found())[0]?.status).toBe('working');
    const done = {
      type: 'assistant',
      uuid: 'a',
      message: { content: [{ type: 'text', text: 'ok' }] },
    };
    await appendFile(transcript(FIRST), `${JSON.stringify(done)}\n`);
    expect((await agent.found())[0]?.status).toBe('idle');
  });

  it('tells when a session comes, changes and goes', async () => {
    let changes = 0;
    const subscription = agent.onDidChangeFound(() => (changes += 1));
    let stamp = 0;
    await waitUntil('the watch is on', async () => {
      await register({ updatedAt: (stamp += 1) });
      return changes > 0;
    });
    for (const step of [
      () => register({ status: 'busy', statusUpdatedAt: 5 }),
      () => rm(join(configDir, 'sessions', `${pid}.json`)),
    ]) {
      const before = changes;
      await step();
      await waitUntil('a change is told', () => changes > before, 3000);
    }
    subscription.dispose();
  });
});

describe('observe()', () => {
  async function open(): Promise<Recorder> {
    const row = (await agent.found())[0];
    if (row === undefined) throw new Error('nothing found');
    const observed = agent.observe(row);
    const seen = new Recorder();
    observed.onDidEmit((event) => seen.take(event));
    await observed.open();
    return seen;
  }

  it('gives what is there before open() resolves, then follows; a file may come later', async () => {
    await register();
    const seen = await open();
    expect(seen.entries).toEqual([]);
    await say(FIRST, 'u1', 'first');
    await seen.entry('prompt');
    await say(FIRST, 'u2', 'second');
    expect(await seen.entry('prompt', 1)).toMatchObject({ id: 'u2', text: 'second' });
  });

  it('shows that the terminal waits, and what for', async () => {
    await register();
    const seen = await open();
    await register({ status: 'waiting', waitingFor: 'permission prompt' });
    await seen.until('waiting', (events) =>
      events.find((event) => event.kind === 'status' && event.waitingFor === 'permission prompt'),
    );
    await register({ status: 'busy' });
    await seen.until('working', (events) =>
      events.find((event) => event.kind === 'status' && event.status === 'working'),
    );
  });

  it('goes on in the new file after /clear', async () => {
    await register();
    await say(FIRST, 'u1', 'before');
    const seen = await open();
    await say(FIRST, 'u2', 'last');
    await say(SECOND, 'u3', 'after');
    await register({ sessionId: SECOND });
    await seen.until('after', () => seen.kind('prompt').find((entry) => entry.id === 'u3'));
    expect(seen.entries.map((entry) => entry.id)).toEqual(['u1', 'u2', `reset:${SECOND}`, 'u3']);
  });

  it('ends when the process is gone, with all that was written', async () => {
    await register();
    const seen = await open();
    await say(FIRST, 'u1', 'last words');
    child.kill('SIGKILL');
    await seen.until('exit', (events) => events.find((event) => event.kind === 'exit'));
    expect(seen.entries.map((entry) => entry.id)).toEqual(['u1']);
    expect(seen.events.findLast((event) => event.kind === 'status')).toMatchObject({
      status: 'ended',
    });
  });

  it('opens an ended session: all of it, then ended', async () => {
    await say(SECOND, 'u1', 'old');
    const seen = await open();
    expect(seen.entries.map((entry) => entry.id)).toEqual(['u1']);
    expect(seen.events.at(-1)).toEqual({ kind: 'status', status: 'ended' });
  });
});
