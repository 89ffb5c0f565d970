// What a hostile relay, guest or disk can do to a room, and what it cannot.
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { randomBytes } from '../../src/crypto/keys.ts';
import { formatLink, parseLink } from '../../src/protocol/link.ts';
import { channelDocument, knockDocument } from '../../src/protocol/documentNames.ts';
import type { Relay } from '../../src/relay/server.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { PairRig } from './pairRig.ts';
import { textEntry } from './syncRig.ts';
import { playedSession } from '../session/playedHandlers.ts';

const rig = new PairRig();
afterEach(() => rig.close());

/** A relay without any check, as a stock y-websocket server is. */
const openRelay = (): Promise<Relay> => rig.relay({ open: true });

/** Somebody who knows a document's name and speaks plain Yjs. */
const intruder = async (relay: Relay, name: string): Promise<Y.Doc> =>
  (await rig.connect(relay, name)).doc;

const texts = (view: Attachment): string[] =>
  view.entries.map(({ entry }) => (entry.kind === 'text' ? entry.text : entry.kind));

test('[X1] a guest that deletes the document on a stock server: the host puts it back', async () => {
  const relay = await openRelay();
  const room = await rig.host(relay);
  room.append([textEntry('a', 'one'), textEntry('b', 'two')]);
  const link = await rig.invite(room, relay);
  const guest = await rig.join(link);
  await rig.until('the guest sees both', () => texts(guest).length === 2);
  const doc = await intruder(relay, room.id);
  doc.getArray('tail').delete(0, doc.getArray('tail').length);
  doc.getMap('card').delete('card');
  const late = await rig.join(link, 'Late');
  await rig.until('a late guest sees both', () => texts(late).length === 2);
  expect(texts(guest)).toEqual(['one', 'two']);
  expect(guest.alarms).toEqual([]);
});

test('[X2] entries, states and cards that a stranger writes are never shown', async () => {
  const relay = await openRelay();
  const room = await rig.host(relay);
  room.append([textEntry('a', 'one')]);
  const guest = await rig.join(await rig.invite(room, relay));
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  const doc = await intruder(relay, room.id);
  doc.transact(() => {
    const chunk = new Y.Map<unknown>();
    doc.getArray('tail').push([chunk]);
    chunk.set('log', Y.Array.from([randomBytes(700), 'text', 5]));
    chunk.set('state', randomBytes(900));
    chunk.set('live', 'not a list');
    doc.getMap('card').set('card', randomBytes(300));
  });
  room.append([textEntry('b', 'two')]);
  await rig.until('the guest sees the next entry', () => texts(guest).includes('two'));
  expect(texts(guest)).toEqual(['one', 'two']);
  expect(guest.state?.kind).toBe('session');
});

test('[X3] wrong room key: a link to a room that another key serves shows nothing', async () => {
  const relay = await openRelay();
  const room = await rig.host(relay);
  const other = await rig.host(relay);
  const link = parseLink(await rig.invite(room, relay));
  const doc = await intruder(relay, other.id);
  const copy = await intruder(relay, room.id);
  await rig.until('there is a card to copy', () => doc.getMap('card').get('card'));
  // A relay answers for one room with the documents of another.
  copy.getMap('card').set('card', doc.getMap('card').get('card'));
  const guest = await rig.join(formatLink({ ...link, secret: randomBytes(32) }));
  await rig.until('the host put its card back', () => guest.state !== undefined);
  expect(guest.me).toBeUndefined();
  expect(guest.truth.kind).not.toBe('live');
});

test('[X4] a relay that lost its disk heals from the host, guests follow by themselves', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  room.append([textEntry('a', 'one')]);
  const guest = await rig.join(await rig.invite(room, relay));
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  await rig.run(relay.close());
  const { port } = relay;
  await rig.relay({ port });
  room.append([textEntry('b', 'two')]);
  await rig.until('the guest sees what came after', () => texts(guest).includes('two'));
  await rig.until('the guest is live again', () => guest.truth.kind === 'live');
});

