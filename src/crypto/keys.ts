// Keys and hashes: WebCrypto only, so that every runtime runs the same code.
import {
  type Bytes,
  concatBytes,
  fromBase64Url,
  toBase32,
  toBase64Url,
  utf8Bytes,
} from '../base/bytes.ts';

const subtle = globalThis.crypto.subtle;

/** An Ed25519 pair that signs; the private key does not leave it but for `exportSigningPair`. */
export interface SigningPair {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
  /** Raw public key, 32 bytes. */
  readonly publicBytes: Bytes;
}

/** SHA-256, 32 bytes. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.digest('SHA-256', bytes));
}

/** SHA-256 of a text's UTF-8, base64url: the hash of the log's chain. */
export async function textHash(text: string): Promise<string> {
  return toBase64Url(await sha256(utf8Bytes(text)));
}

/** Makes random bytes: those of the system, but for tests of exact bytes. */
export type RandomBytes = (length: number) => Bytes;

/** Fresh random bytes. */
export function randomBytes(length: number): Bytes {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

/** A boot id: u32 term ‖ 12 random bytes; new per process, per term seen, after a clock jump and after 2^20 records. */
export function newBootOf(term: number, random: RandomBytes = randomBytes): Bytes {
  const boot = concatBytes(new Uint8Array(4), random(12));
  new DataView(boot.buffer).setUint32(0, term);
  return boot;
}

/** HKDF-SHA-256 to `length` bytes. */
export async function hkdf(
  secret: Bytes,
  salt: Bytes,
  info: Bytes,
  length: number,
): Promise<Bytes> {
  const key = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const bits = await subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt, info },
    key,
    length * 8,
  );
  return new Uint8Array(bits);
}

/** HKDF-SHA-256 to an AES-256-GCM key that cannot be exported. */
export async function hkdfAesKey(secret: Bytes, salt: Bytes, info: Bytes): Promise<CryptoKey> {
  return subtle.importKey('raw', await hkdf(secret, salt, info, 32), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
}

/** Makes an Ed25519 pair. */
export async function generateSigningPair(): Promise<SigningPair> {
  const pair = await subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  // The union type of generateKey does not know that Ed25519 gives a pair.
  const { publicKey, privateKey } = pair as CryptoKeyPair;
  return { publicKey, privateKey, publicBytes: await rawPublicKey(publicKey) };
}

/** PKCS #8 of the private key and the raw public key, base64url each, joined by a dot: secret. */
export async function exportSigningPair(pair: SigningPair): Promise<string> {
  const pkcs8 = new Uint8Array(await subtle.exportKey('pkcs8', pair.privateKey));
  return `${toBase64Url(pkcs8)}.${toBase64Url(pair.publicBytes)}`;
}

/** Reads what exportSigningPair wrote; undefined if it is not one. */
export async function importSigningPair(text: string): Promise<SigningPair | undefined> {
  const [secret, open] = text.split('.').map(fromBase64Url);
  if (!secret || !open) return undefined;
  const publicKey = await importVerifyKey(open);
  if (!publicKey) return undefined;
  try {
    const privateKey = await subtle.importKey('pkcs8', secret, 'Ed25519', true, ['sign']);
    return { publicKey, privateKey, publicBytes: open };
  } catch {
    return undefined;
  }
}

/** Imports a raw Ed25519 public key; undefined if it is not 32 bytes of one. */
export async function importVerifyKey(raw: Bytes): Promise<CryptoKey | undefined> {
  if (raw.length !== 32) return undefined;
  try {
    return await subtle.importKey('raw', raw, 'Ed25519', true, ['verify']);
  } catch {
    return undefined;
  }
}

/** Ed25519 signature, 64 bytes. */
export async function sign(pair: SigningPair, bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.sign('Ed25519', pair.privateKey, bytes));
}

/** Whether `signature` is one of `bytes` by `key`. */
export async function verify(key: CryptoKey, signature: Bytes, bytes: Bytes): Promise<boolean> {
  return subtle.verify('Ed25519', key, signature, bytes);
}

/** Sender id of a key: first 16 bytes of SHA-256(raw Ed25519 public key). */
export async function senderOfKey(publicBytes: Bytes): Promise<Bytes> {
  return (await sha256(publicBytes)).slice(0, 16);
}

/** Member id of a key: its sender id as 26 base32 characters. */
export async function memberOfKey(publicBytes: Bytes): Promise<string> {
  return toBase32(await senderOfKey(publicBytes));
}

async function rawPublicKey(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await subtle.exportKey('raw', key));
}
