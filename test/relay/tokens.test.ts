// What a token opens, and what happens when it is gone.
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { channelDocument, knockDocument } from '../../src/protocol/documentNames.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import {
  claimedRoom,
  connect,
  connectRaw,
  createRoom,
  grant,
  newToken,
  putClaim,
  startRelay,
} from './support.ts';

const MEMBER = 'a'.repeat(26);

describe('admission', () => {
  it('[Y16] selects the protocol and never echoes the token', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const { socket } = await connectRaw(relay, room.id, room.hostToken);
    expect(socket.protocol).toBe('th.1');
    const turned = new WebSocket(`${relay.url}/${room.id}`, [room.hostToken, 'th.1']);
    const code = new Promise((resolve) => turned.once('close', resolve));
    await new Promise((resolve) => turned.once('open', resolve));
    expect(turned.protocol).toBe('th.1');
    expect(await code).toBe(CLOSE.notAdmitted);
  });

  it('[Y17] ends the stock client for good with 4401 for a wrong token and 4404 for no room', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const wrong = connect(relay, room.id, newToken());
    const lost = connect(relay, 'b'.repeat(26), newToken());
    await waitUntil(
      'both are closed',
      () => !wrong.provider.shouldConnect && !lost.provider.shouldConnect,
    );
    expect([wrong.closeCodes, lost.closeCodes]).toEqual([[CLOSE.notAdmitted], [CLOSE.noRoom]]);
  });

  it('[Y17] closes 4404 for names that are no documents, and 4401 without a token', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    for (const name of ['x', '', `${room.id}.x`, `${room.id}.g.a`, '%ff', `${room.id}/..`]) {
      const raw = await connectRaw(relay, name, room.hostToken);
      expect([name, await raw.closed]).toEqual([name, CLOSE.noRoom]);
    }
    const bare = await connectRaw(relay, room.id);
    expect(await bare.closed).toBe(CLOSE.notAdmitted);
  });

  it('[Y19] follows patterns by whole labels', async () => {
    const relay = await startRelay();
    const token = newToken();
    const room = await claimedRoom(relay);
    const invite = await grant(token, {
      [room.id]: 'read',
      [knockDocument(room.id)]: 'write',
      [`${channelDocument(room.id, MEMBER)}.**`]: 'write',
    });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, invite] });
    const open = async (name: string): Promise<string> => {
      const raw = await connectRaw(relay, name, token);
      raw.socket.send(new Uint8Array([0, 0, 1, 0]));
      const answer = waitUntil('an answer', () => raw.messages.length > 0).then(() => 'open');
      const result = await Promise.race([answer, raw.closed.then(String)]);
      raw.socket.terminate();
      await answer.catch(() => undefined);
      return result;
    };
    expect(await open(room.id)).toBe('open');
    expect(await open(knockDocument(room.id))).toBe('open');
    expect(await open(`${channelDocument(room.id, MEMBER)}.b.${MEMBER}.1`)).toBe('open');
    const [other, segment] = [channelDocument(room.id, 'b'.repeat(26)), `${room.id}.s.1`];
    const closed = await Promise.all(
      [other, segment].map(async (name) => (await connectRaw(relay, name, token)).closed),
    );
    expect(closed).toEqual([CLOSE.notAdmitted, CLOSE.notAdmitted]);
  });

  it('[Y19] keeps what a token opens when a guest names the same one as its own', async () => {
    const relay = await startRelay();
    const [victim, room] = [newToken(), await createRoom()];
    const [channel, other] = [MEMBER, 'b'.repeat(26)].map((id) => channelDocument(room.id, id));
    const hostToken = newToken();
    const tokens = [
      await grant(hostToken, {}, { host: true }),
      await grant(victim, { [channel ?? '']: 'write' }),
      await grant(victim, { [other ?? '']: 'write' }, { notAfter: 1 }),
      await grant(victim, { [room.id]: 'read' }, { loopbackOnly: true }),
      await grant(hostToken, { [other ?? '']: 'write' }),
    ];
    await putClaim(relay, room, { tokens });
    const mine = connect(relay, channel ?? '', victim);
    const host = connect(relay, channel ?? '', hostToken);
    mine.push('command');
    await waitUntil('it arrives', () => host.items().length === 1);
    const expired = await connectRaw(relay, other ?? '', victim);
    expect(await expired.closed).toBe(CLOSE.notAdmitted);
    const page = await connectRaw(relay, room.id, victim, { origin: 'https://page.example' });
    expect(await page.closed).toBe(CLOSE.notAdmitted);
    expect([mine.closeCodes, host.closeCodes]).toEqual([[], []]);
  });

  it('[Y18] waits a moment for a claim that is on its way', async () => {
    const relay = await startRelay({ limits: { restartGraceMs: 5000 } });
    const room = await createRoom();
    const token = newToken();
    const guest = connect(relay, room.id, token);
    await waitUntil('the guest is connected', () => guest.provider.wsconnected);
    await putClaim(relay, room, { tokens: [await grant(token, { [room.id]: 'read' })] });
    await waitUntil('the guest is in', () => guest.provider.synced);
    expect(guest.closeCodes).toEqual([]);
  });

  it('[Y17] answers an address that has failed often as soon as any other', async () => {
    const clock = createFakeClock();
    const relay = await startRelay({ clock });
    const room = await createRoom();
    await putClaim(relay, room, { at: clock.now() });
    for (let i = 0; i < 8; i += 1) {
      const { timers } = clock;
      const raw = await connectRaw(relay, room.id, newToken());
      let code: number | undefined;
      void raw.closed.then((value) => (code = value));
      let waited = 0;
      // Real time for the socket, fake time for the relay's wait: it runs while the relay waits for it.
      await waitUntil('it is closed', () => {
        if (code === undefined && clock.timers > timers) {
          clock.advance(10);
          waited += 10;
        }
        return code;
      });
      expect(code).toBe(CLOSE.notAdmitted);
      // The moment of Y18, if the test's relay has one, and a few steps while the socket closes.
      expect(waited).toBeLessThan(1_200);
    }
  });

  it('[Y21] refuses a loopback token with an Origin, through a proxy, or under another name', async () => {
    const relay = await startRelay({ publicUrl: 'https://relay.example' });
    const room = await claimedRoom(relay);
    const token = newToken();
    const entry = await grant(token, { [room.id]: 'read' }, { loopbackOnly: true });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, entry] });
    const direct = await connectRaw(relay, room.id, token);
    direct.socket.send(new Uint8Array([0, 0, 1, 0]));
    await waitUntil('it is in', () => direct.messages.length > 0);
    for (const headers of [
      { origin: 'http://127.0.0.1:8080' },
      { 'x-forwarded-for': '203.0.113.9' },
      { host: 'relay.example' },
    ]) {
      const raw = await connectRaw(relay, room.id, token, headers);
      expect(await raw.closed).toBe(CLOSE.notAdmitted);
    }
  });
});

