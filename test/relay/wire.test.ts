// The stock clients against the relay: sync, live updates, late join, awareness.
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { claimedRoom, connect, grant, joinRaw, newToken, putClaim, startRelay } from './support.ts';

describe('stock y-websocket clients', () => {
  it('[Y1] see each other’s updates live and what was written before they joined', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    host.push('before');
    await waitUntil('the host is synced', () => host.provider.synced);
    const late = connect(relay, room.id, room.hostToken);
    await waitUntil('the late joiner has it', () => late.items().length === 1);
    host.push('live');
    await waitUntil('the live one arrives', () => late.items().length === 2);
    expect(late.items()).toEqual(['before', 'live']);
    late.push('back');
    await waitUntil('the way back works', () => host.items().length === 3);
  });

  it('[Y4] reads, and its writes reach nobody', async () => {
    const relay = await startRelay();
    const token = newToken();
    const room = await claimedRoom(relay);
    const viewerEntry = await grant(token, { [room.id]: 'read' });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, viewerEntry] });
    const host = connect(relay, room.id, room.hostToken);
    const viewer = connect(relay, room.id, token);
    host.push('one');
    await waitUntil('the viewer reads', () => viewer.items().length === 1);
    viewer.push('forged');
    host.push('two');
    await waitUntil('the viewer reads on', () => viewer.items().includes('two'));
    const other = connect(relay, room.id, token);
    await waitUntil('another joins', () => other.provider.synced);
    expect(host.items()).toEqual(['one', 'two']);
    expect(other.items()).toEqual(['one', 'two']);
  });

  it('[Y3] that come back are not asked for what the relay has', async () => {
    const store = createMemoryStore();
    const relay = await startRelay({ store });
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    await waitUntil('the host is in', () => host.provider.synced);
    for (let i = 0; i < 5; i += 1) host.push(`entry ${i}`);
    const tap = await joinRaw(relay, room.id, room.hostToken);
    const reader = connect(relay, room.id, room.hostToken);
    await waitUntil('all is there', () => reader.items().length === 5);
    const [before, stored] = [tap.messages.length, (await store.load(room.id)).length];
    host.provider.disconnect();
    host.provider.connect();
    await waitUntil('the host is back', () => host.provider.synced);
    host.push('after');
    await waitUntil('it goes on', () => reader.items().length === 6);
    const updates = tap.messages.slice(before).filter((frame) => frame[0] === 0);
    expect(updates).toHaveLength(1);
    expect(await store.load(room.id)).toHaveLength(stored + 1);
  });

  it('[Y2] are kept as copies: a small update never holds on to a network buffer', async () => {
    const store = createMemoryStore();
    const relay = await startRelay({ store });
    const room = await claimedRoom(relay);
    const host = connect(relay, room.id, room.hostToken);
    await waitUntil('the host is in', () => host.provider.synced);
    host.push('one');
    await waitUntil('it is kept', async () => (await store.load(room.id)).length > 0);
    for (const update of await store.load(room.id)) {
      expect(update.buffer.byteLength).toBe(update.length);
    }
  });
});
