// Sessions in a terminal: found, watched, shared, continued.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { processStart } from '../../src/node/processStart.ts';
import { type ProcessGroup, spawnGroup } from '../../tools/run/processes.ts';
import { type Guest, HostRig, idOf, type MachineView } from './hostRig.ts';

let rig: HostRig;
let machine: MachineView;
let terminal: ProcessGroup;
let watched: Guest & { readonly session: string };
let foundKey = '';

/** A real claude that this host did not start: what a terminal runs. */
function startTerminal(...more: readonly string[]): ProcessGroup {
  const args = [
    '-p',
    '--input-format',
    'stream-json',
    '--output-format',
    'stream-json',
    '--verbose',
    ...more,
  ];
  return spawnGroup(rig.env['TWINHELM_CLAUDE'] ?? '', args, { cwd: rig.project, env: rig.env });
}

function type(text: string, into = terminal): void {
  into.write(`${JSON.stringify({ type: 'user', message: { role: 'user', content: text } })}\n`);
}

/** A conversation of 10 MB with a garbled line, and a process that stands for a terminal with it. */
function writeConversation(result: string) {
  const sessionId = crypto.randomUUID();
  const config = rig.env['CLAUDE_CONFIG_DIR'] ?? '';
  const sleeper = spawnGroup('sleep', ['60']);
  const folder = join(config, 'projects', rig.project.replaceAll(/[^A-Za-z0-9]/g, '-'));
  mkdirSync(folder, { recursive: true });
  const common = {
    sessionId,
    cwd: rig.project,
    timestamp: new Date().toISOString(),
    version: '2.1.332',
    isSidechain: false,
    type: 'user',
  };
  const ask = {
    ...common,
    uuid: crypto.randomUUID(),
    parentUuid: null,
    message: { role: 'user', content: `find me ${newId()}` },
  };
  const answer = {
    ...common,
    uuid: crypto.randomUUID(),
    parentUuid: ask.uuid,
    message: {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't', content: result }],
    },
  };
  const file = join(folder, `${sessionId}.jsonl`);
  writeFileSync(file, `${JSON.stringify(ask)}\n\0\0garbled{"\n${JSON.stringify(answer)}\n`);
  // The list is made anew when the registry changes.
  writeFileSync(join(config, 'sessions', '1.json'), '{}');
  const run = async (): Promise<void> => {
    const record = {
      pid: sleeper.pid,
      sessionId,
      cwd: rig.project,
      startedAt: Date.now(),
      procStart: await processStart(sleeper.pid),
      version: '2.1.332',
      kind: 'interactive',
      entrypoint: 'cli',
      status: 'idle',
    };
    writeFileSync(join(config, 'sessions', `${sleeper.pid}.json`), JSON.stringify(record));
  };
  return { sleeper, sessionId, file, run };
}

beforeAll(async () => {
  rig = await HostRig.create();
  await rig.start();
  machine = await rig.machine();
  terminal = startTerminal();
  type('[[text:said in the terminal]]');
  await terminal.line((line) => (line.includes('"type":"result"') ? line : undefined));
});
afterAll(async () => {
  await terminal.end();
  await rig.close();
});

