// What the form server of the tests asks, by name: every kind of field, and what no server should send.

const object = (
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[] = [],
): unknown => ({ type: 'object', properties, required });

/** Parameters of `elicitation/create` by name. */
export const FORMS: Readonly<Record<string, unknown>> = {
  full: {
    message: 'Where should the release go?',
    requestedSchema: object(
      {
        name: {
          type: 'string',
          title: 'Name',
          description: 'Of the release',
          minLength: 2,
          maxLength: 20,
        },
        count: { type: 'integer', title: 'Copies', minimum: 1, maximum: 9, default: 3 },
        ratio: { type: 'number', title: 'Share', minimum: 0, maximum: 1 },
        draft: { type: 'boolean', title: 'Draft', default: true },
        color: {
          type: 'string',
          title: 'Color',
          enum: ['r', 'g'],
          enumNames: ['Red', 'Green'],
          default: 'g',
        },
        mail: { type: 'string', title: 'Mail', format: 'email' },
        page: { type: 'string', title: 'Page', format: 'uri' },
        day: { type: 'string', title: 'Day', format: 'date' },
      },
      ['name', 'count'],
    ),
  },
  choices: {
    message: 'Which targets?',
    requestedSchema: object({
      targets: {
        type: 'array',
        title: 'Targets',
        minItems: 1,
        maxItems: 2,
        items: { type: 'string', enum: ['linux, glibc', 'mac', 'win'] },
      },
      one: {
        type: 'string',
        title: 'One',
        oneOf: [
          { const: 'a', title: 'First' },
          { const: 'b', title: 'Second' },
        ],
      },
      many: {
        type: 'array',
        title: 'Many',
        items: {
          anyOf: [
            { const: 'x', title: 'Ex' },
            { const: 'y', title: 'Why' },
          ],
        },
      },
    }),
  },
  url: {
    mode: 'url',
    message: 'Please sign in.',
    url: 'https://login.example.com/start?state=abc',
    elicitationId: 'e-1',
  },
  loopback: {
    mode: 'url',
    message: 'Please sign in here.',
    url: 'http://127.0.0.1:9/start',
    elicitationId: 'e-1',
  },
  empty: { message: 'Go on?', requestedSchema: object({}) },
  nested: {
    message: 'Nested?',
    requestedSchema: object({ deep: { type: 'object', properties: { a: { type: 'string' } } } }, [
      'deep',
    ]),
  },
  broken: { message: 'Broken?', requestedSchema: { type: 'object', properties: 'none' } },
  wordy: { message: 'Wordy?', requestedSchema: { type: 'string' } },
  strange: {
    message: 'Strange?',
    requestedSchema: object({ a: { type: 'wormhole', minimum: 'few' } }),
  },
  nothing: { message: 'Nothing?' },
  mute: {},
};
