// Reads the JSON schema that a tool's server asks with; what it does not say as it should is any JSON.
import { isRecord } from '../../base/isRecord.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Json } from '../json.ts';
import type { FieldType, FormField } from './form.ts';

type Properties = Readonly<Record<string, unknown>>;

/** Fields of an object schema, those of `order` first and in it; undefined: this is no schema of an object. */
export function fieldsOfSchema(
  schema: unknown,
  order: readonly string[] = [],
): FormField[] | undefined {
  if (!isRecord(schema) || !isRecord(schema['properties'])) return undefined;
  if (schema['type'] !== undefined && schema['type'] !== 'object') return undefined;
  const properties: Properties = schema['properties'];
  const required = new Set(textsOf(schema['required']));
  const names = [...new Set([...order, ...Object.keys(properties)])];
  return names
    .filter((name) => Object.hasOwn(properties, name))
    .map((name) => fieldOf(name, properties[name], required.has(name)));
}

function fieldOf(name: string, schema: unknown, isRequired: boolean): FormField {
  const given: Properties = isRecord(schema) ? schema : {};
  const type = typeOf(given);
  const text = (key: string): string | undefined =>
    typeof given[key] === 'string' ? given[key] : undefined;
  const options = type === 'choices' ? optionsOf(given['items']) : optionsOf(given);
  return {
    name,
    type: type ?? 'json',
    ...omitUndefined({
      title: text('title'),
      description: text('description'),
      required: isRequired || undefined,
      // It came as JSON.
      default: given['default'] as Json | undefined,
      options: type === 'choice' || type === 'choices' ? options : undefined,
      ...boundsOf(type, given),
      format: type === 'text' ? text('format') : undefined,
    }),
  };
}

function typeOf(given: Properties): FieldType | undefined {
  switch (given['type']) {
    case 'string':
      return optionsOf(given) === undefined ? 'text' : 'choice';
    case 'number':
    case 'integer':
    case 'boolean':
      return given['type'];
    case 'array':
      return optionsOf(given['items']) === undefined ? undefined : 'choices';
    default:
      return undefined;
  }
}

function boundsOf(
  type: FieldType | undefined,
  given: Properties,
): { readonly min: number | undefined; readonly max: number | undefined } {
  const number = (key: string): number | undefined =>
    typeof given[key] === 'number' ? given[key] : undefined;
  switch (type) {
    case 'text':
      return { min: number('minLength'), max: number('maxLength') };
    case 'number':
    case 'integer':
      return { min: number('minimum'), max: number('maximum') };
    case 'choices':
      return { min: number('minItems'), max: number('maxItems') };
    default:
      return { min: undefined, max: undefined };
  }
}

/** Options as values with names of their own, or as values with titles; undefined: there are none. */
function optionsOf(schema: unknown): FormField['options'] {
  if (!isRecord(schema)) return undefined;
  const values = textsOf(schema['enum']);
  if (values.length > 0) {
    const names = textsOf(schema['enumNames']);
    return values.map((value, at) => ({ value, ...omitUndefined({ label: names[at] }) }));
  }
  const titled = [schema['oneOf'], schema['anyOf']].find(Array.isArray) ?? [];
  const options = titled.flatMap((one: unknown) => {
    if (!isRecord(one) || typeof one['const'] !== 'string') return [];
    const label = typeof one['title'] === 'string' ? one['title'] : undefined;
    return [{ value: one['const'], ...omitUndefined({ label }) }];
  });
  return options.length === 0 ? undefined : options;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
