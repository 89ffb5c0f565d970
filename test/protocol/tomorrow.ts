// What a peer of a later version says: one addition of every kind (test/fixtures/tomorrow.json).
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { type Json, jsonSchema } from '../../src/protocol/json.ts';

const recordSchema = z.record(z.string(), jsonSchema);

const fixtureSchema = z.object({
  card: recordSchema,
  state: recordSchema,
  machineState: recordSchema,
  unreadableState: recordSchema,
  entries: z.array(recordSchema),
  acks: z.array(recordSchema),
  knock: recordSchema,
  commands: z.array(
    z.object({
      says: z.string(),
      kind: z.string(),
      args: jsonSchema,
      more: z.optional(recordSchema),
      answer: recordSchema,
    }),
  ),
  presence: recordSchema,
  member: recordSchema,
  invite: recordSchema,
  token: recordSchema,
});

/** Members of a JSON object. */
export type JsonRecord = Readonly<Record<string, Json>>;

/** The fixture, exactly as it would come over the wire. */
export const tomorrow = fixtureSchema.parse(
  JSON.parse(readFileSync(new URL('../fixtures/tomorrow.json', import.meta.url), 'utf8')),
);
