// Knocks: how a holder of a link tells the host its keys. Sealed under the invite secret, signed by the new key.
import { type Bytes, fromBase64Url, toBase32, utf8Bytes, utf8Text } from '../base/bytes.ts';
import { parseJson } from '../protocol/json.ts';
import { type Knock, knockSchema, RECORD_TYPE } from '../protocol/room.ts';
import { LABEL } from '../protocol/version.ts';
import {
  hkdf,
  importVerifyKey,
  memberOfKey,
  newBootOf,
  type RandomBytes,
  type SigningPair,
} from './keys.ts';
import { RecordOpener, RecordSealer } from './record.ts';

/** Place of knock records. */
const PLACE = 'k';
/** Knocks are sealed under a key of their own; the epoch field carries no meaning. */
const KNOCK_EPOCH = 0;
/** SHA-256, base64url: it goes into the host's claims, and one that is none would spoil them all. */
const TOKEN_HASH = /^[A-Za-z0-9_-]{43}$/;

/** Id of an invite that tells nothing of its secret: 26 base32 characters. */
export async function inviteIdOf(secret: Bytes, room: string): Promise<string> {
  return toBase32(await hkdf(secret, utf8Bytes(room), utf8Bytes(`${LABEL} invite`), 16));
}

/** Seals a knock. */
export async function sealKnock(options: {
  readonly secret: Bytes;
  readonly room: string;
  readonly roomBytes: Bytes;
  readonly pair: SigningPair;
  readonly knock: Knock;
  /** Default: the system's. */
  readonly random?: RandomBytes;
}): Promise<Bytes> {
  const { random } = options;
  const key = await knockSecret(options.secret, options.room);
  const sealer = await RecordSealer.create({
    room: options.roomBytes,
    pair: options.pair,
    boot: newBootOf(0, random),
    secretOf: () => key,
    ...(random && { random }),
  });
  return sealer.seal({
    type: RECORD_TYPE.knock,
    place: PLACE,
    epoch: KNOCK_EPOCH,
    plaintext: utf8Bytes(JSON.stringify(options.knock)),
  });
}

/** Opens a knock that was sealed under `secret` and signed by the key it names; undefined if it is not one. */
export async function openKnock(options: {
  readonly record: Uint8Array;
  readonly secret: Bytes;
  readonly room: string;
  readonly roomBytes: Bytes;
}): Promise<{ readonly knock: Knock; readonly member: string } | undefined> {
  const key = await knockSecret(options.secret, options.room);
  const opener = new RecordOpener({ room: options.roomBytes, secretOf: () => key });
  const plaintext = await opener.peek(options.record, { type: RECORD_TYPE.knock, place: PLACE });
  if (!plaintext) return undefined;
  const parsed = knockSchema.safeParse(parseJson(utf8Text(plaintext)));
  if (!parsed.success || !TOKEN_HASH.test(parsed.data.tokenHash)) return undefined;
  const keyBytes = fromBase64Url(parsed.data.key);
  const verifyKey = keyBytes && (await importVerifyKey(keyBytes));
  if (!keyBytes || !verifyKey) return undefined;
  const opened = await opener.open(
    options.record,
    { type: RECORD_TYPE.knock, place: PLACE },
    () => verifyKey,
  );
  if (!opened.ok) return undefined;
  const member = await memberOfKey(keyBytes);
  return toBase32(opened.header.sender) === member ? { knock: parsed.data, member } : undefined;
}

function knockSecret(secret: Bytes, room: string): Promise<Bytes> {
  return hkdf(secret, utf8Bytes(room), utf8Bytes(`${LABEL} knock`), 32);
}
