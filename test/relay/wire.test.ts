// The stock clients against the relay: sync, live updates, late join, awareness.
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../probes/waitUntil.ts';
import { claimedRoom, connect, grant, newToken, putClaim, startRelay } from './support.ts';

describe('stock y-websocket clients', () => {
  it('see each other’s updates live and what was written before they joined', async () => {
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

  it('[read-only] reads, and its writes reach nobody', async () => {
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
});
