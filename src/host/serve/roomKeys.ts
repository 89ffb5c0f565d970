// The keys of a room as the journal has them, and whether they are still what was written.
import { fromBase64Url, utf8Bytes } from '../../base/bytes.ts';
import { roomIdOfKey } from '../../crypto/admissionToken.ts';
import { importSigningPair, sign, verify } from '../../crypto/keys.ts';
import type { RoomKeys } from '../../sync/host/hostRoomOptions.ts';
import type { Journal } from '../journal/journal.ts';

const SECRET_BYTES = 32;

/**
 * Keys of a room; undefined if the room cannot be served with them: the pair is none or not the
 * room's, a secret of an epoch is none, or a number that only rises is lost. With the newest epoch
 * lost it would write under one that its former guests know.
 */
export async function readRoomKeys(journal: Journal, room: string): Promise<RoomKeys | undefined> {
  const stored = journal.rooms().find((one) => one.room === room);
  const pair = stored && (await importSigningPair(stored.privateKey));
  if (!pair || (await roomIdOfKey(pair.publicBytes)) !== room) return undefined;
  const probe = utf8Bytes(room);
  if (!(await verify(pair.publicKey, await sign(pair, probe), probe))) return undefined;
  const tables = journal.room(room);
  const epochs = tables.epochs();
  const areSecrets = epochs.every(
    ({ epoch, secret }, at) => epoch === at + 1 && fromBase64Url(secret)?.length === SECRET_BYTES,
  );
  return epochs.length > 0 && areSecrets && tables.hasNumbers ? { id: room, pair } : undefined;
}
