// The registry, the list of sessions and observing, on files like Claude Code's and real processes.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { createClaudeAgent } from '../../src/claude/claudeAgent.ts';
import { isSameProcess, processStart, startOfStat } from '../../src/node/processStart.ts';
import { FolderWatches } from '../../src/claude/files/folderWatches.ts';
import { FoundSessions } from '../../src/claude/files/foundSessions.ts';
import { Projects, projectSlug } from '../../src/claude/files/projects.ts';
import { Registry } from '../../src/claude/files/registry.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
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
  const record = { pid, sessionId: FIRST, cwd: CWD, procStart, startedAt: 1, version: '2.1.332' };
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
    version: '2.1.332',
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
    const start = await processStart(process.pid, { platform: 'darwin' });
    expect(start === undefined || /\d{4}$/.test(start)).toBe(true);
  });
});

describe('Registry', () => {
  it('reads a file again that is just being written', async () => {
    await register();
    const path = join(configDir, 'sessions', `${pid}.json`);
    const whole = await readFile(path, 'utf8');
    await writeFile(path, whole.slice(0, 20));
    const registry = new Registry({ configDir, pause: () => writeFile(path, whole) });
    expect(await registry.record(pid)).toMatchObject({ pid, sessionId: FIRST });
  });

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

  it('leaves out what this host runs, by its process or, where a script stands before it, by its conversation', async () => {
    await register();
    await say(FIRST, 'u1', 'Ours');
    const rowsWithout = async (own: { pids?: number[]; conversations?: string[] }) => {
      const found = new FoundSessions({
        watches: new FolderWatches({ clock: systemClock, log: silentLogger }),
        registry: new Registry({ configDir }),
        projects: new Projects(configDir),
        ownPids: () => new Set(own.pids),
        ownConversations: () => new Set(own.conversations),
        clock: systemClock,
      });
      const rows = await found.list();
      found.dispose();
      return rows.map((row) => row.agentSessionId);
    };
    expect(await rowsWithout({})).toEqual([FIRST]);
    expect(await rowsWithout({ pids: [pid] })).toEqual([]);
    expect(await rowsWithout({ conversations: [FIRST] })).toEqual([]);
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

describe('news of the list', () => {
  async function listen() {
    const clock = createFakeClock();
    await agent.close();
    agent = createClaudeAgent({ configDir, env: {}, clock, log: silentLogger });
    let changes = 0;
    agent.onDidChangeFound(() => (changes += 1));
    const after = async (what: string, count: number): Promise<void> => {
      await waitUntil(what, () => {
        clock.advance(500);
        return changes > count;
      });
    };
    await after('the first look is told', 0);
    return { after, count: () => changes };
  }
  const states = async () =>
    (await agent.found()).map((row) => [row.agentSessionId, row.status, row.title]);

  it('a terminal that was killed is told, though its registry file stays', async () => {
    await register({ status: 'busy' });
    await say(FIRST, 'u1', 'Go');
    const { after, count } = await listen();
    expect(await states()).toEqual([[FIRST, 'working', 'Go']]);
    const before = count();
    child.kill('SIGKILL');
    await after('the end is told', before);
    expect(await states()).toEqual([[FIRST, 'ended', 'Go']]);
  });

  it('a transcript that comes or goes without a process is told', async () => {
    const { after, count } = await listen();
    await say(SECOND, 'u1', 'Restored');
    await after('the new one is told', count());
    expect(await states()).toEqual([[SECOND, 'ended', 'Restored']]);
    const before = count();
    await rm(transcript(SECOND));
    await after('its end is told', before);
    expect(await states()).toEqual([]);
  });

  it('a state that only the transcript tells is told', async () => {
    await register({ status: undefined });
    const { after, count } = await listen();
    await say(FIRST, 'u1', 'Go');
    await after('work is told', count());
    expect(await states()).toEqual([[FIRST, 'working', 'Go']]);
    const before = count();
    const done = { type: 'assistant', message: { content: [{ type: 'text', text: 'ok' }] } };
    await appendFile(transcript(FIRST), `${JSON.stringify(done)}\n`);
    await after('its end is told', before);
    expect(await states()).toEqual([[FIRST, 'idle', 'Go']]);
  });
});

describe('Projects', () => {
  it('names the folder of a long path as Claude Code does, and finds a linked folder by its real name', async () => {
    const long = `/${'long-folder/'.repeat(20)}end`;
    expect(projectSlug(long)).toMatch(/^-long-folder-.{187}-[0-9a-z]+$/);
    expect(projectSlug(long)).not.toBe(projectSlug(`${long}x`));
    const real = join(configDir, 'real');
    const link = join(configDir, 'link');
    await mkdir(real);
    await symlink(real, link);
    const projects = new Projects(configDir);
    const folder = join(configDir, 'projects', projectSlug(await realpath(real)));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${FIRST}.jsonl`), '');
    expect(await projects.findIn(FIRST, link)).toBeUndefined();
    expect(await projects.find(FIRST, link)).toBe(join(folder, `${FIRST}.jsonl`));
    expect(await projects.find(FIRST, '/elsewhere')).toBe(join(folder, `${FIRST}.jsonl`));
    expect(await projects.find('../../etc/passwd', link)).toBeUndefined();
  });
});

describe('readTranscript()', () => {
  it('reads where the session keeps its transcripts, also a last line without its end', async () => {
    const other = await mkdtemp(join(tmpdir(), 'other-'));
    await mkdir(join(other, 'projects', projectSlug(CWD)), { recursive: true });
    await say(FIRST, 'u1', 'here');
    const there = { type: 'user', uuid: 'u2', message: { role: 'user', content: 'there' } };
    await writeFile(
      join(other, 'projects', projectSlug(CWD), `${FIRST}.jsonl`),
      JSON.stringify(there),
    );
    const read = async (env?: Record<string, string>) =>
      (await agent.readTranscript(FIRST, CWD, env)).map(({ entry }) => entry.id);
    expect(await read()).toEqual(['u1']);
    expect(await read({ CLAUDE_CONFIG_DIR: other })).toEqual(['u2']);
    await rm(other, { recursive: true });
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

  it('is at most one look, 0.1 s, behind what was written', async () => {
    const clock = createFakeClock();
    await agent.close();
    agent = createClaudeAgent({ configDir, env: {}, clock, log: silentLogger });
    await register();
    await say(FIRST, 'u0', 'first');
    const seen = await open();
    for (const id of ['u1', 'u2', 'u3']) {
      await say(FIRST, id, 'next');
      clock.advance(100);
      await waitUntil('it is shown', () => seen.entries.some((entry) => entry.id === id));
    }
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

  it('holds nothing open once it has ended, and says nothing after it was closed', async () => {
    const watches = (): number =>
      process.getActiveResourcesInfo().filter((name) => name.startsWith('FSEvent')).length;
    const before = watches();
    await register();
    await say(FIRST, 'u1', 'first');
    const first = await open();
    expect(watches()).toBe(before + 2);
    const row = (await agent.found())[0];
    if (row === undefined) throw new Error('nothing found');
    const closed = agent.observe(row);
    const seen = new Recorder();
    closed.onDidEmit((event) => seen.take(event));
    const opening = closed.open();
    await closed.close();
    await opening;
    expect(seen.entries).toEqual([]);
    expect(seen.events.filter((event) => event.kind === 'status')).toEqual([]);
    child.kill('SIGKILL');
    await first.until('exit', (events) => events.find((event) => event.kind === 'exit'));
    await waitUntil('the watch is off', () => watches() === before);
  });

  it('opens an ended session: all of it, then ended', async () => {
    await say(SECOND, 'u1', 'old');
    const seen = await open();
    expect(seen.entries.map((entry) => entry.id)).toEqual(['u1']);
    expect(seen.events.at(-1)).toEqual({ kind: 'status', status: 'ended' });
  });
});
