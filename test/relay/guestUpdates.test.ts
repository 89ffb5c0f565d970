// What a guest can write so that others suffer: gaps, floods of writers and ranges, a full knock document.
import * as encoding from 'lib0/encoding';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { channelDocument, knockDocument } from '../../src/protocol/documentNames.ts';
import {
  advanceOf,
  decodeGuestUpdate,
  deletesTooMuch,
  deletionOf,
  newWriters,
} from '../../src/relay/documents/guestUpdate.ts';
import { UpdateLog } from '../../src/relay/documents/updateLog.ts';
import { encodeUpdate } from '../../src/relay/documents/wire.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { claimedRoom, connect, grant, joinRaw, newToken, putClaim, startRelay } from './support.ts';

const MEMBER = 'a'.repeat(26);

/** Updates of one client that pushes items of `bytes` one by one. */
function pushes(count: number, bytes: number): readonly Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (let i = 0; i < count; i += 1) doc.getArray('list').push([new Uint8Array(bytes).fill(i)]);
  return updates;
}

function decode(update: Uint8Array): NonNullable<ReturnType<typeof decodeGuestUpdate>> {
  const decoded = decodeGuestUpdate(update);
  if (!decoded) throw new Error('no update');
  return decoded;
}

async function writable(name: (room: string) => string, limits = {}) {
  const relay = await startRelay({ limits });
  const room = await claimedRoom(relay);
  const token = newToken();
  const document = name(room.id);
  const guest = await grant(token, { [document]: 'write' });
  await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, guest] });
  const host = connect(relay, document, room.hostToken);
  await waitUntil('the host is in', () => host.provider.synced);
  return { relay, document, token, host };
}

describe('a guest’s updates', () => {
  it('[Y25] that build on what is not there are not kept or sent on, and the client is asked', async () => {
    const { relay, document, token, host } = await writable((id) => channelDocument(id, MEMBER));
    const guest = await joinRaw(relay, document, token);
    const [first, ...later] = pushes(20, 50);
    for (const update of later) guest.socket.send(encodeUpdate(update));
    await waitUntil('it is asked', () => guest.messages.length === later.length);
    expect(guest.messages.every((frame) => frame[0] === 0 && frame[1] === 0)).toBe(true);
    guest.socket.send(encodeUpdate(first ?? new Uint8Array()));
    await waitUntil('what fits arrives', () => host.items().length === 1);
    expect(host.doc.store.pendingStructs).toBeNull();
    for (const update of later) guest.socket.send(encodeUpdate(update));
    await waitUntil('and then the rest', () => host.items().length === 20);
  });

  it('[Y25] of many writers are not kept beyond a bound', async () => {
    const limits = { guestWriters: 3 };
    const { relay, document, token, host } = await writable(knockDocument, limits);
    const guest = await joinRaw(relay, document, token);
    for (const bytes of [1, 2, 3, 4, 5, 6]) {
      for (const update of pushes(1, bytes)) guest.socket.send(encodeUpdate(update));
    }
    const honest = connect(relay, document, token);
    honest.push('knock');
    await waitUntil('another guest’s arrives', () => host.items().includes('knock'));
    expect(host.items()).toHaveLength(4);
  });

  it('[Y8] fill a knock document only until it is emptied, and others can knock', async () => {
    const { relay, document, token, host } = await writable(knockDocument, {
      knockDocumentBytes: 20_000,
    });
    let most = 0;
    const list = host.doc.getArray('list');
    list.observe(() => (most = Math.max(most, list.length)));
    const flood = await joinRaw(relay, document, token);
    for (const update of pushes(9, 10_000)) flood.socket.send(encodeUpdate(update));
    await waitUntil('the host has nothing left', () => {
      return most > 0 && list.length === 0 && Y.encodeStateAsUpdate(host.doc).length < 1000;
    });
    const honest = connect(relay, document, token);
    honest.push('knock');
    await waitUntil('a knock arrives', () => host.items().includes('knock'));
    expect([host.closeCodes, honest.closeCodes]).toEqual([[], []]);
  });
});

describe('compaction', () => {
  it('[Y8] leaves out what waits for others: Yjs takes quadratic time to keep it', () => {
    const [, ...later] = pushes(300, 900);
    const log = new UpdateLog(later);
    expect(log.compact()).toMatchObject({ dropped: 0 });
    expect(log.bytes).toBe(2);
  });

  it('[Y8] puts together what came in another order', () => {
    const [one, two, three] = pushes(3, 10);
    const log = new UpdateLog([two ?? one, one, three].filter((each) => each !== undefined));
    log.compact();
    const doc = new Y.Doc();
    for (const update of log.missing(new Uint8Array([0])) ?? []) Y.applyUpdate(doc, update);
    expect(doc.getArray('list').length).toBe(3);
  });
});

describe('reading an update', () => {
  it('tells what follows on, what does not, and what takes a document to tell', () => {
    const doc = new Y.Doc();
    doc.clientID = 5;
    doc.getText('t').insert(0, 'hello');
    const base = Y.encodeStateAsUpdate(doc);
    expect(advanceOf(decode(base), new Map())).toEqual(new Map([[5, 5]]));
    const clocks = new Map([[5, 5]]);
    const other = new Y.Doc();
    other.clientID = 9;
    Y.applyUpdate(other, base);
    other.getText('t').insert(2, 'X');
    other.getText('t').delete(0, 1);
    const edit = Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc));
    expect(advanceOf(decode(edit), clocks)).toEqual(new Map([[9, 1]]));
    expect(advanceOf(decode(edit), new Map())).toBeUndefined();
    expect(advanceOf(decode(edit), new Map([[5, 2]]))).toBeUndefined();
    expect(advanceOf(decode(Y.encodeStateAsUpdate(other)), new Map())).toBeUndefined();
    expect(newWriters(decode(Y.encodeStateAsUpdate(other)), clocks)).toBe(1);
  });

  it('takes an empty range of deletion, at which Yjs throws, for none that follows on', () => {
    const update = new Uint8Array([0, 1, 5, 2, 0, 1, 9, 0]);
    expect(advanceOf(decode(update), new Map([[5, 20]]))).toBeUndefined();
    expect(new UpdateLog(pushes(1, 1)).hasAllFor(update)).toBe(false);
  });

  it('counts what it deletes', () => {
    const ranges = (count: number): Uint8Array => {
      const encoder = encoding.createEncoder();
      for (const value of [0, 1, 5, count]) encoding.writeVarUint(encoder, value);
      for (let i = 0; i < count; i += 1) {
        encoding.writeVarUint(encoder, 2 * i);
        encoding.writeVarUint(encoder, 1);
      }
      return encoding.toUint8Array(encoder);
    };
    expect([4096, 4097].map((count) => deletesTooMuch(decode(ranges(count))))).toEqual([
      false,
      true,
    ]);
  });

  it('a deletion of everything leaves nothing', () => {
    const docs = [new Y.Doc(), new Y.Doc()] as const;
    docs[0].getArray('a').push([1, 2]);
    docs[1].getMap('b').set('k', 'v');
    Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1]));
    const clocks = Y.decodeStateVector(Y.encodeStateVector(docs[0]));
    Y.applyUpdate(docs[0], deletionOf(clocks));
    expect([docs[0].getArray('a').length, docs[0].getMap('b').size]).toEqual([0, 0]);
  });
});
