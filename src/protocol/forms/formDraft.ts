// A form while it is filled in: what stands in its fields, as texts that somebody types or as what they stand for.
import type { Json } from '../json.ts';
import { fieldTypeOf, type Form, type FormField } from './form.ts';

/** Values by the names of their fields; what is not filled in is not there. */
export type FormDraft = Readonly<Record<string, Json>>;

/** What stands in a form at first: its defaults. */
export function firstDraft({ fields = [] }: Form): FormDraft {
  return Object.fromEntries(
    fields.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])),
  );
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
  const entries = fields.flatMap(({ name }) => {
    const value = Object.hasOwn(draft, name) ? draft[name] : undefined;
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** What is answered by what was typed: texts of numbers and of JSON are read. */
export function typedContent(form: Form, draft: FormDraft): { readonly [name: string]: Json } {
  const read = (form.fields ?? []).flatMap((field) => {
    const value = Object.hasOwn(draft, field.name) ? draft[field.name] : undefined;
    const isTyped = ['number', 'integer', 'json'].includes(fieldTypeOf(field));
    const given = isTyped && typeof value === 'string' ? readValue(field, value) : value;
    return given === undefined ? [] : [[field.name, given] as const];
  });
  return contentOf(form, Object.fromEntries(read));
}

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
      return Number.isFinite(Number(typed)) ? Number(typed) : typed;
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

function exactOption({ options = [] }: FormField, text: string): string | undefined {
  return options.find(({ value, label }) => value === text || label === text)?.value;
}

function optionOf(field: FormField, text: string): string {
  const placed = /^\d+$/.test(text) ? field.options?.[Number(text) - 1]?.value : undefined;
  return exactOption(field, text) ?? placed ?? text;
}

/** A value as a text for people: options by their labels. */
export function valueText(field: FormField, value: Json | undefined): string {
  const labelOf = (one: Json): string =>
    typeof one === 'string'
      ? (field.options?.find((option) => option.value === one)?.label ?? one)
      : JSON.stringify(one);
  if (value === undefined) return '';
  const values: readonly Json[] = Array.isArray(value) ? value : [value];
  return values.map(labelOf).join(', ');
}
