// Values of a schema as a later version may send them: every object with a member more, every open word another one.
import fc from 'fast-check';
import type { Json } from '../../src/protocol/json.ts';
import { type JsonNode, openWords } from './travellingSchemas.ts';

/** How values are made. */
export interface TomorrowOptions {
  /** Members of each object that no schema names. */
  readonly extra: fc.Arbitrary<Readonly<Record<string, Json>>>;
  /** Words for an open list. */
  readonly word: (known: readonly string[]) => fc.Arbitrary<string>;
}

/** Any JSON, small; a negative zero would not survive its text. */
export const anyJson: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 2 })
  // What fast-check calls a JSON value is one, but for names that it may make of the prototype's.
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto')) as Json);

/** Words that no list has: also what every object answers to. */
export function unknownWord(known: readonly string[]): fc.Arbitrary<string> {
  const words = ['tomorrow', 'constructor', 'toString', '__proto__', '', 'Owner', ' viewer'];
  return fc
    .oneof(fc.constantFrom(...words), fc.string({ maxLength: 20 }))
    .filter((word) => !known.includes(word));
}

/** What tomorrow sends. */
export const TOMORROW: TomorrowOptions = {
  extra: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 8 }).map((name) => `tomorrow ${name}`),
    anyJson,
    { minKeys: 1, maxKeys: 3 },
  ),
  word: unknownWord,
};

/** What this version sends. */
export const TODAY: TomorrowOptions = {
  extra: fc.constant({}),
  word: (known) => fc.constantFrom(...known),
};

/** Values of a JSON schema. Throws for a kind of node that our schemas do not have. */
export function valuesOf(node: JsonNode, options: TomorrowOptions): fc.Arbitrary<Json> {
  const words = openWords(node);
  if (words) return options.word(words);
  // Only JSON of any form refers to another node: itself.
  if (node.$ref !== undefined) return anyJson;
  const branches = node.oneOf ?? node.anyOf;
  if (branches) return fc.oneof(...branches.map((branch) => valuesOf(branch, options)));
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum) return fc.constantFrom(...node.enum);
  switch (node.type) {
    case 'string':
      return stringsOf(node);
    case 'integer':
      return fc.integer({
        min: node.minimum ?? 0,
        max: Math.min(node.maximum ?? 1e9, 2 ** 31 - 1),
      });
    case 'number':
      return fc.integer({ min: -1e9, max: 1e15 }).map((n) => n / 4 || 0);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valuesOf(node.items ?? {}, options), { maxLength: 3 });
    case 'object':
      return objectsOf(node, options);
    default:
      throw new Error(`no values for ${JSON.stringify(node)}`);
  }
}

function stringsOf({ pattern, maxLength = 12 }: JsonNode): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ maxLength: Math.min(maxLength, 12) });
}

function objectsOf(node: JsonNode, options: TomorrowOptions): fc.Arbitrary<Json> {
  const { properties, additionalProperties, required = [] } = node;
  const isRecord = properties === undefined && typeof additionalProperties === 'object';
  if (isRecord && Object.keys(additionalProperties).length > 0) {
    const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '__proto__');
    return fc.dictionary(name, valuesOf(additionalProperties, options), { maxKeys: 3 });
  }
  const members = Object.entries(properties ?? {}).map(
    ([name, child]) => [name, valuesOf(child, options)] as const,
  );
  const known = fc.record(Object.fromEntries(members), { requiredKeys: [...required] });
  return fc.tuple(known, options.extra).map(([object, extra]) => ({ ...object, ...extra }));
}

/** A place in a value where a closed list of words stands, and how to put another word there. */
export interface ClosedPlace {
  readonly path: string;
  readonly known: readonly string[];
  readonly put: (word: string) => void;
}

/** The closed lists of a value; discriminators of unions are none. The value is changed by `put`. */
export function closedPlaces(
  node: JsonNode,
  value: Json,
  path = '',
  put?: (word: string) => void,
): ClosedPlace[] {
  if (openWords(node) || node.$ref !== undefined) return [];
  if (node.enum) return put ? [{ path, known: node.enum, put }] : [];
  if (node.oneOf) {
    return node.oneOf
      .filter((branch) => isBranchOf(branch, value))
      .flatMap((branch) => closedPlaces(branch, value, path));
  }
  if (Array.isArray(value)) {
    const items: Json[] = value;
    return items.flatMap((item, i) =>
      closedPlaces(node.items ?? {}, item, `${path}[]`, (word) => (items[i] = word)),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    // Made by an arbitrary just now: nobody else holds it.
    const object = value as Record<string, Json>;
    const member = object[name];
    if (member === undefined) return [];
    return closedPlaces(child, member, `${path}.${name}`, (word) => (object[name] = word));
  });
}

/** Whether a value is of this branch of a discriminated union. */
function isBranchOf(branch: JsonNode, value: Json): boolean {
  return Object.entries(branch.properties ?? {}).every(
    ([name, child]) =>
      child.const === undefined ||
      (typeof value === 'object' && value !== null && Reflect.get(value, name) === child.const),
  );
}
