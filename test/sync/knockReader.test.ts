// The host's side of the knock document: bounded in what is opened and in what stays.
import { afterEach, expect, test } from 'vitest';
import { fromBase32, toBase64Url } from '../../src/base/bytes.ts';
import { silentLogger } from '../../src/base/log.ts';
import { hashToken, roomIdOfKey } from '../../src/crypto/admissionToken.ts';
import { channelToken, createIdentity } from '../../src/crypto/identity.ts';
import { generateSigningPair, randomBytes } from '../../src/crypto/keys.ts';
import { inviteIdOf, sealKnock } from '../../src/crypto/knock.ts';
import { outOf } from '../../src/session/layout.ts';
import { Roster } from '../../src/session/roster.ts';
import { KnockReader } from '../../src/sync/host/knockReader.ts';
import { createFakeClock } from '../probes/fakeClock.ts';
import { sampleInvite } from '../session/rosterRig.ts';
import { PairRig } from './pairRig.ts';

const rig = new PairRig();
afterEach(() => rig.close());

async function makeReader() {
  const keys = await rig.roomKeys();
  const journal = rig.journal(keys);
  const room = await roomIdOfKey((await generateSigningPair()).publicBytes);
  const roomBytes = fromBase32(room) ?? new Uint8Array(16);
  const clock = createFakeClock();
  const secret = randomBytes(32);
  const inviteId = await inviteIdOf(secret, room);
  journal.saveInvite(sampleInvite(clock, { inviteId, secret: toBase64Url(secret) }));
  const roster = new Roster({ room, journal, clock, isPresent: () => true, goneMs: () => 0 });
  const reader = new KnockReader({
    room,
    roomBytes,
    roster,
    onAdmit: async () => undefined,
    onGaveWay: () => undefined,
    log: silentLogger,
  });
  rig.own(() => reader.dispose());
  /** A knock of somebody new, with so many bytes that nobody asked for. */
  const knock = async (name: string, extra: number) => {
    const identity = await createIdentity();
    const plaintext = {
      versions: [1],
      inviteId,
      key: toBase64Url(identity.signing.publicBytes),
      exchangeKey: identity.exchangeKey,
      name,
      device: 'd',
      nonce: 'n',
      tokenHash: await hashToken(await channelToken(identity, room)),
      at: 1,
      extra: 'x'.repeat(extra),
    };
    return sealKnock({ secret, room, roomBytes, pair: identity.signing, knock: plaintext });
  };
  return { roster, out: outOf(reader.doc), knock };
}

test('[J1] a knock of more than 4 KiB is not even opened', async () => {
  const { roster, out, knock } = await makeReader();
  out.push([await knock('Large', 2_000)]);
  out.push([await knock('Small', 1_000)]);
  await rig.until('the small one is in', () => roster.people.length > 0);
  expect(roster.people.map(({ name }) => name)).toEqual(['Small']);
});

test('[J1] of more than 32 knocks the first are read, and at most 16 stay', async () => {
  const { roster, out, knock } = await makeReader();
  const junk = Array.from({ length: 32 }, () => randomBytes(500));
  out.push([...junk, await knock('Behind', 0)]);
  await rig.until('what is over was taken out', () => out.length === 16);
  await rig.until('who knocked behind it is read next', () => roster.people.length === 1);
});
