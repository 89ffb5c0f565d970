// A knock as a client of a later version writes it, put into the room's document by hand.
import { fromBase32, toBase64Url } from '../../src/base/bytes.ts';
import { admissionToken, hashToken } from '../../src/crypto/admissionToken.ts';
import { channelToken, createIdentity, type Identity } from '../../src/crypto/identity.ts';
import { inviteIdOf, sealKnock } from '../../src/crypto/knock.ts';
import { knockDocument } from '../../src/protocol/documentNames.ts';
import type { Json } from '../../src/protocol/json.ts';
import { parseLink } from '../../src/protocol/link.ts';
import type { Knock } from '../../src/protocol/room.ts';
import { outOf } from '../../src/session/layout.ts';
import type { SyncRig } from './syncRig.ts';

/** Knocks once; who knocked. */
export async function knockWith(
  rig: SyncRig,
  link: string,
  more: Readonly<Record<string, Json>>,
): Promise<Identity> {
  const { room, secret, relay } = parseLink(link);
  const identity = await createIdentity();
  const knock: Knock = {
    versions: [1],
    inviteId: await inviteIdOf(secret, room),
    key: toBase64Url(identity.signing.publicBytes),
    exchangeKey: identity.exchangeKey,
    name: 'Bo\u202e',
    device: 'phone',
    nonce: 'n',
    tokenHash: await hashToken(await channelToken(identity, room)),
    at: 1,
    ...more,
  };
  const roomBytes = fromBase32(room) ?? new Uint8Array();
  const record = await sealKnock({ secret, room, roomBytes, pair: identity.signing, knock });
  const token = await admissionToken(secret, room);
  const { doc } = await rig.connect({ url: relay }, knockDocument(room), { token });
  outOf(doc).push([record]);
  return identity;
}
