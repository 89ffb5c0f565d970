// A form as lines of a terminal: its fields by number, with what stands in them.
import {
  fieldTitle,
  fieldTypeOf,
  type Form,
  type FormField,
  type FormTrap,
  optionsOf,
  placeOf,
} from '../../protocol/forms/form.ts';
import { type FormDraft, valueIn, valueText } from '../../protocol/forms/formDraft.ts';
import { showDeceptive } from '../../base/visibleText.ts';
import { oneLine } from '../io.ts';

/** What is asked, and what is filled in so far. */
export function formLines(form: Form, draft: FormDraft): readonly string[] {
  const { message, url, fields = [] } = form;
  // A line of the server's must not look like one of ours.
  const said = message === '' ? [] : [showDeceptive(message).replaceAll(/^/gm, '> ')];
  if (url !== undefined) return addressLines(url, said);
  const rows = fields.map((field, i) => {
    const filled = plain(valueText(field, valueIn(draft, field.name)));
    return `${i + 1}. ${plain(fieldTitle(field))} (${notesOf(field)}): ${filled}`.trimEnd();
  });
  const how = fields.length === 0 ? '' : '/field N VALUE fills a field in, ';
  return [...said, ...rows, `(${how}/allow sends it, /deny declines)`];
}

/** On one line, with nothing in it that can't be seen. */
function plain(text: string): string {
  return oneLine(showDeceptive(text));
}

/** [U4] Where it leads comes before anything that the server says. */
function addressLines(url: string, said: readonly string[]): readonly string[] {
  const place = placeOf(url);
  return [
    `It leads to ${plain(place?.host ?? '?')}:`,
    plain(url),
    ...(place?.traps ?? []).map((trap) => `! ${TRAPS[trap]}`),
    ...said,
    place?.isLoopback === true
      ? '(an address of the session’s own computer: /open opens it there, /deny declines)'
      : '(open it and /allow, for owners /open opens it on the session’s computer, /deny declines)',
  ];
}

const TRAPS: Readonly<Record<FormTrap, string>> = {
  user: 'What stands before the @ is no part of where it leads.',
  letters: 'The name has letters of other alphabets, which can look like usual ones.',
  plain: 'It is not encrypted on the way.',
};

function notesOf(field: FormField): string {
  const { format, description, required } = field;
  const isChosen = ['choice', 'choices'].includes(fieldTypeOf(field));
  const options = isChosen ? optionsOf(field) : [];
  const list = options.map(({ label }, i) => `${i + 1} ${plain(label)}`);
  const bounds = boundsOf(field);
  return [
    kindOf(field, format),
    ...(list.length === 0 ? [] : [list.join(', ')]),
    ...(bounds === '' ? [] : [bounds]),
    ...(description === undefined ? [] : [plain(description)]),
    required === true ? 'needed' : 'optional',
  ].join('; ');
}

function kindOf(field: FormField, format: string | undefined): string {
  switch (fieldTypeOf(field)) {
    case 'text':
      return format === undefined ? 'text' : plain(format);
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
