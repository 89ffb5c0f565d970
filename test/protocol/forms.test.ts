// Forms as they travel: what a schema asks, what fits it, and where an address leads.
import { describe, expect, it, vi } from 'vitest';
import { spoken } from '../../src/base/say.ts';
import {
  fieldTypeOf,
  type Form,
  formProblemOf,
  formSchema,
  isSecretField,
  optionsOf,
  placeOf,
} from '../../src/protocol/forms/form.ts';
import { contentProblems } from '../../src/protocol/forms/formContent.ts';
import {
  contentOf,
  firstDraft,
  keptDraft,
  readValue,
  restoredDraft,
  typedContent,
  valueIn,
  valueText,
  withValue,
} from '../../src/protocol/forms/formDraft.ts';
import { fieldsOfSchema } from '../../src/protocol/forms/formOfSchema.ts';
import type { Json } from '../../src/protocol/json.ts';
import { FORMS } from '../../tools/demo/forms.ts';

function formOf(name: string): Form {
  const asked = FORMS[name];
  if (typeof asked !== 'object' || asked === null || !('requestedSchema' in asked)) {
    throw new Error('no form');
  }
  return { message: '', fields: fieldsOfSchema(asked.requestedSchema) ?? [] };
}

const FULL = formOf('full');
const GOOD: { readonly [name: string]: Json } = { name: 'Ada', count: 2 };

function wrong(form: Form, content: Json | undefined): readonly string[] {
  return contentProblems(form, content).map(({ field, words }) => `${field}: ${spoken(words)}`);
}