test('[X4] a relay that lost its disk and a host that was started anew: guests who stayed follow both', async () => {
  let relay = await rig.relay();
  const room = await rig.roomKeys();
  const journal = rig.journal(room);
  let host = await rig.host(relay, { room, journal });
  const guest = await rig.join(await rig.invite(host, relay, { role: 'owner' }));
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  // Several times: by chance a later host may win over what the guest alone still has.
  for (let term = 2; term < 8; term += 1) {
    const firstRev = host.revision;
    host.dispose();
    await relay.close();
    relay = await rig.relay({ port: relay.port });
    host = await rig.host(relay, { room, journal, term, firstRev });
    host.append([textEntry(`${term}`, `of term ${term}`)]);
    await rig.until('the guest reads on', () => texts(guest).includes(`of term ${term}`));
    await rig.until('the guest is live again', () => guest.truth.kind === 'live');
    await rig.run(guest.request('focus-take', {}));
  }
  expect(texts(guest)).toHaveLength(6);
  expect(guest.alarms).toEqual([]);
});

test('[X5] replayed commands run once', async () => {
  const relay = await openRelay();
  const ran: string[] = [];
  const room = await rig.host(relay, {
    commands: playedSession((accepted) => void ran.push(accepted.id)),
  });
  const link = await rig.invite(room, relay, { role: 'controller', allowControl: true });
  const guest = await rig.join(link);
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  const doc = await intruder(relay, channelDocument(room.id, guest.member));
  const kept: Uint8Array[] = [];
  doc.getArray('out').observe(() => {
    for (const item of doc.getArray('out').toArray()) {
      if (item instanceof Uint8Array) kept.push(item);
    }
  });
  await rig.run(guest.request('prompt', { text: 'once' }));
  await rig.until('the intruder kept a record', () => kept.length > 0);
  doc.getArray('out').push(kept.flatMap((record) => [record.slice(), record.slice()]));
  await rig.run(guest.request('prompt', { text: 'twice' }));
  await rig.run(room.settled());
  expect(ran).toHaveLength(2);
});

test('[X6] a finished command leaves nothing in the channel, an admitted guest nothing in the knocks', async () => {
  const relay = await openRelay();
  const room = await rig.host(relay);
  const guest = await rig.join(await rig.invite(room, relay, { role: 'owner' }));
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  await rig.run(guest.request('focus-request', {}));
  const channel = await intruder(relay, channelDocument(room.id, guest.member));
  const knocks = await intruder(relay, knockDocument(room.id));
  await rig.until('all is empty', () => {
    const left = [channel.getArray('out').length, channel.getMap('in').size];
    return [...left, knocks.getArray('out').length].every((count) => count === 0);
  });
});

test('[X7] of two hosts in one term the second is refused by the relay, the first goes on', async () => {
  const relay = await rig.relay();
  const keys = await rig.roomKeys();
  const first = await rig.host(relay, { room: keys });
  await expect(rig.host(relay, { room: keys })).rejects.toMatchObject({
    code: 'relay-claim-conflict',
  });
  const guest = await rig.join(await rig.invite(first, relay));
  first.append([textEntry('a', 'still here')]);
  await rig.until('the guest sees the first host', () => texts(guest).includes('still here'));
});

test('[X7] on a relay without claims a host that sees a later term stops writing', async () => {
  const relay = await rig.relay();
  const keys = await rig.roomKeys();
  const first = await rig.host(relay, { room: keys });
  let problem = '';
  first.onDidLose((lost) => {
    problem = lost.code;
  });
  await rig.host(relay, { room: keys, term: 2 });
  await rig.until('the first host has learned of the second', () => problem === 'moved');
});

test('[X8] a relay that plays an old room back is never called live', async () => {
  const relay = await openRelay();
  const room = await rig.host(relay);
  room.append([textEntry('a', 'one')]);
  const link = await rig.invite(room, relay);
  const guest = await rig.join(link);
  await rig.until('the guest is live', () => guest.truth.kind === 'live');
  const { doc: recorded, connection: spy } = await rig.connect(relay, room.id, {
    withAwareness: true,
  });
  const beat = await rig.until('the spy has document and beat', () =>
    [...spy.awareness.getStates().values()].find((state) => typeof state['b'] === 'string'),
  );
  const evil = await openRelay();
  const replay = new Y.Doc();
  Y.applyUpdate(replay, Y.encodeStateAsUpdate(recorded));
  const { connection: player } = await rig.connect(evil, room.id, {
    doc: replay,
    withAwareness: true,
  });
  player.awareness.setLocalState(beat);
  const victim = await rig.join(formatLink({ ...parseLink(link), relay: evil.url }));
  await rig.until('the victim sees the old entry', () => texts(victim).includes('one'));
  await rig.until(
    'and is told that nobody confirmed it',
    () => victim.truth.kind === 'unconfirmed',
  );
  expect(victim.me).toBeUndefined();
});
