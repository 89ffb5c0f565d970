// Every schema that travels, by name: what another version could read differently.
import * as z from 'zod/mini';
import { claimConflictSchema, claimRequestSchema, claimSchema } from '../../src/protocol/claim.ts';
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
} from '../../src/protocol/room.ts';
import { changeContextSchema, foundPageSchema } from '../../src/protocol/reading/foundEntries.ts';
import { roomStateSchema } from '../../src/protocol/state.ts';
import { entrySchema } from '../../src/protocol/transcript.ts';

/** What stands in records, documents and requests. */
export const PLAINTEXTS = {
  ack: ackSchema,
  beat: beatSchema,
  blobPart: blobPartSchema,
  card: cardSchema,
  changeContext: changeContextSchema,
  claim: claimSchema,
  claimConflict: claimConflictSchema,
  claimRequest: claimRequestSchema,
  command: commandSchema,
  delta: deltaSchema,
  entry: entrySchema,
  foundPage: foundPageSchema,
  knock: knockSchema,
  log: logSchema,
  logPage: logPageSchema,
  presence: presenceSchema,
  state: roomStateSchema,
} as const;

/** All of them; arguments of commands as `args.<kind>`. */
export const TRAVELLING: Readonly<Record<string, z.ZodMiniType>> = {
  ...PLAINTEXTS,
  ...Object.fromEntries(Object.entries(COMMANDS).map(([kind, { args }]) => [`args.${kind}`, args])),
};

/** A node of a JSON schema, as far as ours have such members. */
export interface JsonNode {
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonNode | boolean;
  readonly items?: JsonNode;
  readonly anyOf?: readonly JsonNode[];
  readonly oneOf?: readonly JsonNode[];
  readonly $ref?: string;
}

/** The JSON schema of a schema. */
export function jsonSchemaOf(schema: z.ZodMiniType): JsonNode {
  // Zod's own type of a JSON schema allows much more than ours have.
  return z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonNode;
}

/** The known words of a node that takes every other word too; undefined if it is no open list. */
export function openWords(node: JsonNode): readonly string[] | undefined {
  const [known, any, ...others] = node.anyOf ?? [];
  const isOpen = known?.enum !== undefined && any?.type === 'string' && others.length === 0;
  return isOpen ? known.enum : undefined;
}
