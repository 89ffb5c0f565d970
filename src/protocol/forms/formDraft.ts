// A form while it is filled in: what stands in its fields, as texts that somebody types or as what they stand for.
import { isRecord } from '../../base/isRecord.ts';
import type { Json } from '../json.ts';
import { fieldTypeOf, type Form, type FormField, isSecretField, optionsOf } from './form.ts';
import { fieldProblem, isEmpty } from './formContent.ts';

/** Values by the names of their fields; what is not filled in is not there. */
export type FormDraft = Readonly<Record<string, Json>>;

/** What stands in a form at first: its defaults. */
export function firstDraft({ fields = [] }: Form): FormDraft {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = defaultOf(field);
      return value === undefined ? [] : [[field.name, value] as const];
    }),
  );
}

/** The default of a field; undefined: it has none, or one that does not fit, which nobody could see to be wrong. */
export function defaultOf(field: FormField): Json | undefined {
  const { default: value } = field;
  return fieldProblem({ ...field, required: false }, value) === undefined ? value : undefined;
}

/** What stands in a field; undefined: nothing. */
export function valueIn(draft: FormDraft, name: string): Json | undefined {
  return Object.hasOwn(draft, name) ? draft[name] : undefined;
}

/** [U9] A draft as it may be kept: without what looks like a secret. */
export function keptDraft(form: Form, draft: FormDraft): FormDraft {
  return partOf(draft, form.fields, (field) => !isSecretField(field));
}

/** The draft that was kept, with the defaults of what was not; without one that of the beginning. */
export function restoredDraft(form: Form, kept: Json | undefined): FormDraft {
  const first = firstDraft(form);
  if (!isDraft(kept)) return first;
  return { ...partOf(first, form.fields, isSecretField), ...keptDraft(form, kept) };
}

function partOf(
  draft: FormDraft,
  fields: Form['fields'] = [],
  isMeant: (field: FormField) => boolean,
): FormDraft {
  const entries = fields.filter(isMeant).flatMap(({ name }) => {
    const value = valueIn(draft, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function isDraft(kept: Json | undefined): kept is FormDraft {
  return isRecord(kept);
}

/** With another value in a field; undefined empties it. */
export function withValue(draft: FormDraft, name: string, value: Json | undefined): FormDraft {
  const rest = Object.entries(draft).filter(([other]) => other !== name);
  return Object.fromEntries(value === undefined ? rest : [...rest, [name, value]]);
}

/** What is answered: a field with an empty text was not filled in. */
export function contentOf(
  { fields = [] }: Form,
  draft: FormDraft,
): { readonly [name: string]: Json } {
  const entries = fields.flatMap((field) => {
    const value = valueIn(draft, field.name);
    return value === undefined || isEmpty(field, value) ? [] : [[field.name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** What is answered by what was typed: texts of numbers and of JSON are read. */
export function typedContent(form: Form, draft: FormDraft): { readonly [name: string]: Json } {
  const read = (form.fields ?? []).flatMap((field) => {
    const value = valueIn(draft, field.name);
    const isTyped = ['number', 'integer', 'json'].includes(fieldTypeOf(field));
    const given = isTyped && typeof value === 'string' ? readValue(field, value) : value;
    return given === undefined ? [] : [[field.name, given] as const];
  });
  return contentOf(form, Object.fromEntries(read));
}

/** Other ways to write numbers stand for something else to most people. */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const YES = /^(yes|y|true|on|1)$/i;
const NO = /^(no|n|false|off|0)$/i;

/**
 * What a typed text stands for in a field: a number, yes or no, an option by its place, value or label,
 * several of them with commas between. What it cannot be read as stays the text, and is found wrong.
 */
export function readValue(field: FormField, text: string): Json | undefined {
  const typed = text.trim();
  if (typed === '') return undefined;
  switch (fieldTypeOf(field)) {
    case 'text':
      return text;
    case 'number':
    case 'integer':
      return NUMBER.test(typed) && Number.isFinite(Number(typed)) ? Number(typed) : typed;
    case 'boolean':
      return YES.test(typed) ? true : NO.test(typed) ? false : typed;
    case 'choice':
      return optionOf(field, typed);
    case 'choices':
      // A label may have a comma itself.
      return exactOption(field, typed) !== undefined
        ? [optionOf(field, typed)]
        : typed.split(',').map((part) => optionOf(field, part.trim()));
    case 'json':
      return jsonOrText(typed);
  }
}

function jsonOrText(text: string): Json {
  try {
    // JSON.parse gives nothing but JSON.
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** What is shown comes before what it stands for. */
function exactOption(field: FormField, text: string): string | undefined {
  const options = optionsOf(field);
  const found =
    options.find(({ label }) => label === text) ?? options.find(({ value }) => value === text);
  return found?.value;
}

function optionOf(field: FormField, text: string): string {
  const placed = /^\d+$/.test(text) ? optionsOf(field)[Number(text) - 1]?.value : undefined;
  return exactOption(field, text) ?? placed ?? text;
}

/** A value as a text for people: options by their labels. */
export function valueText(field: FormField, value: Json | undefined): string {
  const labelOf = (one: Json): string =>
    typeof one === 'string'
      ? (optionsOf(field).find((option) => option.value === one)?.label ?? one)
      : JSON.stringify(one);
  if (value === undefined) return '';
  const values: readonly Json[] = Array.isArray(value) ? value : [value];
  return values.map(labelOf).join(', ');
}
