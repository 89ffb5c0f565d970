// What a device remembers of a room: an older picture is an alarm, a picture that is still arriving is none.
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { fromBase32 } from '../../src/base/bytes.ts';
import { silentLogger } from '../../src/base/log.ts';
import { admissionToken } from '../../src/crypto/admissionToken.ts';
import { RecordOpener } from '../../src/crypto/record.ts';
import { parseLink } from '../../src/protocol/link.ts';
import { Replica } from '../../src/session/replica.ts';
import type { RoomMemory } from '../../src/session/roomMemory.ts';
import { PairRig } from './pairRig.ts';
import { sessionApp, textEntry } from './syncRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

/** The updates of a room's document, one by one, and what somebody who saw all of it remembers. */
async function recorded() {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const link = parseLink(await rig.invite(room, relay));
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const token = await admissionToken(link.secret, link.room);
  const { connection } = await rig.connect(relay, link.room, { doc, token });
  /** Somebody who looks on while it is recorded. */
  const live = replicaOf(doc);
  live.complete();
  for (let i = 0; i < 4; i += 1) {
    room.append([textEntry(`${i}`, `text ${i}`)]);
    room.setState(sessionApp({ title: `title ${i}` }));
    const isThere = (): boolean =>
      live.entries.length === i + 1 &&
      live.state?.kind === 'session' &&
      live.state.session.title === `title ${i}` &&
      live.state.asOf.index === i;
    // oxlint-disable-next-line no-await-in-loop -- each state is to be an update of its own
    await rig.until('the entry and its state have come', isThere);
  }
  // What comes later, as a state that is said again, is not of the recording.
  connection.dispose();
  function replicaOf(copy: Y.Doc, memory?: RoomMemory): Replica {
    const { secret } = link.epoch ?? {};
    const opener = new RecordOpener({
      room: fromBase32(link.room) ?? new Uint8Array(16),
      secretOf: () => secret,
    });
    const log = silentLogger;
    const memories = memory ? { memory } : {};
    const replica = new Replica({ doc: copy, room: link.room, opener, log, ...memories });
    rig.own(() => replica.dispose());
    return replica;
  }
  const follow = (memory?: RoomMemory): { readonly doc: Y.Doc; readonly replica: Replica } => {
    const copy = new Y.Doc();
    return { doc: copy, replica: replicaOf(copy, memory) };
  };
  /** Somebody who saw all of it. */
  const caughtUp = async (): Promise<Replica> => {
    const first = follow();
    await replay(first, updates);
    first.replica.complete();
    await rig.run(first.replica.settled());
    return first.replica;
  };
  return { updates, follow, caughtUp };
}

async function replay(to: { doc: Y.Doc; replica: Replica }, updates: readonly Uint8Array[]) {
  for (const update of updates) {
    Y.applyUpdate(to.doc, update);
    // oxlint-disable-next-line no-await-in-loop -- the replica looks at every step
    await rig.run(to.replica.settled());
  }
}

test('a window that comes back takes the older states that a relay sends first for no rollback', async () => {
  const { updates, follow, caughtUp } = await recorded();
  const first = await caughtUp();
  const second = follow(first.remembered);
  await replay(second, updates);
  second.replica.complete();
  await rig.run(second.replica.settled());
  expect(second.replica.entries).toHaveLength(4);
  expect(second.replica.state).toEqual(first.state);
  expect(second.replica.alarms).toEqual([]);
});

test('[D2] nothing is shown before the relay has sent all, and then the newest picture at once', async () => {
  const { updates, follow } = await recorded();
  const { doc, replica } = follow();
  const shown: (number | undefined)[] = [];
  replica.onDidChange(() => shown.push(replica.state?.rev));
  await replay({ doc, replica }, updates);
  expect(shown).toEqual([]);
  expect([replica.state, replica.entries]).toEqual([undefined, []]);
  expect(replica.remembered.term).toBe(1);
  replica.complete();
  await rig.run(replica.settled());
  expect(shown).toEqual([replica.remembered.rev]);
  expect(replica.entries).toHaveLength(4);
});

test('[P1] a window that goes keeps what it saw, be it a term with nothing to show yet', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  const saved: RoomMemory[] = [];
  const attachment = await rig.join(await rig.invite(room, relay), 'Ada', undefined, {
    memory: { load: () => undefined, save: (_, memory) => saved.push(memory) },
  });
  attachment.dispose();
  expect(saved).toHaveLength(1);
});

test('a relay that has less than this device has seen is an alarm once it has sent all', async () => {
  const { updates, follow, caughtUp } = await recorded();
  const first = await caughtUp();
  const second = follow(first.remembered);
  await replay(second, updates.slice(0, -2));
  expect(second.replica.alarms).toEqual([]);
  second.replica.complete();
  await rig.run(second.replica.settled());
  expect(second.replica.alarms[0]?.kind).toBe('rollback');
});

test('a host of a lower term than this device has seen is an alarm too', async () => {
  const { updates, follow, caughtUp } = await recorded();
  const first = await caughtUp();
  const second = follow({ ...first.remembered, term: 9 });
  await replay(second, updates);
  second.replica.complete();
  await rig.run(second.replica.settled());
  expect(second.replica.state).toBeUndefined();
  expect(second.replica.alarms[0]?.kind).toBe('rollback');
});

test('a picture that was taken before the rest had come is not judged as if it had', async () => {
  const { updates, follow, caughtUp } = await recorded();
  const first = await caughtUp();
  const second = follow(first.remembered);
  await replay(second, updates.slice(0, -2));
  // The replica is in the middle of verifying the older picture when the rest and the end arrive.
  second.replica.refresh();
  for (let step = 0; step < 5; step += 1) await Promise.resolve();
  for (const update of updates.slice(-2)) Y.applyUpdate(second.doc, update);
  second.replica.complete();
  await rig.run(second.replica.settled());
  expect(second.replica.state).toEqual(first.state);
  expect(second.replica.alarms).toEqual([]);
});
