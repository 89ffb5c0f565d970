// What one member alone may open: sealed to its X25519 key, because everybody in the room has the secret of the epoch.
import { type Bytes, concatBytes, fromBase64Url, toBase64Url, utf8Bytes } from '../base/bytes.ts';
import { LABEL } from '../protocol/version.ts';
import type { Identity } from './identity.ts';
import { hkdfAesKey } from './keys.ts';

const subtle = globalThis.crypto.subtle;
const KEY_BYTES = 32;
/** Each key seals once. */
const NONCE = new Uint8Array(12);

/** Where a sealed text belongs: it opens nowhere else. */
export interface SealedPlace {
  readonly room: string;
  readonly member: string;
  readonly blob: string;
  readonly offset: number;
}

/** Seals bytes to a member's exchange key: base64url of a fresh public key ‖ AES-256-GCM; undefined if the key is none. */
export async function sealForMember(
  exchangeKey: string,
  place: SealedPlace,
  plaintext: Bytes,
): Promise<string | undefined> {
  const theirs = await importExchangeKey(exchangeKey);
  if (theirs === undefined) return undefined;
  // The union type of generateKey does not know that X25519 gives a pair.
  const fresh = (await subtle.generateKey('X25519', true, ['deriveBits'])) as CryptoKeyPair;
  const open = new Uint8Array(await subtle.exportKey('raw', fresh.publicKey));
  const key = await sharedKey(fresh.privateKey, theirs, open);
  const sealed = await subtle.encrypt(algorithm(place), key, plaintext);
  return toBase64Url(concatBytes(open, new Uint8Array(sealed)));
}

/** Opens what was sealed to this identity for this place; undefined if it was not. */
export async function openForMember(
  identity: Pick<Identity, 'exchangeKey' | 'exchangeSecret'>,
  place: SealedPlace,
  sealed: string,
): Promise<Bytes | undefined> {
  const bytes = fromBase64Url(sealed);
  const secret = fromBase64Url(identity.exchangeSecret);
  const own = await importExchangeKey(identity.exchangeKey);
  if (!bytes || !secret || !own) return undefined;
  const open = bytes.slice(0, KEY_BYTES);
  try {
    const [ours, theirs] = await Promise.all([
      subtle.importKey('pkcs8', secret, 'X25519', false, ['deriveBits']),
      subtle.importKey('raw', open, 'X25519', true, []),
    ]);
    const key = await sharedKey(ours, { key: theirs, bytes: own.bytes }, open);
    return new Uint8Array(await subtle.decrypt(algorithm(place), key, bytes.slice(KEY_BYTES)));
  } catch {
    return undefined;
  }
}

interface PublicKey {
  readonly key: CryptoKey;
  readonly bytes: Bytes;
}

/** HKDF(X25519, salt = fresh public key ‖ the member's, info = "th/1 member"); `theirs.bytes` is always the member's. */
async function sharedKey(ours: CryptoKey, theirs: PublicKey, fresh: Bytes): Promise<CryptoKey> {
  const shared = await subtle.deriveBits({ name: 'X25519', public: theirs.key }, ours, 256);
  const salt = concatBytes(fresh, theirs.bytes);
  return hkdfAesKey(new Uint8Array(shared), salt, utf8Bytes(`${LABEL} member`));
}

function algorithm({ room, member, blob, offset }: SealedPlace) {
  const additionalData = utf8Bytes(JSON.stringify([room, member, blob, offset]));
  return { name: 'AES-GCM', iv: NONCE, additionalData };
}

async function importExchangeKey(text: string): Promise<PublicKey | undefined> {
  const bytes = fromBase64Url(text);
  if (bytes?.length !== KEY_BYTES) return undefined;
  try {
    return { key: await subtle.importKey('raw', bytes, 'X25519', true, []), bytes };
  } catch {
    return undefined;
  }
}
