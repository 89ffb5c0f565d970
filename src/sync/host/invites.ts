// Making invites: the secret, its record in the journal, and the link that carries it.
import { type Bytes, toBase64Url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { randomBytes } from '../../crypto/keys.ts';
import { inviteIdOf } from '../../crypto/knock.ts';
import { formatLink } from '../../protocol/link.ts';
import type { RoomJournal } from '../../session/roomJournal.ts';
import type { InviteOptions } from './hostRoomOptions.ts';

/** An invite and its link; the link is a secret. */
export interface MadeInvite {
  readonly inviteId: string;
  readonly link: string;
}

/** Makes an invite and journals it; relays must be told its token before the link works. */
export async function makeInvite(
  room: string,
  invite: InviteOptions,
  context: {
    readonly journal: Pick<RoomJournal, 'saveInvite'>;
    readonly clock: Clock;
    readonly epoch: { readonly number: number; readonly secret: Bytes } | undefined;
  },
): Promise<MadeInvite> {
  const secret = randomBytes(32);
  const inviteId = await inviteIdOf(secret, room);
  const createdAt = context.clock.now();
  const { role, relay } = invite;
  context.journal.saveInvite({
    inviteId,
    secret: toBase64Url(secret),
    role,
    scopes: invite.scopes ?? [],
    allowControl: invite.allowControl ?? false,
    loopbackOnly: invite.loopbackOnly ?? false,
    ...(invite.places === undefined ? {} : { places: invite.places }),
    notAfter: createdAt + invite.lifetimeMs,
    relay,
    createdAt,
  });
  const { epoch } = context;
  return { inviteId, link: formatLink({ room, secret, relay, role, ...(epoch ? { epoch } : {}) }) };
}
