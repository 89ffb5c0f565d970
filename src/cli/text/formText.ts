// A form as lines of a terminal: its fields by number, with what stands in them.
import {
  fieldTitle,
  fieldTypeOf,
  type Form,
  type FormField,
  placeOf,
} from '../../protocol/forms/form.ts';
import { type FormDraft, valueText } from '../../protocol/forms/formDraft.ts';
import { showDeceptive } from '../../base/visibleText.ts';
import { oneLine } from '../io.ts';

/** What is asked, and what is filled in so far. */
export function formLines(form: Form, draft: FormDraft): readonly string[] {
  const { message, url, fields = [] } = form;
  const said = message === '' ? [] : [showDeceptive(message)];
  if (url !== undefined) return [...said, ...addressLines(url)];
  const rows = fields.map((field, i) => {
    const value = Object.hasOwn(draft, field.name) ? draft[field.name] : undefined;
    const filled = oneLine(valueText(field, value));
    return `${i + 1}. ${oneLine(fieldTitle(field))} (${notesOf(field)}): ${filled}`.trimEnd();
  });
  const how = fields.length === 0 ? '' : '/field N VALUE fills a field in, ';
  return [...said, ...rows, `(${how}/allow sends it, /deny declines)`];
}

function addressLines(url: string): readonly string[] {
  const place = placeOf(url);
  const host = oneLine(place?.host ?? '?');
  return [
    `It leads to ${host}:`,
    oneLine(url),
    place?.isLoopback === true
      ? '(an address of the session’s own computer: /open opens it there, /deny declines)'
      : '(open it and /allow, /open opens it on the session’s computer, /deny declines)',
  ];
}

function notesOf(field: FormField): string {
  const { options = [], format, description, required } = field;
  const list = options.map(({ value, label }, i) => `${i + 1} ${oneLine(label ?? value)}`);
  const bounds = boundsOf(field);
  return [
    kindOf(field, format),
    ...(list.length === 0 ? [] : [list.join(', ')]),
    ...(bounds === '' ? [] : [bounds]),
    ...(description === undefined ? [] : [oneLine(description)]),
    required === true ? 'needed' : 'optional',
  ].join('; ');
}

function kindOf(field: FormField, format: string | undefined): string {
  switch (fieldTypeOf(field)) {
    case 'text':
      return format === undefined ? 'text' : oneLine(format);
    case 'number':
      return 'number';
    case 'integer':
      return 'whole number';
    case 'boolean':
      return 'yes or no';
    case 'choice':
      return 'one of';
    case 'choices':
      return 'some of';
    case 'json':
      return 'JSON';
  }
}

function boundsOf(field: FormField): string {
  const { min, max } = field;
  if (min === undefined && max === undefined) return '';
  const unit = fieldTypeOf(field) === 'text' ? ' characters' : '';
  if (min === undefined) return `at most ${max}${unit}`;
  return max === undefined ? `at least ${min}${unit}` : `${min} to ${max}${unit}`;
}
