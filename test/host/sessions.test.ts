// The registry of sessions: commands that come together, closing while something starts, what stays open.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isAppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { Journal } from '../../src/host/journal.ts';
import { hostPaths } from '../../src/host/paths.ts';
import { RelayChild } from '../../src/host/relayChild.ts';
import { Rooms } from '../../src/host/rooms.ts';
import { Sessions } from '../../src/host/sessions.ts';
import type { FoundSession } from '../../src/protocol/agent.ts';
import { waitUntil } from '../probes/waitUntil.ts';
import { FakeAgent } from './fakeAgent.ts';
import { temporaryFolder } from './folders.ts';
import { HOST_PROGRAM } from './hostRig.ts';

let folder = '';
let journal: Journal;
let relay: RelayChild;
let rooms: Rooms;
let agent: FakeAgent;
let sessions: Sessions;

beforeEach(async () => {
  folder = temporaryFolder();
  journal = Journal.open({ paths: hostPaths(folder), clock: systemClock, log: silentLogger });
  relay = await RelayChild.start({
    command: [process.execPath, HOST_PROGRAM, 'relay', '--child'],
    dataDir: hostPaths(folder).relayData,
    preferredPort: 0,
    clock: systemClock,
    log: silentLogger,
  });
  rooms = await Rooms.create({ journal, relay, clock: systemClock, log: silentLogger });
  agent = new FakeAgent();
  sessions = makeSessions();
}, 60_000);
afterEach(async () => {
  agent.release();
  await sessions.closeAll();
  await rooms.closeAll();
  await relay.close();
  journal.close();
}, 60_000);

function makeSessions(): Sessions {
  const options = { journal, rooms, agent, env: {}, computer: 'here' };
  return new Sessions({ ...options, clock: systemClock, log: silentLogger });
}

function start() {
  return sessions.start({ cwd: folder });
}

function statusOf(id: string): string | undefined {
  return sessions.rows().find(({ session }) => session.id === id)?.session.status;
}

function terminalWith(conversation: string): FoundSession {
  const key = `pid-${conversation}`;
  return { key, agentSessionId: conversation, pid: 77, cwd: folder, status: 'idle' };
}

describe('commands on one session that come together', () => {
  it('two windows that continue it get one agent, which is its own', async () => {
    const { id } = await start();
    await sessions.end(id);
    expect(agent.alive).toEqual([]);
    const both = await Promise.all([
      sessions.continue({ session: id }),
      sessions.continue({ session: id }),
    ]);
    expect(both.map((one) => one.id)).toEqual([id, id]);
    expect(agent.alive).toHaveLength(1);
    expect(statusOf(id)).toBe('idle');
    expect(journal.sessions.children()).toHaveLength(1);
    await sessions.end(id);
    expect(agent.alive).toEqual([]);
    expect(journal.sessions.children()).toEqual([]);
  }, 30_000);

  it('continue that comes while it is being ended goes on with it', async () => {
    const { id } = await start();
    const ended = sessions.end(id);
    await Promise.all([ended, sessions.continue({ session: id })]);
    expect(agent.alive).toHaveLength(1);
    expect(statusOf(id)).toBe('idle');
    expect(sessions.get(id).recorder.stored.ended).toBe(false);
  }, 30_000);

  it('a terminal that takes it up while it is being continued here waits until that is decided', async () => {
    const session = await start();
    const { id } = session;
    await sessions.end(id);
    agent.hold();
    const continued = sessions.continue({ session: id });
    await waitUntil('the agent is started', () => agent.starts === 2);
    agent.setFound([terminalWith(session.recorder.stored.agentSessionId ?? '')]);
    agent.release();
    await continued;
    expect(agent.watched).toEqual([]);
    expect(session.recorder.stored.source).toBe('hosted');
    expect(statusOf(id)).toBe('idle');
  }, 30_000);

  it('what a terminal took up is archived, watched and refused for end in the order of coming', async () => {
    const session = await start();
    const { id } = session;
    await sessions.end(id);
    agent.setFound([terminalWith(session.recorder.stored.agentSessionId ?? '')]);
    await sessions.archive(id, true);
    await waitUntil('it is followed', () => statusOf(id) === 'idle');
    expect(session.recorder.stored).toMatchObject({ source: 'observed', archived: true });
    const refused = await sessions.end(id).catch((error: unknown) => error);
    expect(isAppError(refused, 'invalid-input') && refused.message).toMatch(/in a terminal/);
    const busy = await sessions.continue({ session: id }).catch((error: unknown) => error);
    expect(isAppError(busy, 'session-busy')).toBe(true);
    expect(agent.watched).toHaveLength(1);
  }, 30_000);

  it('end gives up an agent that is being started, and nothing is left of a first start', async () => {
    agent.hold();
    const starting = start().catch((error: unknown) => error);
    await waitUntil('the agent is started', () => agent.starts === 1);
    const [{ id } = { id: '' }] = sessions.all;
    await sessions.end(id);
    expect(isAppError(await starting, 'cancelled')).toBe(true);
    expect(agent.alive).toEqual([]);
    expect(sessions.rows()).toEqual([]);
    expect(journal.sessions.sessions()).toEqual([]);
    expect(journal.sessions.children()).toEqual([]);
  }, 30_000);
});

describe('closing', () => {
  it('while a session is being started leaves no agent behind', async () => {
    agent.hold();
    const early = start().catch((error: unknown) => error);
    const late = start().catch((error: unknown) => error);
    await waitUntil('an agent is started', () => agent.starts > 0);
    await sessions.closeAll(true);
    expect(isAppError(await early, 'cancelled')).toBe(true);
    expect(isAppError(await late, 'cancelled')).toBe(true);
    expect(agent.alive).toEqual([]);
    expect(isAppError(await start().catch((error: unknown) => error), 'cancelled')).toBe(true);
    expect(sessions.all).toEqual([]);
  }, 30_000);

  it('while a session is being continued leaves it ended, to be continued later', async () => {
    const { id } = await start();
    await sessions.end(id);
    agent.hold();
    const continued = sessions.continue({ session: id }).catch((error: unknown) => error);
    await sessions.closeAll(true);
    expect(isAppError(await continued, 'cancelled')).toBe(true);
    expect(agent.alive).toEqual([]);
    expect(journal.sessions.sessions()).toMatchObject([{ id, ended: true }]);
  }, 30_000);
});

describe('ended sessions', () => {
  it('that nobody looks at are closed, the newest ten stay open, and a closed one opens again', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      const { id } = await start();
      ids.push(id);
      await sessions.end(id);
    }
    await waitUntil('the oldest are closed', () => sessions.all.length === 10);
    expect(sessions.all.map(({ id }) => id)).toEqual(ids.slice(2));
    const [first = ''] = ids;
    // Opened to be read: now another one is the oldest.
    await sessions.openFound(first);
    await waitUntil('the oldest is closed', () => sessions.all.length === 10);
    expect(sessions.all.map(({ id }) => id)).toEqual([...ids.slice(3), first]);
    await sessions.continue({ session: first });
    expect(statusOf(first)).toBe('idle');
    expect(agent.alive).toHaveLength(1);
  }, 60_000);

  it('archived while they are being closed stay archived', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 11; count += 1) {
      const { id } = await start();
      ids.push(id);
      await sessions.end(id);
    }
    const [first = ''] = ids;
    await sessions.archive(first, true);
    await waitUntil('it is closed', () => sessions.all.length === 10);
    const stored = journal.sessions.sessions().find(({ id }) => id === first);
    expect(stored).toMatchObject({ archived: true, ended: true });
  }, 60_000);
});
