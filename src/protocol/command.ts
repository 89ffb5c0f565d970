// How commands to the host travel, and its answers. What each kind carries is in commandTable.ts.
import * as z from 'zod/mini';
import { jsonSchema } from './json.ts';
import { openEnum } from './openEnum.ts';
import { saidPartsSchema } from './said.ts';

/** A command as it travels: the header of its record carries member, boot and term. */
export const commandSchema = z.looseObject({
  /** UUID. */
  id: z.string().check(z.regex(/^[0-9a-f-]{36}$/)),
  /** Counter from 1 per member and boot, for ordered kinds. */
  cseq: z.optional(z.int().check(z.gte(1))),
  /** Term of the host that the sender knows. */
  term: z.number(),
  /** Fence that the sender holds or held last; absent = never had control. */
  fence: z.optional(z.number()),
  kind: z.string(),
  args: jsonSchema,
  /** Host wall time after which it must not run, ms. */
  notAfter: z.number(),
});

/** Why a command was refused. */
export const rejectionSchema = z.enum([
  'not-member',
  'not-allowed',
  'stale-term',
  'expired',
  'gap',
  'voided',
  'no-control',
  'superseded',
  'already-answered',
  'not-found',
  'unsupported',
  'invalid',
  'too-large',
  'too-many',
  'busy',
  'read-only',
  'failed',
  'unseen',
]);

/** How far a command got; after 'done', 'rejected' and 'unknown' nothing follows. */
export const ackStatusSchema = z.enum(['received', 'running', 'done', 'rejected', 'unknown']);

/** The host's answer to one command; the newest replaces the older. */
export const ackSchema = z.looseObject({
  id: z.string(),
  status: openEnum(ackStatusSchema),
  code: z.optional(openEnum(rejectionSchema)),
  /** For people: what happened, what was kept, what to do. */
  message: z.optional(z.string()),
  /** The sentences of `message`, to be translated. */
  said: z.optional(saidPartsSchema),
  /** With 'gap': the counter that is missing. */
  expected: z.optional(z.number()),
  result: z.optional(jsonSchema),
});

export type Command = z.infer<typeof commandSchema>;
export type Rejection = z.infer<typeof rejectionSchema>;
export type AckStatus = z.infer<typeof ackStatusSchema>;
export type Ack = z.infer<typeof ackSchema>;

/** Result of `fetch log`. */
export const logPageSchema = z.looseObject({
  /** Index of the first plaintext. */
  from: z.number(),
  /** Exact plaintext JSON texts of the records, in order. */
  records: z.array(z.string()),
});

/** [I8] A blob whose parts lie in `<room>.b.<id>.<k>`. */
export const publishedBlobSchema = z.looseObject({
  id: z.string(),
  /** SHA-256 of the whole, base64url. */
  sha256: z.string(),
});

/** Result of `fetch blob`. */
export const blobPartSchema = z.looseObject({
  offset: z.number(),
  totalBytes: z.number(),
  /** Bytes, base64url. */
  bytes: z.string(),
  /** [R18] Of what is for owners alone: the bytes, sealed to who asked, base64url; `bytes` is empty then. */
  sealed: z.optional(z.string()),
  /** [I8] The whole lies on the relay; `bytes` is empty then. */
  published: z.optional(publishedBlobSchema),
});

export type LogPage = z.infer<typeof logPageSchema>;
export type PublishedBlob = z.infer<typeof publishedBlobSchema>;
export type BlobPart = z.infer<typeof blobPartSchema>;
