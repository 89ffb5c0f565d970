// Room ids, claims and tokens.
import { describe, expect, it } from 'vitest';
import { fromBase64Url, toBase64Url, utf8Bytes } from '../../src/base/bytes.ts';
import {
  admissionToken,
  hashToken,
  roomIdOfKey,
  signClaim,
  verifyClaim,
} from '../../src/crypto/admissionToken.ts';
import type { Claim } from '../../src/protocol/claim.ts';
import { isRoomId } from '../../src/protocol/documentNames.ts';
import { createRoom } from '../relay/support.ts';

const claimOf = (room: { readonly id: string; readonly roomKey: string }): Claim => ({
  room: room.id,
  roomKey: room.roomKey,
  term: 3,
  boot: 'b',
  rev: 7,
  at: 1,
  tokens: [],
});

describe('room ids', () => {
  it('are 26 base32 characters that depend on the key only', async () => {
    const key = new Uint8Array(32).fill(7);
    expect(await roomIdOfKey(key)).toBe('7oh6oiqk2my7l7vsjwmvezkztu');
    expect(await roomIdOfKey(new Uint8Array(32).fill(8))).not.toBe(await roomIdOfKey(key));
    expect(isRoomId(await roomIdOfKey(key))).toBe(true);
  });
});

describe('claims', () => {
  it('open with the right key and keep what was signed', async () => {
    const room = await createRoom();
    const request = await signClaim(claimOf(room), room.sign);
    expect(await verifyClaim(request)).toEqual(claimOf(room));
  });

  it('do not open when any byte was changed', async () => {
    const room = await createRoom();
    const request = await signClaim(claimOf(room), room.sign);
    const claim = request.claim.replace('"term":3', '"term":4');
    expect(await verifyClaim({ ...request, claim })).toBeUndefined();
    const signature = fromBase64Url(request.signature) ?? new Uint8Array();
    signature[5] = (signature[5] ?? 0) ^ 1;
    expect(await verifyClaim({ ...request, signature: toBase64Url(signature) })).toBeUndefined();
  });

  it('do not open for a room whose id is not the key’s hash', async () => {
    const [room, other] = [await createRoom(), await createRoom()];
    const stolen = await signClaim({ ...claimOf(other), room: room.id }, other.sign);
    expect(await verifyClaim(stolen)).toBeUndefined();
  });

  it('do not open when they are no claims at all', async () => {
    for (const claim of ['', '{}', 'null', '[1]', '{"room":1}']) {
      expect(await verifyClaim({ claim, signature: 'A'.repeat(86) })).toBeUndefined();
    }
  });
});

describe('tokens', () => {
  it('differ per room and per secret, and have the form of a subprotocol', async () => {
    const secret = new Uint8Array(32).fill(1);
    const one = await admissionToken(secret, 'a'.repeat(26));
    const two = await admissionToken(secret, 'b'.repeat(26));
    expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(new Set([one, two, await admissionToken(utf8Bytes('x'), 'a'.repeat(26))]).size).toBe(3);
    expect(one).toBe(await admissionToken(secret, 'a'.repeat(26)));
  });

  it('are known to a relay by their hash only', async () => {
    expect(await hashToken('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });
});
