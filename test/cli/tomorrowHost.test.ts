// `join` at a host of a later version: unknown words count as what allows least, and nothing is silent.
import { afterEach, describe, expect, it } from 'vitest';
import { isAppError } from '../../src/base/errors.ts';
import { EXIT, exitCodeOf } from '../../src/cli/exitCode.ts';
import { sessionStateSchema } from '../../src/protocol/state.ts';
import { parseEntry } from '../../src/protocol/transcript.ts';
import type { HostRoom } from '../../src/sync/host/hostRoom.ts';
import { FakeView } from '../client/samples.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { tomorrow } from '../protocol/tomorrow.ts';
import { ViewLines } from '../../src/cli/join/viewLines.ts';
import { sessionApp } from '../sync/syncRig.ts';
import { JoinRig } from './joinRig.ts';

const rig = new JoinRig();
afterEach(() => rig.close());

const approver = {
  role: 'controller',
  allowControl: true,
  scopes: ['prompt', 'interrupt', 'approve'],
} as const;

/** Publishes tomorrow's state and entries; people and control are the room's own. */
function publish(room: HostRoom, source = 'linked'): void {
  const { sharing, session, ...app } = sessionStateSchema.parse(tomorrow.state);
  // What is wrong with it would be said instead of its status.
  const { problem: _problem, ...facts } = session;
  const placed = room.append(tomorrow.entries.slice(0, 2).map(parseEntry));
  const pending = app.pending.map((one) => ({ ...one, index: placed[1]?.index ?? 0 }));
  room.setState({
    ...app,
    pending,
    session: { ...facts, source, ...(source === 'hosted' && { can: ['answer'] }) },
    ...(sharing && { sharing }),
  });
}

/** Publishes a state that this version cannot read. */
function publishUnreadable(room: HostRoom): void {
  const app = sessionApp();
  // A later version that would say times as texts.
  const startedAt = 'yesterday' as unknown as number;
  room.setState({ ...app, session: { ...app.session, startedAt } });
}

describe('join in a terminal', () => {
  it('[R9] shows an unknown request whole, says the unknown status, and can only deny', async () => {
    const { relay, room, executed } = await rig.serve();
    const terminal = rig.run(await rig.invite(room, relay, approver), 'Ben');
    await terminal.until('You are here as controller');
    publish(room);
    await terminal.until('the session is in the state “compacting”');
    // Of an unknown source: read-only.
    expect(terminal.text()).not.toContain('waits for an answer');
    publish(room, 'hosted');
    await terminal.until('? payment: Buy');
    // Not its command alone, as of a permission.
    await terminal.until('"command": "ls"');
    await terminal.until('"amount": 12');
    await terminal.until('"payee": "Evil Corp"');
    await terminal.until('this payment waits for an answer: /deny (this version does not know it)');
    terminal.say('/allow');
    await terminal.until('does not know requests of the kind “payment”');
    terminal.say('/deny no');
    await waitUntil('it is denied', () => executed.length > 0);
    expect(executed).toMatchObject([{ kind: 'answer', args: { behavior: 'deny' } }]);
  });

  it('[R9] a role that becomes an unknown one is a viewer’s', async () => {
    const keys = await rig.roomKeys();
    const journal = rig.journal(keys);
    const relay = await rig.relay();
    const room = await rig.host(relay, { room: keys, journal });
    const terminal = rig.run(await rig.controlLink(room, relay), 'Ben');
    await terminal.until('You are here as controller');
    const [ben] = journal.members();
    if (!ben) throw new Error('nobody is in');
    journal.saveMember({ ...ben, role: 'reviewer' });
    publish(room);
    await terminal.until('you are viewer now: you watch');
    terminal.say('/people');
    await terminal.until('Ben (terminal on ');
    expect(terminal.text()).not.toContain('reviewer');
  });

  it('[R9] says that a state cannot be read, at once, to who is in', async () => {
    const { relay, room } = await rig.serve();
    const terminal = rig.run(await rig.invite(room, relay), 'Vic');
    await terminal.until('You are here as viewer');
    publishUnreadable(room);
    await terminal.until('!! update: This Twinhelm cannot read what the computer');
    terminal.say('/quit');
    expect(await terminal.ended).toBe(EXIT.ok);
  });

  it('[R9] ends with "update" where nothing could ever be read', async () => {
    const { relay, room } = await rig.serve();
    publishUnreadable(room);
    const terminal = rig.run(await rig.invite(room, relay), 'Vic');
    const error: unknown = await terminal.ended.catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'update') && error.message).toMatch(/Update Twinhelm here\.$/);
    expect(exitCodeOf(error)).toBe(EXIT.usage);
  });
});

describe('join --json', () => {
  it('[R9] prints every word as it came, and refuses to allow what it does not know', async () => {
    const { relay, room } = await rig.serve();
    const script = rig.run(await rig.invite(room, relay, approver), 'Ben', { flags: ['--json'] });
    await script.until('"joined"');
    publish(room);
    await script.until('"payee":"Evil Corp"');
    await script.until('"source":"linked"');
    script.say('{"ref":1,"answer":{"behavior":"allow"}}');
    await script.until('"code":"update"');
    const states = script.lines().flatMap((line) => (line.type === 'state' ? [line.state] : []));
    expect(states.at(-1)).toMatchObject({
      audit: { seq: 12 },
      session: {
        source: 'linked',
        status: 'compacting',
        can: ['teleport'],
        traits: { prompt: false },
      },
    });
    script.say('{"quit":true}');
    expect(await script.ended).toBe(EXIT.ok);
  });

  it('[R9] an alarm comes before the end where nothing could ever be read', async () => {
    const { relay, room } = await rig.serve();
    publishUnreadable(room);
    const script = rig.run(await rig.invite(room, relay), 'Vic', { flags: ['--json'] });
    expect(await script.ended).toBe(EXIT.usage);
    const lines = script.lines().filter(({ type }) => type !== 'truth');
    expect(lines).toMatchObject([
      { type: 'alarm', kind: 'update' },
      { type: 'end', reason: 'failed', error: { code: 'update' } },
    ]);
  });

  it('[R9] an unknown answer to a command is printed as it is, and the command goes on', () => {
    const view = new FakeView();
    const lines = new ViewLines(view, createFakeClock());
    const item = view.send('prompt', { text: 'x' });
    view.settle({ status: 'deferred', message: 'It runs tonight.' });
    const acks = lines.next().filter(({ type }) => type === 'ack');
    expect(acks).toEqual([
      {
        ...{ type: 'ack', id: item.id, kind: 'prompt' },
        ...{ status: 'deferred', message: 'It runs tonight.' },
      },
    ]);
  });
});
