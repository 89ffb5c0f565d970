// Whether what was filled in is what a form asks for: the host decides by it, and pages say it while somebody types.
import { isRecord } from '../../base/isRecord.ts';
import { say, type Words } from '../../base/say.ts';
import type { Json } from '../json.ts';
import { fieldTitle, fieldTypeOf, type Form, type FormField } from './form.ts';

/** What is wrong with one field. */
export interface FieldProblem {
  /** Name of the field. */
  readonly field: string;
  readonly words: Words;
}

const EMAIL = /^[^\s@]+@[^\s@]+$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;

/** [U2] What is wrong with a content, first field first; empty: it may go to the agent. */
export function contentProblems(form: Form, content: Json | undefined): readonly FieldProblem[] {
  const { fields = [] } = form;
  const given = isRecord(content) ? content : undefined;
  if (content !== undefined && given === undefined) {
    return [{ field: '', words: say`What was filled in is no list of fields.` }];
  }
  const known = new Set(fields.map(({ name }) => name));
  const strange = Object.keys(given ?? {}).filter((name) => !known.has(name));
  return [
    ...fields.flatMap((field) => {
      const words = fieldProblem(field, valueOf(given, field.name));
      return words === undefined ? [] : [{ field: field.name, words }];
    }),
    ...strange.map((field) => ({ field, words: say`The form has no field “${field}”.` })),
  ];
}

function valueOf(given: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return given !== undefined && Object.hasOwn(given, name) ? given[name] : undefined;
}

/** What is wrong with the value of one field; undefined: nothing. */
export function fieldProblem(field: FormField, value: unknown): Words | undefined {
  const title = fieldTitle(field);
  if (isEmpty(field, value)) {
    return field.required === true ? say`“${title}” is needed.` : undefined;
  }
  switch (fieldTypeOf(field)) {
    case 'text':
      return textProblem(field, value);
    case 'number':
    case 'integer':
      return numberProblem(field, value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : say`“${title}” must be yes or no.`;
    case 'choice':
      return isOption(field, value) ? undefined : say`“${title}” must be one of its options.`;
    case 'choices':
      return choicesProblem(field, value);
    case 'json':
      return undefined;
  }
}

/** Whether a value is as good as none: an empty text is, unless it is an option. */
export function isEmpty(field: FormField, value: unknown): boolean {
  const isOfOptions = fieldTypeOf(field) === 'choice' && isOption(field, '');
  return value === undefined || (value === '' && !isOfOptions);
}

function textProblem(field: FormField, value: unknown): Words | undefined {
  const title = fieldTitle(field);
  if (typeof value !== 'string') return say`“${title}” must be a text.`;
  const { min, max } = field;
  // As schemas count: a character beyond the first plane is one.
  const { length } = Array.from(value);
  if (min !== undefined && length < min) return say`“${title}” needs at least ${min} characters.`;
  if (max !== undefined && length > max) return say`“${title}” takes at most ${max} characters.`;
  switch (field.format) {
    case 'email':
      return EMAIL.test(value) ? undefined : say`“${title}” must be an e-mail address.`;
    case 'uri':
      return URL.canParse(value) ? undefined : say`“${title}” must be a full web address.`;
    case 'date':
      return isDate(value) ? undefined : say`“${title}” must be a date like 2026-01-31.`;
    case 'date-time':
      return DATE_TIME.test(value) && isDate(value.slice(0, 10))
        ? undefined
        : say`“${title}” must be a date and time like 2026-01-31T12:00:00Z.`;
    default:
      return undefined;
  }
}

/** The day has to be in the calendar. */
function isDate(text: string): boolean {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function numberProblem(field: FormField, value: unknown): Words | undefined {
  const title = fieldTitle(field);
  const { min, max } = field;
  if (typeof value !== 'number' || !Number.isFinite(value))
    return say`“${title}” must be a number.`;
  if (fieldTypeOf(field) === 'integer' && !Number.isInteger(value)) {
    return say`“${title}” must be a whole number.`;
  }
  // A larger one would reach the agent as another one.
  if (fieldTypeOf(field) === 'integer' && !Number.isSafeInteger(value)) {
    return say`“${title}” has too many digits: it can't be passed on as it is.`;
  }
  if (min !== undefined && value < min) return say`“${title}” must be ${min} or more.`;
  if (max !== undefined && value > max) return say`“${title}” must be ${max} or less.`;
  return undefined;
}

function isOption({ options = [] }: FormField, value: unknown): boolean {
  return options.some((option) => option.value === value);
}

function choicesProblem(field: FormField, value: unknown): Words | undefined {
  const title = fieldTitle(field);
  const { min, max } = field;
  if (!Array.isArray(value) || !value.every((one) => isOption(field, one))) {
    return say`“${title}” takes its options only.`;
  }
  if (new Set(value).size !== value.length) return say`“${title}” has an option twice.`;
  if (min !== undefined && value.length < min)
    return say`“${title}” needs at least ${min} options.`;
  if (max !== undefined && value.length > max) return say`“${title}” takes at most ${max} options.`;
  return undefined;
}
