// What a hostile relay, guest or disk can do to a room, and what it cannot.
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { randomBytes } from '../../src/crypto/keys.ts';
import { formatLink, parseLink } from '../../src/protocol/link.ts';
import { channelDocument, knockDocument } from '../../src/protocol/documentNames.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { createRelay, type Relay } from '../../src/relay/server.ts';
import type { Attachment } from '../../src/sync/member/attachment.ts';
import { DocumentConnection } from '../../src/sync/documentConnection.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { SyncRig, textEntry } from './syncRig.ts';
import { playedSession } from '../session/playedHandlers.ts';

const rig = new SyncRig();
const extra: (() => void)[] = [];
afterEach(async () => {
  for (const close of extra.splice(0)) close();
  await rig.close();
});

/** A relay without any check, as a stock y-websocket server is. */
async function openRelay(port = 0): Promise<Relay> {
  const store = createMemoryStore();
  const relay = await createRelay({
    port,
    open: true,
    store,
    clock: systemClock,
    log: silentLogger,
  });
  rig.own(() => relay.close());
  return relay;
}

/** Somebody who knows a document's name and speaks plain Yjs. */
async function intruder(relay: Relay, name: string): Promise<Y.Doc> {
  const doc = new Y.Doc();
  const connection = new DocumentConnection({ doc, name, url: relay.url, webSocket: WebSocket });
  extra.push(() => connection.dispose());
  await waitUntil('the intruder is synced', () => connection.status.kind === 'synced');
  return doc;
}

const texts = (view: Attachment): string[] =>
  view.entries.map(({ entry }) => (entry.kind === 'text' ? entry.text : entry.kind));

test('[X1] a guest that deletes the document on a stock server: the host puts it back', async () => {
  const relay = await openRelay();
  const room = await rig.host(relay);
  room.append([textEntry('a', 'one'), textEntry('b', 'two')]);
  const link = await rig.invite(room, relay);
  const guest = await rig.join(link);
  await waitUntil('the guest sees both', () => texts(guest).length === 2);
  const doc = await intruder(relay, room.id);
  doc.getArray('tail').delete(0, doc.getArray('tail').length);
  doc.getMap('card').delete('card');
  const late = await rig.join(link, 'Late');
  await waitUntil('a late guest sees both', () => texts(late).length === 2);
  expect(texts(guest)).toEqual(['one', 'two']);
  expect(guest.alarms).toEqual([]);
});

test('[X2] entries, states and cards that a stranger writes are never shown', async () => {
  const relay = await openRelay();
  const room = await rig.host(relay);
  room.append([textEntry('a', 'one')]);
  const guest = await rig.join(await rig.invite(room, relay));
  await waitUntil('the guest is live', () => guest.truth.kind === 'live');
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
  await waitUntil('the guest sees the next entry', () => texts(guest).includes('two'));
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
  await waitUntil('there is a card to copy', () => doc.getMap('card').get('card'));
  // A relay answers for one room with the documents of another.
  copy.getMap('card').set('card', doc.getMap('card').get('card'));
  const guest = await rig.join(formatLink({ ...link, secret: randomBytes(32) }));
  await waitUntil('the host put its card back', () => guest.state !== undefined);
  expect(guest.me).toBeUndefined();
  expect(guest.truth.kind).not.toBe('live');
});

test('[X4] a relay that lost its disk heals from the host, guests follow by themselves', async () => {
  const relay = await rig.relay();
  const room = await rig.host(relay);
  room.append([textEntry('a', 'one')]);
  const guest = await rig.join(await rig.invite(room, relay));
  await waitUntil('the guest is live', () => guest.truth.kind === 'live');
  await relay.close();
  const { port } = relay;
  const again = await createRelay({
    port,
    store: createMemoryStore(),
    clock: systemClock,
    log: silentLogger,
  });
  rig.own(() => again.close());
  room.append([textEntry('b', 'two')]);
  await waitUntil('the guest sees what came after', () => texts(guest).includes('two'));
  await waitUntil('the guest is live again', () => guest.truth.kind === 'live');
});

test('[X5] replayed commands run once', async () => {
  const relay = await openRelay();
  const ran: string[] = [];
  const room = await rig.host(relay, {
    commands: playedSession((accepted) => void ran.push(accepted.id)),
  });
  const link = await rig.invite(room, relay, { role: 'controller', allowControl: true });
  const guest = await rig.join(link);
  await waitUntil('the guest is live', () => guest.truth.kind === 'live');
  const doc = await intruder(relay, channelDocument(room.id, guest.member));
  const kept: Uint8Array[] = [];
  doc.getArray('out').observe(() => {
    for (const item of doc.getArray('out').toArray()) {
      if (item instanceof Uint8Array) kept.push(item);
    }
  });
  await guest.request('prompt', { text: 'once' });
  await waitUntil('the intruder kept a record', () => kept.length > 0);
  doc.getArray('out').push(kept.flatMap((record) => [record.slice(), record.slice()]));
  await guest.request('prompt', { text: 'twice' });
  await room.settled();
  expect(ran).toHaveLength(2);
});

test('[X6] a finished command leaves nothing in the channel, an admitted guest nothing in the knocks', async () => {
  const relay = await openRelay();
  const room = await rig.host(relay);
  const guest = await rig.join(await rig.invite(room, relay, { role: 'owner' }));
  await waitUntil('the guest is live', () => guest.truth.kind === 'live');
  await guest.request('focus-request', {});
  const channel = await intruder(relay, channelDocument(room.id, guest.member));
  const knocks = await intruder(relay, knockDocument(room.id));
  await waitUntil('all is empty', () => {
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
  await waitUntil('the guest sees the first host', () => texts(guest).includes('still here'));
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
  await waitUntil('the first host has learned of the second', () => problem === 'moved');
});

test('[X8] a relay that plays an old room back is never called live', async () => {
  const relay = await openRelay();
  const room = await rig.host(relay);
  room.append([textEntry('a', 'one')]);
  const link = await rig.invite(room, relay);
  const guest = await rig.join(link);
  await waitUntil('the guest is live', () => guest.truth.kind === 'live');
  const recorded = new Y.Doc();
  const spy = new DocumentConnection({
    doc: recorded,
    name: room.id,
    url: relay.url,
    withAwareness: true,
    webSocket: WebSocket,
  });
  extra.push(() => spy.dispose());
  const beat = await waitUntil('the spy has document and beat', () =>
    spy.status.kind === 'synced'
      ? [...spy.awareness.getStates().values()].find((state) => typeof state['b'] === 'string')
      : undefined,
  );
  const evil = await openRelay();
  const replay = new Y.Doc();
  Y.applyUpdate(replay, Y.encodeStateAsUpdate(recorded));
  const player = new DocumentConnection({
    doc: replay,
    name: room.id,
    url: evil.url,
    withAwareness: true,
    webSocket: WebSocket,
  });
  extra.push(() => player.dispose());
  player.awareness.setLocalState(beat);
  const victim = await rig.join(formatLink({ ...parseLink(link), relay: evil.url }));
  await waitUntil('the victim sees the old entry', () => texts(victim).includes('one'));
  await waitUntil(
    'and is told that nobody confirmed it',
    () => victim.truth.kind === 'unconfirmed',
  );
  expect(victim.me).toBeUndefined();
});
