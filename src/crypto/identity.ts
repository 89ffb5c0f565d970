// The identity of a device: made once, kept in a secret store, the member of every room it joins.
import { type Bytes, fromBase64Url, toBase64Url, utf8Bytes } from '../base/bytes.ts';
import { LABEL } from '../protocol/version.ts';
import {
  exportSigningPair,
  generateSigningPair,
  hkdf,
  importSigningPair,
  memberOfKey,
  randomBytes,
  type SigningPair,
} from './keys.ts';

const subtle = globalThis.crypto.subtle;

/** A device's keys. */
export interface Identity {
  readonly signing: SigningPair;
  /** X25519 public key, base64url: later grants are sealed to it. */
  readonly exchangeKey: string;
  /** X25519 private key, PKCS #8, base64url: secret. */
  readonly exchangeSecret: string;
  /** 32 bytes that channel tokens are derived from: secret. */
  readonly seed: Bytes;
  /** Member id in every room. */
  readonly member: string;
}

/** Makes a new identity. */
export async function createIdentity(): Promise<Identity> {
  const signing = await generateSigningPair();
  // The union type of generateKey does not know that X25519 gives a pair.
  const exchange = (await subtle.generateKey('X25519', true, ['deriveBits'])) as CryptoKeyPair;
  return {
    signing,
    exchangeKey: toBase64Url(new Uint8Array(await subtle.exportKey('raw', exchange.publicKey))),
    exchangeSecret: toBase64Url(
      new Uint8Array(await subtle.exportKey('pkcs8', exchange.privateKey)),
    ),
    seed: randomBytes(32),
    member: await memberOfKey(signing.publicBytes),
  };
}

/** One line of text for a secret store. */
export async function exportIdentity(identity: Identity): Promise<string> {
  return [
    '1',
    await exportSigningPair(identity.signing),
    identity.exchangeKey,
    identity.exchangeSecret,
    toBase64Url(identity.seed),
  ].join(':');
}

/** Reads what exportIdentity wrote; undefined if it is not one. */
export async function importIdentity(text: string): Promise<Identity | undefined> {
  const [version, pair, exchangeKey, exchangeSecret, seedText] = text.split(':');
  if (version !== '1' || !pair || !exchangeKey || !exchangeSecret || !seedText) return undefined;
  const signing = await importSigningPair(pair);
  const seed = fromBase64Url(seedText);
  if (!signing || seed?.length !== 32) return undefined;
  return {
    signing,
    exchangeKey,
    exchangeSecret,
    seed,
    member: await memberOfKey(signing.publicBytes),
  };
}

/** The token by which this device enters its channel of `room`: 43 characters, the same at every start. */
export async function channelToken(identity: Identity, room: string): Promise<string> {
  const bytes = await hkdf(identity.seed, utf8Bytes(room), utf8Bytes(`${LABEL} channel`), 32);
  return toBase64Url(bytes);
}