describe('a token for this computer and its pages', () => {
  it('[Y21] is taken with an Origin, and still not through a proxy or under another name', async () => {
    const relay = await startRelay({ publicUrl: 'https://relay.example' });
    const room = await claimedRoom(relay);
    const token = newToken();
    const options = { loopbackOnly: true, pages: true };
    const entry = await grant(token, { [room.id]: 'read' }, options);
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, entry] });
    const page = await connectRaw(relay, room.id, token, { origin: 'https://vscode.dev' });
    page.socket.send(new Uint8Array([0, 0, 1, 0]));
    await waitUntil('it is in', () => page.messages.length > 0);
    for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { host: 'relay.example' }]) {
      const raw = await connectRaw(relay, room.id, token, headers);
      expect(await raw.closed).toBe(CLOSE.notAdmitted);
    }
  });
});

describe('a token that is gone', () => {
  it('[Y20] takes its sockets with it at once, and no others', async () => {
    // Time stands still: nothing waits for a timer.
    const clock = createFakeClock(Date.now());
    const relay = await startRelay({ clock });
    const room = await claimedRoom(relay);
    const [stays, goes] = [newToken(), newToken()];
    const entryOf = (token: string) => grant(token, { [room.id]: 'read' });
    const tokens = [room.hostEntry, await entryOf(stays), await entryOf(goes)];
    await putClaim(relay, room, { rev: 2, tokens });
    const [one, two] = [connect(relay, room.id, stays), connect(relay, room.id, goes)];
    await waitUntil('both are in', () => one.provider.synced && two.provider.synced);
    await putClaim(relay, room, { rev: 3, tokens: tokens.slice(0, 2) });
    await waitUntil('one is out', () => two.closeCodes.length > 0);
    expect([one.closeCodes, two.closeCodes]).toEqual([[], [CLOSE.revoked]]);
    expect(two.provider.shouldConnect).toBe(false);
  });

  it('[Y20] while its document is still being read lets nobody in', async () => {
    const memory = createMemoryStore();
    let endRead: (() => void) | undefined;
    const store = {
      ...memory,
      async load(document: string) {
        await new Promise<void>((resolve) => (endRead = resolve));
        return memory.load(document);
      },
    };
    const relay = await startRelay({ store });
    const token = newToken();
    const room = await claimedRoom(relay);
    const guest = await grant(token, { [room.id]: 'read' });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, guest] });
    const client = connect(relay, room.id, token);
    const end = await waitUntil('its document is read', () => endRead);
    await putClaim(relay, room, { rev: 3, tokens: [room.hostEntry] });
    end();
    const isSettled = (): boolean => client.closeCodes.length > 0 || client.provider.synced;
    await waitUntil('it is out, or in', isSettled);
    expect(client.closeCodes).toEqual([CLOSE.revoked]);
  });

  it('[Y20] by expiry does the same, by the relay’s clock', async () => {
    const clock = createFakeClock();
    const relay = await startRelay({ clock });
    const room = await createRoom();
    const token = newToken();
    const notAfter = clock.now() + 10_000;
    const tokens = [await grant(token, { [room.id]: 'read' }, { notAfter })];
    await putClaim(relay, room, { at: clock.now(), tokens });
    const guest = connect(relay, room.id, token);
    await waitUntil('it is in', () => guest.provider.synced);
    clock.advance(9000);
    expect(guest.provider.wsconnected).toBe(true);
    clock.advance(1600);
    await waitUntil('it is out', () => guest.closeCodes.length > 0);
    expect(guest.closeCodes).toEqual([CLOSE.revoked]);
    const again = await connectRaw(relay, room.id, token);
    let code: number | undefined;
    void again.closed.then((value) => (code = value));
    await waitUntil('it stays out', () => {
      clock.advance(1);
      return code;
    });
    expect(code).toBe(CLOSE.notAdmitted);
  });

  it('[Y20] that only lost the right to write stays and reads on', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const token = newToken();
    const entryOf = (access: 'read' | 'write') => grant(token, { [room.id]: access });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, await entryOf('write')] });
    const [host, member] = [
      connect(relay, room.id, room.hostToken),
      connect(relay, room.id, token),
    ];
    await waitUntil('both are in', () => host.provider.synced && member.provider.synced);
    member.push('may');
    await waitUntil('it is written', () => host.items().length === 1);
    await putClaim(relay, room, { rev: 3, tokens: [room.hostEntry, await entryOf('read')] });
    member.push('may not');
    host.push('after');
    await waitUntil('it reads on', () => member.items().includes('after'));
    expect(host.items()).toEqual(['may', 'after']);
    expect(member.closeCodes).toEqual([]);
  });
});
