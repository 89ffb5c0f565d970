// Who holds a room: the claim, its order, its durability, the access key.
import { describe, expect, it } from 'vitest';
import { signClaim } from '../../src/crypto/admissionToken.ts';
import { CLOSE } from '../../src/protocol/closeCodes.ts';
import { storeRefused } from '../../src/relay/errors.ts';
import { createMemoryStore } from '../../src/relay/stores/memoryStore.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import {
  claimedRoom,
  connect,
  createRoom,
  grant,
  httpUrl,
  newToken,
  putClaim,
  putRequest,
  startRelay,
} from './support.ts';

describe('a claim', () => {
  it('[Y11] is taken by its room key, and again with a higher rev', async () => {
    const relay = await startRelay();
    const room = await createRoom();
    expect(await putClaim(relay, room)).toEqual({
      status: 200,
      body: { term: 1, boot: 'boot-a', rev: 1 },
    });
    expect((await putClaim(relay, room, { rev: 2 })).status).toBe(200);
  });

  it('[R9] of a later host is taken with what it says more, and refused for a kind of access that is not known', async () => {
    const relay = await startRelay();
    const room = await createRoom();
    const token = newToken();
    const entry = await grant(token, { [room.id]: 'read' }, { bytesPerDay: 9 });
    expect((await putClaim(relay, room, { tokens: [entry], keepMs: 5 })).status).toBe(200);
    const client = connect(relay, room.id, token);
    await waitUntil('the token opens the room', () => client.provider.synced);
    // No kind of access that is known here.
    const access = 'append' as 'read';
    const other = { hash: entry.hash, grants: [{ doc: room.id, access }] };
    const refused = await putClaim(relay, room, { rev: 2, tokens: [other] });
    expect([refused.status, refused.body['code']]).toEqual([400, 'relay-bad-request']);
  });

  it('[Y12] of a higher term wins, of a lower one conflicts and says who holds the room', async () => {
    const relay = await startRelay();
    const room = await createRoom();
    await putClaim(relay, room, { term: 2, rev: 9 });
    expect((await putClaim(relay, room, { term: 3, boot: 'boot-b', rev: 1 })).status).toBe(200);
    const late = await putClaim(relay, room, { term: 2, rev: 10 });
    expect(late.status).toBe(409);
    expect(late.body).toMatchObject({
      code: 'relay-claim-conflict',
      term: 3,
      boot: 'boot-b',
      rev: 1,
    });
  });

  it('[Y12] of the same term and another boot conflicts', async () => {
    const relay = await startRelay();
    const room = await createRoom();
    await putClaim(relay, room, { rev: 1 });
    const other = await putClaim(relay, room, { boot: 'boot-b', rev: 5 });
    expect([other.status, other.body['boot']]).toEqual([409, 'boot-a']);
  });

  it('[Y12] that arrives late within its boot is refused, unless it is the very same one again', async () => {
    const relay = await startRelay();
    const room = await createRoom();
    await putClaim(relay, room, { rev: 4 });
    expect((await putClaim(relay, room, { rev: 4 })).status).toBe(200);
    expect((await putClaim(relay, room, { rev: 3 })).status).toBe(409);
    const tokens = [await grant(newToken(), { [room.id]: 'read' })];
    expect((await putClaim(relay, room, { rev: 4, tokens })).status).toBe(409);
  });

  it('[Y13] is won by exactly one of two boots that race', async () => {
    const relay = await startRelay();
    for (let round = 0; round < 20; round += 1) {
      const room = await createRoom();
      const answers = await Promise.all(
        ['a', 'b', 'c'].map((boot) => putClaim(relay, room, { boot })),
      );
      expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([
        200, 409, 409,
      ]);
    }
  });

  it('[Y11] by another key, for another room, or with a changed byte is refused', async () => {
    const relay = await startRelay();
    const [room, thief] = [await createRoom(), await createRoom()];
    const forged = await putClaim(relay, { ...room, sign: thief.sign });
    expect([forged.status, forged.body['code']]).toEqual([400, 'relay-bad-request']);
    expect((await putClaim(relay, { ...thief, id: room.id })).status).toBe(400);
    const own = { room: room.id, roomKey: room.roomKey, term: 1, boot: 'b', rev: 1, tokens: [] };
    const request = await signClaim({ ...own, at: Date.now() }, room.sign);
    expect((await putRequest(relay, thief.id, request)).status).toBe(400);
    const changed = { ...request, claim: request.claim.replace('"rev":1', '"rev":2') };
    expect((await putRequest(relay, room.id, changed)).status).toBe(400);
    expect((await putRequest(relay, room.id, request)).status).toBe(200);
  });

  it('[Y11] that is no claim, or too large, is refused with a message', async () => {
    const relay = await startRelay({ limits: { claimBytes: 10_000 } });
    const room = await createRoom();
    for (const body of ['', 'x', '{}', '[]', '{"claim":1,"signature":2}', 'null']) {
      const answer = await putRequest(relay, room.id, body);
      expect([answer.status, answer.body['code']]).toEqual([400, 'relay-bad-request']);
    }
    const large = await putRequest(relay, room.id, 'x'.repeat(20_000));
    expect([large.status, large.body['code']]).toEqual([413, 'too-large']);
  });

  it('[Y13] of a new room must be of this hour; a known room is not bound to clocks', async () => {
    const clock = createFakeClock();
    const relay = await startRelay({ clock });
    const room = await createRoom();
    const old = await putClaim(relay, room, { at: clock.now() - 3_700_000 });
    expect(old.status).toBe(400);
    expect((await putClaim(relay, room, { at: clock.now() - 3_500_000 })).status).toBe(200);
    expect((await putClaim(relay, room, { rev: 2, at: 0 })).status).toBe(200);
  });

  it('[Y13] outlives the relay', async () => {
    const store = createMemoryStore();
    const first = await startRelay({ store });
    const room = await createRoom();
    await putClaim(first, room, { term: 5 });
    await first.close();
    const second = await startRelay({ store });
    expect((await putClaim(second, room, { term: 4, rev: 9 })).status).toBe(409);
  });

  it('[Y13] that the disk refuses is answered so, and takes away what it takes away', async () => {
    const memory = createMemoryStore();
    let isFull = false;
    const store = {
      ...memory,
      async compareAndSetClaim(...args: Parameters<typeof memory.compareAndSetClaim>) {
        const isSet = await memory.compareAndSetClaim(...args);
        if (isFull) throw storeRefused(new Error('disk full'));
        return isSet;
      },
    };
    const relay = await startRelay({ store });
    const token = newToken();
    const room = await claimedRoom(relay);
    const guest = await grant(token, { [room.id]: 'read' });
    await putClaim(relay, room, { rev: 2, tokens: [room.hostEntry, guest] });
    const client = connect(relay, room.id, token);
    await waitUntil('the guest is in', () => client.provider.synced);
    isFull = true;
    const answer = await putClaim(relay, room, { rev: 3, tokens: [room.hostEntry] });
    expect([answer.status, answer.body['code']]).toEqual([500, 'internal']);
    expect(answer.body['message']).toContain('cannot write to its disk');
    await waitUntil('the guest is out', () => client.closeCodes.length > 0);
    expect(client.closeCodes).toEqual([CLOSE.revoked]);
    isFull = false;
    expect((await putClaim(relay, room, { rev: 4, tokens: [room.hostEntry] })).status).toBe(200);
  });

  it('[Y13] stays when a slow read of the one before it comes to an end', async () => {
    const memory = createMemoryStore();
    const token = newToken();
    const guestOf = (room: { readonly id: string }) => grant(token, { [room.id]: 'read' });
    const before = await startRelay({ store: memory });
    const room = await claimedRoom(before);
    await putClaim(before, room, { rev: 2, tokens: [room.hostEntry, await guestOf(room)] });
    let endRead: (() => void) | undefined;
    let isSlow = true;
    const store = {
      ...memory,
      async loadClaim(id: string) {
        const claim = await memory.loadClaim(id);
        if (isSlow) await new Promise<void>((resolve) => (endRead = resolve));
        return claim;
      },
    };
    const relay = await startRelay({ store });
    const client = connect(relay, room.id, token);
    const end = await waitUntil('the claim is read', () => endRead);
    isSlow = false;
    expect((await putClaim(relay, room, { rev: 3, tokens: [room.hostEntry] })).status).toBe(200);
    end();
    const isJudged = (): boolean => client.closeCodes.length > 0 || client.provider.synced;
    await waitUntil('the withdrawn token is judged', isJudged);
    expect(client.closeCodes).toEqual([CLOSE.notAdmitted]);
  });

  it('[Y14] needs the access key where there is one', async () => {
    const relay = await startRelay({ accessKey: 'correct-horse-battery' });
    const room = await createRoom();
    expect((await putClaim(relay, room)).body['code']).toBe('relay-refused');
    const wrong = { authorization: 'Bearer correct-horse-batterx' };
    expect((await putClaim(relay, room, {}, wrong)).status).toBe(403);
    const right = { authorization: 'Bearer correct-horse-battery' };
    expect((await putClaim(relay, room, {}, right)).status).toBe(200);
  });

  it('[Y9] costs the address that sends too many', async () => {
    const relay = await startRelay({ limits: { requests: { perSecond: 0, burst: 0.25 } } });
    const room = await createRoom();
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await putRequest(relay, room.id, '')).status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
  });
});

describe('the question who holds a room', () => {
  it('[Y15] is answered to its tokens, to pages of any origin, and to nobody else', async () => {
    const relay = await startRelay();
    const room = await claimedRoom(relay);
    const url = `${httpUrl(relay)}/-/rooms/${room.id}`;
    const ask = (token: string): Promise<Response> =>
      fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const answer = await ask(room.hostToken);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toEqual({ term: 1, boot: 'boot-a' });
    expect((await ask(newToken())).status).toBe(403);
    expect((await fetch(url)).status).toBe(403);
    expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(204);
  });
});
