// Cards and knocks: only the room's key makes a card, only a holder of the link makes a knock.
import { expect, test } from 'vitest';
import { fromBase32, toBase64Url } from '../../src/base/bytes.ts';
import { hashToken, roomIdOfKey } from '../../src/crypto/admissionToken.ts';
import { openCard, sealCard } from '../../src/crypto/card.ts';
import {
  channelToken,
  createIdentity,
  exportIdentity,
  importIdentity,
} from '../../src/crypto/identity.ts';
import { generateSigningPair, randomBytes } from '../../src/crypto/keys.ts';
import { inviteIdOf, openKnock, sealKnock } from '../../src/crypto/knock.ts';
import type { Card, Knock } from '../../src/protocol/room.ts';

async function makeRoom() {
  const pair = await generateSigningPair();
  const room = await roomIdOfKey(pair.publicBytes);
  const card: Card = {
    versions: [1],
    room,
    roomKey: toBase64Url(pair.publicBytes),
    term: 3,
    hostKey: toBase64Url(randomBytes(32)),
    boot: toBase64Url(randomBytes(16)),
    notAfter: 1,
    epoch: 1,
  };
  return { pair, room, card, roomBytes: fromBase32(room) ?? new Uint8Array() };
}

/** A knock at a room by who holds the link's secret, otherwise as `change` says. */
async function makeKnock(change: Partial<Knock> = {}) {
  const { room, roomBytes } = await makeRoom();
  const identity = await createIdentity();
  const secret = randomBytes(32);
  const knock: Knock = {
    versions: [1],
    inviteId: await inviteIdOf(secret, room),
    key: toBase64Url(identity.signing.publicBytes),
    exchangeKey: identity.exchangeKey,
    name: 'Ada',
    device: 'desk',
    nonce: 'n',
    tokenHash: await hashToken(await channelToken(identity, room)),
    at: 1,
    ...change,
  };
  const record = await sealKnock({ secret, room, roomBytes, pair: identity.signing, knock });
  return { room, roomBytes, identity, secret, knock, record };
}

test('[K1] a card opens for its own room only', async () => {
  const { pair, room, card } = await makeRoom();
  const other = await makeRoom();
  const bytes = await sealCard(pair, card);
  expect(await openCard(bytes, room)).toEqual(card);
  expect(await openCard(bytes, other.room)).toBeUndefined();
});

test('[K2] a card signed by another key, or for a key that is not the room’s, is refused', async () => {
  const { room, card } = await makeRoom();
  const other = await makeRoom();
  expect(await openCard(await sealCard(other.pair, card), room)).toBeUndefined();
  const foreign = { ...card, roomKey: other.card.roomKey };
  expect(await openCard(await sealCard(other.pair, foreign), room)).toBeUndefined();
});

test('[K3] an altered card is refused', async () => {
  const { pair, room, card } = await makeRoom();
  const bytes = await sealCard(pair, card);
  for (let place = 0; place < bytes.length; place += 7) {
    const altered = bytes.slice();
    altered[place] = (altered[place] ?? 0) ^ 1;
    expect(await openCard(altered, room)).toBeUndefined();
  }
});

test('[K4] a knock opens with its invite’s secret, and names the key that signed it', async () => {
  const { room, roomBytes, identity, secret, knock, record } = await makeKnock();
  const opened = await openKnock({ record, secret, room, roomBytes });
  expect(opened).toEqual({ knock, member: identity.member });
  const other = { record, secret: randomBytes(32), room, roomBytes };
  expect(await openKnock(other)).toBeUndefined();
});

test('[K5] a knock that names another’s key is refused', async () => {
  const ada = await createIdentity();
  const mallorys = await makeKnock({
    key: toBase64Url(ada.signing.publicBytes),
    exchangeKey: ada.exchangeKey,
  });
  expect(await openKnock(mallorys)).toBeUndefined();
});

test('[K6] a knock whose token hash would spoil the host’s claims is refused', async () => {
  const good = await hashToken('x');
  const fine = await makeKnock({ tokenHash: good });
  expect((await openKnock(fine))?.member).toBe(fine.identity.member);
  for (const bad of ['', 'x', `${good}=`, `${good}\n`, good.slice(1), `${good.slice(1)}+`]) {
    expect([bad, await openKnock(await makeKnock({ tokenHash: bad }))]).toEqual([bad, undefined]);
  }
});

test('an identity survives its way through a secret store', async () => {
  const identity = await createIdentity();
  const restored = await importIdentity(await exportIdentity(identity));
  expect(restored?.member).toBe(identity.member);
  expect(await channelToken(restored ?? identity, 'r')).toBe(await channelToken(identity, 'r'));
  expect(await importIdentity('1:damaged')).toBeUndefined();
});
