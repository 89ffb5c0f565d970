// The protocol's version: a change of what travels is a new hash here, its rule in docs/protocol, and a decision about the version.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { claimRequestSchema, claimSchema } from '../../src/protocol/claim.ts';
import {
  ackSchema,
  blobPartSchema,
  commandSchema,
  logPageSchema,
} from '../../src/protocol/command.ts';
import { COMMANDS } from '../../src/protocol/commandTable.ts';
import {
  beatSchema,
  cardSchema,
  deltaSchema,
  knockSchema,
  logSchema,
  presenceSchema,
  RECORD_TYPE,
} from '../../src/protocol/room.ts';
import { roomStateSchema } from '../../src/protocol/state.ts';
import { entrySchema } from '../../src/protocol/transcript.ts';
import { LABEL, PROTOCOL_VERSION, SUBPROTOCOL } from '../../src/protocol/version.ts';

/** Everything that another version could read differently. */
const SCHEMAS = {
  ack: ackSchema,
  beat: beatSchema,
  blobPart: blobPartSchema,
  card: cardSchema,
  claim: claimSchema,
  claimRequest: claimRequestSchema,
  command: commandSchema,
  delta: deltaSchema,
  entry: entrySchema,
  knock: knockSchema,
  log: logSchema,
  logPage: logPageSchema,
  presence: presenceSchema,
  state: roomStateSchema,
  ...Object.fromEntries(Object.entries(COMMANDS).map(([kind, { args }]) => [kind, args])),
};

/** Fields and kinds may be added within a version; removing or retyping one needs a new version. */
const PINNED: Readonly<Record<number, string>> = {
  1: 'c03990a9ecaead4f68d55a778d6772e1',
};

test('what travels is what the pinned version says', () => {
  const names = Object.entries(SCHEMAS).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([
    LABEL,
    SUBPROTOCOL,
    RECORD_TYPE,
    names.map(([name, schema]) => [name, z.toJSONSchema(schema, { unrepresentable: 'any' })]),
  ]);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  expect(hash).toBe(PINNED[PROTOCOL_VERSION]);
});
