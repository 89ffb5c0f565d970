// A host and guests of a later version, as replica, outbox and gate of this one meet them.
import { unreadableState } from '../../src/session/errors.ts';
import { describe, expect, it } from 'vitest';
import type { Ack } from '../../src/protocol/command.ts';
import { refuseByRights } from '../../src/session/control/rights.ts';
import { isSettled, whyNoState } from '../../src/session/view.ts';
import { tomorrow } from '../protocol/tomorrow.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { person, settled, setUp } from './gateRig.ts';
import { makeOutbox } from './outboxRig.ts';
import { RECORD_FLAG } from '../../src/protocol/room.ts';
import { makeReplicaRig } from './replicaRig.ts';

describe('tomorrow’s host, today’s guest', () => {
  it('[R9] a state with additions of every kind is taken, and nothing of it is lost', async () => {
    const { replica, publish } = await makeReplicaRig();
    await publish(tomorrow.state);
    expect(replica.state).toEqual(tomorrow.state);
    await publish({ ...tomorrow.machineState, rev: 9 });
    expect(replica.state).toEqual({ ...tomorrow.machineState, rev: 9 });
    expect(replica.alarms).toEqual([]);
  });

  it('[R9] a state that cannot be read is told at once, and is over with one that can', async () => {
    const { replica, publish, changes } = await makeReplicaRig();
    changes.length = 0;
    await publish(tomorrow.unreadableState);
    expect(changes).toEqual(['alarms']);
    expect(replica.alarms.map(({ kind }) => kind)).toEqual(['update']);
    expect(replica.alarms[0]?.words).toEqual(unreadableState().words);
    expect(whyNoState(replica)).toMatchObject({ code: 'update' });
    await publish(tomorrow.state);
    expect(replica.alarms).toEqual([]);
    await publish({ ...tomorrow.unreadableState, rev: 9 });
    expect(replica.alarms.map(({ kind }) => kind)).toEqual(['update']);
    expect(replica.state).toEqual(tomorrow.state);
    expect(whyNoState(replica)).toBeUndefined();
  });

  it('[R9] entries are shown; those that this version does not know with their JSON', async () => {
    const { replica, makeOf, write } = await makeReplicaRig();
    await write(await makeOf(tomorrow.entries));
    const [bookmark, request, turn, text] = replica.entries.map(({ entry }) => entry);
    for (const [entry, sent] of [
      [bookmark, tomorrow.entries[0]],
      [turn, tomorrow.entries[2]],
    ] as const) {
      expect(entry?.kind === 'unknown' && JSON.parse(entry.json)).toEqual(sent);
    }
    expect(request).toEqual(tomorrow.entries[1]);
    expect(text).toEqual(tomorrow.entries[3]);
  });

  it('[V1] a card that names our version among others, and says more, is followed', async () => {
    const { replica, restart, publish } = await makeReplicaRig();
    await restart(tomorrow.card);
    expect(replica.card).toMatchObject(tomorrow.card);
    await publish(tomorrow.state);
    expect(replica.state?.rev).toBe(7);
    expect(replica.foreignVersions).toBeUndefined();
  });

  it('[V1] nothing is read of a host whose card names none of our versions', async () => {
    const { replica, restart, publish, beat, changes } = await makeReplicaRig();
    await restart({ versions: [3, 4] });
    expect(replica.foreignVersions).toEqual([3, 4]);
    expect(changes).toContain('truth');
    await publish(tomorrow.state);
    expect(replica.state).toBeUndefined();
    expect(await beat()).toBeUndefined();
  });

  it('[S11] an entry that was written in a way that is not known here asks for an update, and the others are shown', async () => {
    const { replica, make, write } = await makeReplicaRig();
    await write(await make(1));
    await write(await make(1), 2);
    expect(replica.alarms.map(({ kind }) => kind)).toEqual(['update']);
    expect(replica.entries).toHaveLength(1);
  });

  it('[S11] what is not deflated, and says so, is an entry that does not open', async () => {
    const { replica, make, write } = await makeReplicaRig();
    await write(await make(1), RECORD_FLAG.deflated);
    expect(replica.entries).toHaveLength(0);
    expect(replica.alarms).toEqual([]);
  });

  it('[R9] a command stays open while an unknown word is said of it, and ends with a known one', async () => {
    const { outbox, setTerm, written, answer } = await makeOutbox();
    const item = outbox.add('prompt', { text: 'one' });
    await setTerm(1);
    await waitUntil('it is written', async () => (await written()).length === 1);
    const answered = async (fields: object, status: string) => {
      // The fixture's answers are as a later host sends them; the id is ours.
      await answer({ id: item.id, ...fields } as Ack);
      await waitUntil(status, () => outbox.items[0]?.status === status);
      return outbox.items[0] ?? item;
    };
    const [deferred = {}, refused = {}] = tomorrow.acks;
    const open = await answered(deferred, 'deferred');
    expect(open.message).toBe('It runs tonight.');
    expect(isSettled(open)).toBe(false);
    expect(await written()).toHaveLength(1);
    const over = await answered(refused, 'rejected');
    expect(over).toMatchObject(refused);
    expect(isSettled(over)).toBe(true);
  });
});

describe('tomorrow’s guest, today’s host', () => {
  it.each(tomorrow.commands)('[R9] the gate answers $says: $answer', async (sent) => {
    const { send, ran, answerTo } = setUp();
    const command = send('own', sent.kind, sent.args, sent.more);
    await settled();
    expect(answerTo(command)).toMatchObject(sent.answer);
    expect(ran).toEqual(sent.answer['status'] === 'done' ? [command.id] : []);
  });

  it('[R9] a member of an unknown role may what a viewer may, whatever scopes it has', async () => {
    const { people, send, answerTo } = setUp();
    const scopes = ['prompt', 'approve', 'suggest'];
    const bo = { ...person('bo', 'viewer'), role: 'reviewer', scopes };
    people.set('bo', bo);
    const commands = [send('bo', 'prompt', { text: 'x' }), send('bo', 'interrupt', {})];
    const leave = send('bo', 'leave', {});
    await settled();
    for (const command of commands) expect(answerTo(command)?.code).toBe('not-allowed');
    expect(answerTo(leave)?.status).toBe('done');
    const waits = { ...bo, asksControl: true };
    const context = { person: waits, holdsControl: false, ownsPrompt: false, request: undefined };
    const refusal = refuseByRights({ kind: 'interrupt', args: {} }, context);
    expect(refusal?.message).toContain('The owner has not allowed you to control');
  });

  it('[R9] an unknown scope gives nothing, and takes none of the known ones away', async () => {
    const { people, send, answerTo } = setUp();
    people.set('cy', { ...person('cy', 'controller'), scopes: ['suggest', 'interrupt'] });
    const [no, yes] = [send('cy', 'prompt', { text: 'x' }), send('cy', 'interrupt', {})];
    await settled();
    expect(answerTo(no)?.code).toBe('not-allowed');
    expect(answerTo(yes)?.status).toBe('done');
  });

  it('[R9] a request of an unknown kind is answered only by who may approve', () => {
    const may = (scopes: readonly string[]): boolean =>
      refuseByRights(
        { kind: 'answer', args: { requestId: 'r', inputHash: 'h', behavior: 'deny' } },
        {
          person: { role: 'controller', scopes: [...scopes] },
          holdsControl: true,
          ownsPrompt: false,
          request: 'payment',
        },
      ) === undefined;
    expect(may(['prompt'])).toBe(false);
    expect(may(['approve'])).toBe(true);
  });
});
