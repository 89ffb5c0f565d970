// What a host says to a relay about its room: the claim, signed by the room key, and the tokens it admits.
// A relay keeps what a newer host adds, and refuses the whole claim for a kind of access that it does not know.
import * as z from 'zod/mini';

/** One admission: SHA-256 (base64url, 43 characters) of a token and the documents it opens. */
export const relayTokenSchema = z.looseObject({
  hash: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
  grants: z
    .array(
      z.looseObject({
        /** Pattern by whole dot-separated labels, see matchesDocument. */
        doc: z.string().check(z.maxLength(200)),
        access: z.enum(['read', 'write']),
      }),
    )
    .check(z.maxLength(8)),
  /** Taken only straight from this computer, and without an Origin header unless `pages` is set. */
  loopbackOnly: z.optional(z.boolean()),
  /** With loopbackOnly: taken from pages of this computer too, which send an Origin. */
  pages: z.optional(z.boolean()),
  /** A room's host: its sockets may write everything and are not cut to the guests' frame size. */
  host: z.optional(z.boolean()),
  /** Wall time of the relay, ms since 1970, after which the token is refused. */
  notAfter: z.optional(z.number()),
});

/** Body of `PUT /-/rooms/<room>`; replaces all tokens of the room. */
export const claimSchema = z.looseObject({
  room: z.string(),
  /** Ed25519 room key, base64url; its hash is the room id. */
  roomKey: z.string(),
  term: z.int().check(z.gte(0), z.lte(0xffffffff)),
  /** Random id of the host process, base64url. */
  boot: z.string().check(z.maxLength(64)),
  /** Rises with every claim of one boot: an older claim that arrives late is refused. */
  rev: z.int().check(z.gte(0)),
  /** Wall time when signed, ms; the relay refuses one that is more than an hour off, unless it has the room. */
  at: z.number(),
  tokens: z.array(relayTokenSchema).check(z.maxLength(512)),
});

/** The request: the claim's exact JSON text and its signature, so that both sides sign the same bytes. */
export const claimRequestSchema = z.looseObject({
  claim: z.string(),
  /** Ed25519 over "th/1 claim" ‖ UTF-8 of `claim`, by the room key; base64url. */
  signature: z.string(),
});

/** Answer 409: who holds the room now. */
export const claimConflictSchema = z.looseObject({
  term: z.number(),
  boot: z.string(),
  rev: z.number(),
});

export type RelayToken = z.infer<typeof relayTokenSchema>;
export type Claim = z.infer<typeof claimSchema>;
export type ClaimRequest = z.infer<typeof claimRequestSchema>;
export type ClaimConflict = z.infer<typeof claimConflictSchema>;
