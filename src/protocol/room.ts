// Plaintexts of a room's records other than state and commands: card, log, delta, beat, presence, knock.
import * as z from 'zod/mini';
import { jsonSchema } from './json.ts';
import { liveTextSchema } from './entryParts.ts';

/** Types of records; a record of one type is never accepted as another. */
export const RECORD_TYPE = {
  log: 1,
  delta: 2,
  state: 3,
  beat: 4,
  command: 5,
  ack: 6,
  presence: 7,
  segment: 8,
  blob: 9,
  knock: 10,
  hello: 11,
  grant: 12,
  audit: 13,
} as const;

/** [S11] What may have been done to a plaintext before it was padded and sealed; bits of the flags byte. */
export const RECORD_FLAG = {
  /** Raw DEFLATE, of log records alone. */
  deflated: 1,
} as const;

export type RecordType = (typeof RECORD_TYPE)[keyof typeof RECORD_TYPE];

/** Signed plaintext at the door of a room: who may write it. Signature by the room key over "th/1 card" ‖ text. */
export const cardSchema = z.looseObject({
  versions: z.array(z.number()),
  room: z.string(),
  /** Ed25519 room key, base64url; its hash is the room id. */
  roomKey: z.string(),
  term: z.int().check(z.gte(0), z.lte(0xffffffff)),
  /** Ed25519 key of this term's host process, base64url. */
  hostKey: z.string(),
  /** Boot id of the host process, base64url of 16 bytes (u32 term ‖ 12 random). */
  boot: z.string(),
  /** Host wall time, ms; a host renews its card well before. */
  notAfter: z.number(),
  /** Newest epoch, so that a holder of an older secret knows that it needs a new one. */
  epoch: z.number(),
});

/** Plaintext of a log record: the chain. */
export const logSchema = z.looseObject({
  index: z.int().check(z.gte(0)),
  /** SHA-256 of the previous plaintext, base64url; empty for index 0. */
  prev: z.string(),
  entry: jsonSchema,
});

const { messageId, block, ...liveText } = liveTextSchema.shape;

/** Plaintext of a streamed piece: in order by n until that message's entry exists. */
export const deltaSchema = z.looseObject({
  messageId,
  block,
  /** Number of the piece in its block, and of the last one that it was merged with. */
  n: z.number(),
  to: z.optional(z.number()),
  ...liveText,
});

/** Fields of an awareness state: the host's beat, and a member's presence. */
export const BEAT_FIELD = 'b';
export const PRESENCE_FIELD = 'p';

/** The host's heartbeat, in its awareness state. */
export const beatSchema = z.looseObject({
  rev: z.number(),
  index: z.number(),
  hash: z.string(),
  epoch: z.number(),
  /** Index of the oldest entry that the document holds; above `index` if it holds none. */
  first: z.optional(z.number()),
  /** Host wall time, ms. */
  at: z.number(),
  /** Windows of which the host misses commands, by their nonces, with the highest counter that has come. */
  short: z.optional(z.array(z.looseObject({ nonce: z.string(), received: z.number() }))),
  /** Nonces of the presence records that the host sees: proof to their senders that this room is not a replay. */
  seen: z.array(z.string()),
});

/** A member's presence, in its awareness state. */
export const presenceSchema = z.looseObject({
  nonce: z.string(),
  device: z.string(),
  /** 'session' or what of it they look at. */
  looksAt: z.optional(z.string()),
  typing: z.optional(z.boolean()),
  /** Fence that this window holds: renews its lease. */
  holds: z.optional(z.number()),
  /** Commands that this window has put into its channel so far. */
  sent: z.optional(z.number()),
});

/** A knock: sealed under the invite secret, signed by the new member's key. */
export const knockSchema = z.looseObject({
  versions: z.array(z.number()),
  /** Which invite, base32 id derived from its secret. */
  inviteId: z.string(),
  /** Ed25519 and X25519 keys, base64url. */
  key: z.string(),
  exchangeKey: z.string(),
  name: z.string().check(z.maxLength(80)),
  device: z.string().check(z.maxLength(80)),
  nonce: z.string(),
  /** SHA-256 of the token by which the member will enter its channel, base64url. */
  tokenHash: z.string(),
  at: z.number(),
});

export type Card = z.infer<typeof cardSchema>;
export type LogPlaintext = z.infer<typeof logSchema>;
export type Delta = z.infer<typeof deltaSchema>;
export type Beat = z.infer<typeof beatSchema>;
export type Presence = z.infer<typeof presenceSchema>;
export type Knock = z.infer<typeof knockSchema>;