describe('a session in a terminal', () => {
  it('appears in the directory, and opens live and read-only', async () => {
    const row = await machine.rowWhen(
      'it is found',
      (one) => one.foundKey !== undefined && one.session.status !== 'ended',
    );
    expect(row.session).toMatchObject({ source: 'observed', project: 'project' });
    expect(row.link).toBeUndefined();
    foundKey = row.foundKey ?? '';
    const id = idOf(await machine.request('open', { foundKey }));
    expect(id).toBe(row.session.id);
    expect(idOf(await machine.request('open', { foundKey }))).toBe(id);
    watched = await machine.joinSession(id);
    await watched.until('its history is there', () =>
      watched.text.includes('said in the terminal'),
    );
    await expect(watched.view.request('prompt', { text: 'from outside' })).rejects.toThrow(
      /only watched/,
    );
    expect(
      machine.state.sessions.filter(({ session }) => session.cwd.endsWith('project')),
    ).toHaveLength(1);
  });

  it('finished blocks follow', async () => {
    type('[[text:and on it goes]]');
    await watched.until('it follows', () => watched.text.includes('and on it goes'));
    expect(watched.text.split('and on it goes')).toHaveLength(2);
  });

  it('is shared with viewers, not with controllers', async () => {
    const { session } = watched;
    const where = { kind: 'loopback' } as const;
    await expect(machine.request('share', { session, role: 'controller', where })).rejects.toThrow(
      /only watched/,
    );
    const shared = await machine.request('share', { session, role: 'viewer', where });
    const link = /"link":"([^"]+)"/.exec(JSON.stringify(shared))?.[1] ?? '';
    const bob = await rig.join(link, 'Bob');
    await bob.until('Bob sees it', () => bob.text.includes('said in the terminal'));
  });

  it('cannot be continued here while it lives: never two writers', async () => {
    await expect(machine.request('continue', { session: watched.session })).rejects.toThrow(
      /open in/,
    );
    await expect(machine.request('continue', { foundKey })).rejects.toThrow(/open in/);
  });

  it('goes on being watched after the host was killed, for those it is shared with', async () => {
    await rig.crash();
    await rig.start();
    machine = await rig.machine();
    const again = await machine.joinSession(watched.session);
    await again.until('its history is there', () => again.text.includes('and on it goes'));
    const texts = again.ofKind('text').filter(({ text }) => text.includes('and on it goes'));
    expect(texts).toHaveLength(1);
    watched = again;
  });

  it('is continued here once it has ended, in the same room and with its memory', async () => {
    await terminal.end('SIGINT');
    await watched.until('it has ended', () => watched.state.session.status === 'ended');
    await machine.request('continue', { session: watched.session });
    await watched.until('it is ours', () => watched.state.session.source === 'hosted');
    await watched.view.request('prompt', { text: '[[text:continued here]]' });
    await watched.until('it runs', () => watched.text.includes('continued here'));
    expect(JSON.stringify(rig.model.requests.at(-1)?.body.messages)).toContain(
      'said in the terminal',
    );
    expect(
      watched.ofKind('text').filter(({ text }) => text.includes('said in the terminal')),
    ).toHaveLength(1);
  });

  it('a 10 MB tool result in its transcript is cut, and whole by fetch', async () => {
    const whole = 'x'.repeat(10 * 1024 * 1024);
    const conversation = writeConversation(whole);
    const { sleeper, sessionId, file } = conversation;
    // It is listed as ended first; its key ends when a terminal takes it up.
    const ended = await machine.rowWhen(
      'it is found',
      (one) => one.session.agentSessionId === sessionId,
    );
    expect(ended.session.status).toBe('ended');
    await conversation.run();
    await machine.rowWhen(
      'it runs',
      (one) => one.session.agentSessionId === sessionId && one.session.status === 'idle',
    );
    const guest = await machine.joinSession(
      idOf(await machine.request('open', { foundKey: ended.foundKey ?? '' })),
    );
    await guest.until('it is live', () => guest.state.session.status === 'idle');
    await guest.until('the result is there', () => guest.ofKind('tool-result').length === 1);
    const { cut } = guest.ofKind('tool-result')[0] ?? {};
    expect(cut?.totalBytes).toBe(whole.length);
    expect((await guest.view.fetchBlob(cut?.blob ?? '')).length).toBe(whole.length);
    expect(statSync(file).size).toBeGreaterThan(whole.length);
    await sleeper.end('SIGKILL');
  });

  it('that takes up an ended session of ours is live in its room, nothing twice, and can be continued', async () => {
    const ours = await machine.startSession({ prompt: '[[text:said to the host]]' });
    await ours.until('it ran', () => ours.text.includes('said to the host'));
    const id = ours.state.session.agentSessionId ?? '';
    await machine.request('end', { session: ours.session });
    const second = startTerminal('--resume', id);
    type('[[text:taken up in a terminal]]', second);
    await ours.until('it is live', () => ours.text.includes('taken up in a terminal'));
    await ours.until('it says so', () => ours.state.session.source === 'observed');
    expect(ours.state.session.agentSessionId).toBe(id);
    await expect(ours.view.request('prompt', { text: 'from outside' })).rejects.toThrow(
      /only watched/,
    );
    await expect(machine.request('continue', { session: ours.session })).rejects.toThrow(/open in/);
    const rows = machine.state.sessions.filter(({ session }) => session.agentSessionId === id);
    expect(rows.map(({ session }) => session.id)).toEqual([ours.session]);
    await second.end('SIGINT');
    await ours.until('it has ended', () => ours.state.session.status === 'ended');
    await machine.request('continue', { session: ours.session });
    await ours.view.request('prompt', { text: '[[text:and back again]]' });
    await ours.until('it runs', () => ours.text.includes('and back again'));
    const entries = ours.view.entries.map(({ entry }) => entry.id);
    expect(entries).toEqual([...new Set(entries)]);
    expect(ours.ofKind('text').map(({ text }) => text)).toEqual([
      'said to the host',
      'taken up in a terminal',
      'and back again',
    ]);
    expect(ours.ofKind('prompt')).toHaveLength(3);
  });

  it('that takes up an ended session which is shared stays out of the guests’ sight', async () => {
    const ours = await machine.startSession({ prompt: '[[text:said to all]]' });
    await ours.until('it ran', () => ours.text.includes('said to all'));
    const { session } = ours;
    await machine.request('share', { session, role: 'viewer', where: { kind: 'loopback' } });
    const id = ours.state.session.agentSessionId ?? '';
    await machine.request('end', { session });
    const second = startTerminal('--resume', id);
    type('[[text:said to nobody]]', second);
    const row = await machine.rowWhen(
      'the terminal has a row of its own',
      (one) => one.session.agentSessionId === id && one.session.id !== session,
    );
    const alone = await machine.joinSession(
      idOf(await machine.request('open', { foundKey: row.foundKey ?? '' })),
    );
    await alone.until('the owner sees it', () => alone.text.includes('said to nobody'));
    expect(ours.state.session.status).toBe('ended');
    expect(ours.text).not.toContain('said to nobody');
    await second.end('SIGINT');
  });
});