describe('a schema as fields', () => {
  it('takes every kind of field with its bounds, options and defaults', () => {
    expect(FULL.fields).toEqual([
      {
        ...{ name: 'name', type: 'text', title: 'Name', description: 'Of the release' },
        ...{ required: true, min: 2, max: 20 },
      },
      {
        ...{ name: 'count', type: 'integer', title: 'Copies', required: true },
        ...{ default: 3, min: 1, max: 9 },
      },
      { name: 'ratio', type: 'number', title: 'Share', min: 0, max: 1 },
      { name: 'draft', type: 'boolean', title: 'Draft', default: true },
      {
        ...{ name: 'color', type: 'choice', title: 'Color', default: 'g' },
        options: [
          { value: 'r', label: 'Red' },
          { value: 'g', label: 'Green' },
        ],
      },
      { name: 'mail', type: 'text', title: 'Mail', format: 'email' },
      { name: 'page', type: 'text', title: 'Page', format: 'uri' },
      { name: 'day', type: 'text', title: 'Day', format: 'date' },
    ]);
    const [targets, one, many] = formOf('choices').fields ?? [];
    expect(targets).toMatchObject({ type: 'choices', min: 1, max: 2 });
    expect(one).toMatchObject({ type: 'choice', options: [{ value: 'a', label: 'First' }, {}] });
    expect(many).toMatchObject({ type: 'choices', options: [{ value: 'x', label: 'Ex' }, {}] });
  });

  it('asks in the order that is said, and leaves out nothing', () => {
    const schema = { type: 'object', properties: { b: {}, 2: {}, a: {}, 1: {} } };
    const names = (order?: readonly string[]) =>
      fieldsOfSchema(schema, order)?.map(({ name }) => name);
    expect(names(['b', '2', 'gone', 'a'])).toEqual(['b', '2', 'a', '1']);
    expect(names()).toEqual(['1', '2', 'b', 'a']);
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [[]],
    [{}],
    [{ type: 'string' }],
    [{ type: 'object' }],
    [{ type: 'object', properties: 'none' }],
    [{ type: 'string', properties: {} }],
  ])('is none if it asks for no object: %j', (schema) => {
    expect(fieldsOfSchema(schema)).toBeUndefined();
  });

  it('[U3] what it does not say as it should is any JSON, and keeps its name', () => {
    const fields = fieldsOfSchema({
      properties: {
        a: { type: 'wormhole', minimum: 'few' },
        b: 'nothing',
        c: { type: 'object', properties: {} },
        d: { type: 'array', items: { type: 'string' } },
        e: { type: ['string', 'null'] },
        constructor: { type: 'string', title: 7, enum: [1, 2] },
      },
      required: 'all',
    });
    expect(fields?.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      ...['a: json', 'b: json', 'c: json', 'd: json', 'e: json', 'constructor: text'],
    ]);
    expect(fields?.every((field) => field.required === undefined)).toBe(true);
    expect(formSchema.safeParse({ message: '', fields }).success).toBe(true);
  });

  it('[U3] a schema that needs very many fields is read without a search for each', () => {
    // With 80,000 of them, which fit one request, searching took 14 s.
    const names = Array.from({ length: 500 }, (_, at) => `f${at}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    const searches = vi.spyOn(Array.prototype, 'includes');
    const fields = fieldsOfSchema({ properties, required: names.toReversed() });
    const { length } = searches.mock.calls;
    searches.mockRestore();
    expect(fields?.filter(({ required }) => required === true)).toHaveLength(500);
    expect(length).toBe(0);
  });

  it('[U1] options are offered once each, by names that tell them apart', () => {
    const [field] =
      fieldsOfSchema({
        properties: {
          a: {
            type: 'string',
            enum: ['x', 'x', '', 'y', 'z', 'w'],
            enumNames: ['Yes', 'No', '  ', '', 'Same ', ' Same'],
          },
        },
      }) ?? [];
    expect(field && optionsOf(field)).toEqual([
      { value: 'x', label: 'Yes' },
      { value: '', label: '“”' },
      { value: 'y', label: 'y' },
      { value: 'z', label: 'Same  (z)' },
      { value: 'w', label: ' Same (w)' },
    ]);
  });

  it('[U9] a field that asks for a secret is told by its name, title or format', () => {
    const secrets = [
      ...[{ name: 'password' }, { name: 'a', title: 'Your API key' }, { name: 'accessToken' }],
      ...[{ name: 'a', format: 'password' }, { name: 'a', title: 'PIN' }, { name: 'db_passwd' }],
    ];
    const others = [
      ...[{ name: 'page' }, { name: 'pinned' }, { name: 'max_tokens' }, { name: 'passport' }],
      { name: 'a', title: 'Spin' },
    ];
    expect(secrets.filter((one) => !isSecretField({ type: 'text', ...one }))).toEqual([]);
    expect(others.filter((one) => isSecretField({ type: 'text', ...one }))).toEqual([]);
    expect(isSecretField({ name: 'use_token', type: 'boolean' })).toBe(false);
  });

  it('[R9] a type and a problem of a later version are taken as what allows least', () => {
    expect(fieldTypeOf({ type: 'colour' })).toBe('json');
    expect(formProblemOf({ problem: 'cursed' })).toBe('unreadable');
    expect(formProblemOf({})).toBeUndefined();
  });
});

describe('[U2] a content fits its form', () => {
  it('if every field does, and those that are not needed may be missing', () => {
    expect(wrong(FULL, GOOD)).toEqual([]);
    expect(
      wrong(FULL, {
        ...GOOD,
        ...{
          ratio: 0.5,
          draft: false,
          color: 'r',
          mail: 'a@b.example',
          page: 'https://x.example/',
        },
        day: '2028-02-29',
      }),
    ).toEqual([]);
    expect(wrong({ message: '' }, undefined)).toEqual([]);
    expect(wrong({ message: '' }, {})).toEqual([]);
  });

  it.each<readonly [{ readonly [name: string]: Json }, string]>([
    [{ name: '' }, 'name: “Name” is needed.'],
    [{ name: 'A' }, 'name: “Name” needs at least 2 characters.'],
    [{ name: '🙂' }, 'name: “Name” needs at least 2 characters.'],
    [{ name: 'x'.repeat(21) }, 'name: “Name” takes at most 20 characters.'],
    [{ name: 7 }, 'name: “Name” must be a text.'],
    [{ count: '2' }, 'count: “Copies” must be a number.'],
    [{ count: 1.5 }, 'count: “Copies” must be a whole number.'],
    [{ count: 0 }, 'count: “Copies” must be 1 or more.'],
    [{ count: 10 }, 'count: “Copies” must be 9 or less.'],
    [{ ratio: null }, 'ratio: “Share” must be a number.'],
    [{ draft: 'yes' }, 'draft: “Draft” must be yes or no.'],
    [{ color: 'Red' }, 'color: “Color” must be one of its options.'],
    [{ mail: 'ada' }, 'mail: “Mail” must be an e-mail address.'],
    [{ page: 'x.example' }, 'page: “Page” must be a full web address.'],
    [{ day: '2026-02-29' }, 'day: “Day” must be a date like 2026-01-31.'],
    [{ day: '1.2.2026' }, 'day: “Day” must be a date like 2026-01-31.'],
    [{ more: 1 }, 'more: The form has no field “more”.'],
    [{ constructor: 1 }, 'constructor: The form has no field “constructor”.'],
  ])('or the field is named: %j', (content, said) => {
    expect(wrong(FULL, { ...GOOD, ...content })).toEqual([said]);
  });

  it('a list has options only, each once, and as many as may be', () => {
    const form = formOf('choices');
    expect(wrong(form, { targets: ['linux, glibc', 'mac'] })).toEqual([]);
    expect(wrong(form, { targets: 'mac' })).toEqual(['targets: “Targets” takes its options only.']);
    expect(wrong(form, { targets: ['bsd'] })).toEqual([
      'targets: “Targets” takes its options only.',
    ]);
    expect(wrong(form, { targets: [] })).toEqual(['targets: “Targets” needs at least 1 options.']);
    expect(wrong(form, { targets: ['mac', 'mac'] })).toEqual([
      'targets: “Targets” has an option twice.',
    ]);
    expect(wrong(form, { targets: ['mac', 'win', 'linux, glibc'] })).toEqual([
      'targets: “Targets” takes at most 2 options.',
    ]);
  });

  it.each([['text'], [7], [null], [[]]])('a content is an object: %j', (content) => {
    expect(wrong(FULL, content)).toEqual([': What was filled in is no list of fields.']);
  });
});

describe('a form while it is filled in', () => {
  const field = (form: string, name: string) => {
    const found = formOf(form).fields?.find((one) => one.name === name);
    if (found === undefined) throw new Error('no field');
    return found;
  };

  it.each<readonly [string, string, string, Json | undefined]>([
    ['full', 'name', ' Ada ', ' Ada '],
    ['full', 'name', '  ', undefined],
    ['full', 'count', '2', 2],
    ['full', 'count', 'two', 'two'],
    ['full', 'count', '0x10', '0x10'],
    ['full', 'count', ' -2 ', -2],
    ['full', 'ratio', '1e-1', 0.1],
    ['full', 'ratio', '.5', 0.5],
    ['full', 'ratio', '1e999', '1e999'],
    ['full', 'draft', 'No', false],
    ['full', 'draft', 'maybe', 'maybe'],
    ['full', 'color', '1', 'r'],
    ['full', 'color', 'Green', 'g'],
    ['full', 'color', 'g', 'g'],
    ['full', 'color', '7', '7'],
    ['choices', 'targets', 'linux, glibc', ['linux, glibc']],
    ['choices', 'targets', '1, 3', ['linux, glibc', 'win']],
    ['choices', 'many', 'Ex,y', ['x', 'y']],
  ])('%s, %s: %j is read as %j', (form, name, text, value) => {
    expect(readValue(field(form, name), text)).toEqual(value);
  });

  it('begins with its defaults, and leaves out what is empty', () => {
    const first = firstDraft(FULL);
    expect(first).toEqual({ count: 3, draft: true, color: 'g' });
    const typed = withValue(withValue(withValue(first, 'name', 'Ada'), 'mail', ''), 'count', '4');
    expect(typedContent(FULL, typed)).toEqual({ name: 'Ada', count: 4, draft: true, color: 'g' });
    expect(contentOf(FULL, withValue(typed, 'draft', undefined))).not.toHaveProperty('draft');
  });

  it('begins without defaults that do not fit: nobody would see what is wrong', () => {
    const fields =
      fieldsOfSchema({
        properties: {
          a: { type: 'string', default: 7 },
          b: { type: 'string', default: null },
          c: { type: 'integer', maximum: 5, default: 99 },
          d: { type: 'string', enum: ['p', 'q'], default: 'gone' },
          e: { type: 'array', items: { enum: ['p'] }, default: ['p', 'p'] },
          f: { type: 'boolean', default: 'yes' },
          g: { type: 'string', default: 'fits' },
        },
        required: ['a'],
      }) ?? [];
    expect(firstDraft({ message: '', fields })).toEqual({ g: 'fits' });
  });

  it('takes nothing for a value that is only the nature of an object', () => {
    const form: Form = { message: '', fields: [{ name: 'constructor', type: 'text' }] };
    expect(valueIn({}, 'constructor')).toBeUndefined();
    expect(typedContent(form, {})).toEqual({});
  });

  it('an empty text counts where it is an option', () => {
    const options = [{ value: '' }, { value: 'x' }];
    const form: Form = {
      message: '',
      fields: [{ name: 'a', type: 'choice', required: true, options }],
    };
    expect(typedContent(form, { a: '' })).toEqual({ a: '' });
    expect(wrong(form, { a: '' })).toEqual([]);
    expect(wrong(form, {})).toEqual(['a: “a” is needed.']);
  });

  it('what is typed is looked for among what is shown before what that stands for', () => {
    const options = [
      { value: 'a', label: 'b' },
      { value: 'b', label: 'a' },
    ];
    const swapped = { name: 'x', type: 'choice', options };
    expect(readValue(swapped, 'a')).toBe('b');
    expect(valueText(swapped, 'b')).toBe('a');
    const twice = { name: 'x', type: 'choice', options: [{ value: 'a' }, { value: 'a' }] };
    expect(readValue(twice, '2')).toBe('2');
  });

  it('a whole number that would arrive as another one is refused', () => {
    const form: Form = { message: '', fields: [{ name: 'id', type: 'integer', title: 'Id' }] };
    const content = typedContent(form, { id: '9007199254740993' });
    expect(wrong(form, content)).toEqual([
      "id: “Id” has too many digits: it can't be passed on as it is.",
    ]);
    expect(wrong(form, typedContent(form, { id: '9007199254740991' }))).toEqual([]);
  });

  it('[U9] is kept without what looks like a secret, and comes back with the defaults of that', () => {
    const form: Form = {
      message: '',
      fields: [
        { name: 'name', type: 'text', default: 'Ada' },
        { name: 'password', type: 'text', default: 'changeme' },
        { name: 'page', type: 'text', default: 'gone' },
      ],
    };
    const kept = keptDraft(form, { name: 'Bo', password: 'hunter2', other: 1 });
    expect(kept).toEqual({ name: 'Bo' });
    expect(restoredDraft(form, kept)).toEqual({ name: 'Bo', password: 'changeme' });
    expect(restoredDraft(form, undefined)).toEqual(firstDraft(form));
    expect(restoredDraft(form, 'nonsense')).toEqual(firstDraft(form));
  });

  it('says options by their labels', () => {
    expect(valueText(field('full', 'color'), 'r')).toBe('Red');
    expect(valueText(field('choices', 'many'), ['x', 'y'])).toBe('Ex, Why');
    expect(valueText(field('full', 'draft'), true)).toBe('true');
  });
});

describe('[U4] an address leads', () => {
  it.each([
    ['https://login.example.com/start?state=abc', 'login.example.com', false],
    ['https://example.com@evil.example:8443/', 'evil.example:8443', false],
    ['https://münchen.example/', 'xn--mnchen-3ya.example', false],
    ['http://localhost:3000/cb', 'localhost:3000', true],
    ['http://LOCALHOST./', 'localhost.', true],
    ['http://app.localhost/', 'app.localhost', true],
    ['http://127.0.0.1/', '127.0.0.1', true],
    ['http://127.8.9.1:5/', '127.8.9.1:5', true],
    ['http://2130706433/', '127.0.0.1', true],
    ['http://0x7f.1/', '127.0.0.1', true],
    ['http://[::1]:80/', '[::1]', true],
    ['http://[::ffff:127.0.0.1]/', '[::ffff:7f00:1]', true],
    ['http://0.0.0.0/', '0.0.0.0', true],
    ['https://localhost.example.com/', 'localhost.example.com', false],
    ['https://128.0.0.1/', '128.0.0.1', false],
    ['http://127.1/', '127.0.0.1', true],
    ['http://0177.0.0.1/', '127.0.0.1', true],
    ['http://[::]/', '[::]', true],
    ['http://[::ffff:0.0.0.0]/', '[::ffff:0:0]', true],
    ['http://①②⑦.0.0.1/', '127.0.0.1', true],
    ['http:\\\\evil.example\\localhost', 'evil.example', false],
    ['http://evil\n.example/', 'evil.example', false],
  ])('%s to %s', (url, host, isLoopback) => {
    expect(placeOf(url)).toMatchObject({ host, isLoopback });
  });

  it.each<readonly [string, readonly string[]]>([
    ['https://login.example.com/', []],
    ['http://127.0.0.1:9/', []],
    ['https://github.com@evil.example/', ['user']],
    ['https://:x@evil.example/', ['user']],
    ['https://раypal.example/', ['letters']],
    ['https://sub.xn--80ak6aa92e.com/', ['letters']],
    ['http://a:b@xn--80ak6aa92e.com/', ['user', 'letters', 'plain']],
  ])('%s with its traps', (url, traps) => {
    expect(placeOf(url)?.traps).toEqual(traps);
  });

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'vscode://x/y',
    'data:text/html,x',
    'not an address',
    '',
  ])('nowhere: %j', (url) => {
    expect(placeOf(url)).toBeUndefined();
  });
});
