// Who may do what at a relay: room ids, signed claims, admission tokens. All that a relay needs of crypto.
import {
  type Bytes,
  concatBytes,
  fromBase64Url,
  toBase32,
  toBase64Url,
  utf8Bytes,
} from '../base/bytes.ts';
import { type Claim, type ClaimRequest, claimSchema } from '../protocol/claim.ts';
import { parseJson } from '../protocol/json.ts';
import { LABEL } from '../protocol/version.ts';

/** Bytes of a room id: a second preimage would need 2^128 tries. */
const ROOM_ID_BYTES = 16;
const ROOM_KEY_BYTES = 32;
const TOKEN_BYTES = 32;

/** Room id of an Ed25519 room key (32 raw bytes): base32 of the first 16 bytes of SHA-256("th/1 room" ‖ key). */
export async function roomIdOfKey(roomKey: Bytes): Promise<string> {
  const digest = await sha256(concatBytes(utf8Bytes(`${LABEL} room`), roomKey));
  return toBase32(digest.subarray(0, ROOM_ID_BYTES));
}

/** Makes the body of a claim request; `sign` is Ed25519 with the room's private key. */
export async function signClaim(
  claim: Claim,
  sign: (message: Bytes) => Promise<Uint8Array>,
): Promise<ClaimRequest> {
  const text = JSON.stringify(claim);
  return { claim: text, signature: toBase64Url(await sign(claimMessage(text))) };
}

/** The claim of a request, if its key hashes to its room and the signature is that key's; else undefined. */
export async function verifyClaim(request: ClaimRequest): Promise<Claim | undefined> {
  const claim = parseClaim(request.claim);
  const key = claim && fromBase64Url(claim.roomKey);
  const signature = fromBase64Url(request.signature);
  if (!claim || key?.length !== ROOM_KEY_BYTES || signature?.length !== 64) return undefined;
  if ((await roomIdOfKey(key)) !== claim.room) return undefined;
  try {
    const verifier = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    const message = claimMessage(request.claim);
    return (await crypto.subtle.verify('Ed25519', verifier, signature, message))
      ? claim
      : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-256 of a token's text, base64url: what a relay stores instead of the token. */
export async function hashToken(token: string): Promise<string> {
  return toBase64Url(await sha256(utf8Bytes(token)));
}

/** The token that an invite secret (32 bytes) admits with: 43 characters base64url, one per room. */
export async function admissionToken(inviteSecret: Bytes, room: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', inviteSecret, 'HKDF', false, ['deriveBits']);
  const params = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: utf8Bytes(room),
    info: utf8Bytes(`${LABEL} admission`),
  };
  return toBase64Url(new Uint8Array(await crypto.subtle.deriveBits(params, key, TOKEN_BYTES * 8)));
}

function claimMessage(text: string): Bytes {
  return utf8Bytes(`${LABEL} claim${text}`);
}

function parseClaim(text: string): Claim | undefined {
  return claimSchema.safeParse(parseJson(text)).data;
}

async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
