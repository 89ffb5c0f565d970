// The card at a room's door: signed in the clear by the room key, so that a replica knows its host.
import { type Bytes, concatBytes, fromBase64Url, utf8Bytes } from '../base/bytes.ts';
import { parseJson } from '../protocol/json.ts';
import { type Card, cardSchema } from '../protocol/room.ts';
import { LABEL } from '../protocol/version.ts';
import { roomIdOfKey } from './admissionToken.ts';
import { importVerifyKey, sign, type SigningPair, verify } from './keys.ts';

const CARD_LABEL = utf8Bytes(`${LABEL} card`);

/** Signs a card: 64-byte signature ‖ UTF-8 of its JSON. */
export async function sealCard(roomPair: SigningPair, card: Card): Promise<Bytes> {
  const text = utf8Bytes(JSON.stringify(card));
  return concatBytes(await sign(roomPair, concatBytes(CARD_LABEL, text)), text);
}

/** Reads a card that belongs to `room`; undefined if it is malformed, of another room or not signed by its key. */
export async function openCard(bytes: Uint8Array, room: string): Promise<Card | undefined> {
  if (bytes.length < 64 || bytes.length > 4096) return undefined;
  const text = bytes.slice(64);
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return undefined;
  }
  const parsed = cardSchema.safeParse(parseJson(json));
  if (!parsed.success || parsed.data.room !== room) return undefined;
  const roomKey = fromBase64Url(parsed.data.roomKey);
  if (!roomKey || (await roomIdOfKey(roomKey)) !== room) return undefined;
  const key = await importVerifyKey(roomKey);
  if (!key || !(await verify(key, bytes.slice(0, 64), concatBytes(CARD_LABEL, text)))) {
    return undefined;
  }
  return parsed.data;
}
