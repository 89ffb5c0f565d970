// Forms and questions as Claude Code asks them: bounded, shown as they are, and answered in its way.
import { describe, expect, it } from 'vitest';
import { answerResponse } from '../../src/claude/cli/answerResponse.ts';
import { formEntry } from '../../src/claude/entries/formEntry.ts';
import { requestEntry } from '../../src/claude/entries/requestEntry.ts';
import { OpenRequests } from '../../src/claude/stream/openRequests.ts';
import { type Elicitation, elicitationSchema } from '../../src/claude/wire/elicitation.ts';
import { cutEntry } from '../../src/host/session/cutEntry.ts';
import { jsonBytes } from '../../src/base/jsonText.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';
import { questionKindOf } from '../../src/protocol/openValues.ts';
import asked from '../fixtures/claude/askUserQuestion.json' with { type: 'json' };

const CONTEXT = { at: 1, hash: 'h' };

function form(more: object): EntryOf<'request'> {
  const base = { subtype: 'elicitation', mcp_server_name: 'forms', message: 'Hi?' };
  return formEntry('r', elicitationSchema.parse({ ...base, ...more }), CONTEXT);
}

function schemaOf(count: number): Elicitation['requested_schema'] {
  const names = Array.from(
    { length: count },
    (_, i) => [`field ${i}`, { type: 'string' }] as const,
  );
  return { type: 'object', properties: Object.fromEntries(names) };
}

describe('an elicitation', () => {
  it('[U1] is a form by the name of its server, bound to what was asked', () => {
    const entry = form({
      requested_schema: schemaOf(1),
      display_name: 'Sign in',
      description: 'x',
    });
    expect(entry).toMatchObject({
      ...{ kind: 'request', request: 'form', tool: 'forms', inputHash: 'h' },
      ...{ displayName: 'Sign in', description: 'x' },
      form: { message: 'Hi?', fields: [{ name: 'field 0', type: 'text' }] },
      input: { mcp_server_name: 'forms', message: 'Hi?' },
    });
    expect(entry.input).not.toHaveProperty('subtype');
  });

  it('[U3] a form that is too large can only be declined, and its entry fits', () => {
    const fits = form({ requested_schema: schemaOf(300) });
    expect(fits.form?.fields).toHaveLength(300);
    expect(jsonBytes(fits.form)).toBeLessThanOrEqual(LIMITS.formBytes);
    const large = form({ requested_schema: schemaOf(3000), message: 'x'.repeat(50_000) });
    expect(large.form).toMatchObject({ problem: 'too-large' });
    expect(large.form).not.toHaveProperty('fields');
    const odd = form({ requested_schema: schemaOf(3000), message: `x${'🙂'.repeat(50_000)}` });
    expect(odd.form?.message).toMatch(/^x(🙂)+…$/u);
    for (const entry of [fits, large]) {
      const cut = cutEntry(entry).entry;
      expect(cut.kind === 'request' && cut.form).toEqual(entry.form);
    }
  });

  it('[U3] what is cut of an entry is never its form', () => {
    const description = 'x'.repeat(9000);
    const schema = { type: 'object', properties: { a: { type: 'string', description } } };
    const names = Array.from({ length: 5000 }, (_, i) => [`member ${i}`, i] as const);
    const whole = form({ requested_schema: schema, ...Object.fromEntries(names) });
    const cut = cutEntry(whole).entry;
    expect(cut).toMatchObject({ kind: 'request', form: whole.form });
    expect(cut).toHaveProperty('inputCut');
  });

  it('[U3] one that cannot be read, or leads nowhere, says so', () => {
    expect(form({}).form).toEqual({ message: 'Hi?', problem: 'unreadable' });
    expect(form({ requested_schema: { type: 'string' } }).form?.problem).toBe('unreadable');
    expect(form({ mode: 'url' }).form?.problem).toBe('unreadable');
    expect(form({ mode: 'url', url: 'javascript:alert(1)' }).form?.problem).toBe('bad-address');
    expect(form({ mode: 'url', url: 'https://x.example/' }).form).toEqual({
      message: 'Hi?',
      url: 'https://x.example/',
    });
  });

  it('waits once, whatever comes under its id, and is told from what is not understood', () => {
    const requests = new OpenRequests({
      now: () => 1,
      readPlan: () => undefined,
      subagent: () => undefined,
    });
    const line = (request: { readonly subtype: string }) =>
      ({ type: 'control_request', request_id: 'r', request }) as const;
    const ask = line({ subtype: 'elicitation', ...{ mcp_server_name: 'forms', message: 'Hi?' } });
    expect(requests.add(ask)).toHaveLength(2);
    expect(requests.add(ask)).toEqual([]);
    expect(requests.forms).toEqual(['r']);
    expect(requests.waitingFor).toBe('form');
    expect(requests.understands(ask)).toBe(true);
    expect(requests.understands(line({ subtype: 'elicitation' }))).toBe(false);
    expect(requests.understands(line({ subtype: 'hook_callback' }))).toBe(false);
    expect(requests.withdraw('r', 'gone')).toHaveLength(1);
    expect(requests.forms).toEqual([]);
  });

  it('is accepted with its content, or declined', () => {
    const entry = form({ requested_schema: schemaOf(1) });
    const content = { 'field 0': 'x' };
    expect(answerResponse(entry, { behavior: 'allow', content })).toEqual({
      action: 'accept',
      content,
    });
    expect(answerResponse(entry, { behavior: 'allow' })).toEqual({ action: 'accept' });
    expect(answerResponse(entry, { behavior: 'deny', message: 'no' })).toEqual({
      action: 'decline',
    });
  });
});

it('[U6] answers change the input of a question only: another tool gets what was shown', () => {
  const input = { command: 'ls', answers: { x: 'shown' } };
  const permission = requestEntry(
    'r',
    { subtype: 'can_use_tool', tool_name: 'mcp__quiz__send', input },
    { ...CONTEXT, plan: () => undefined, subagent: () => undefined },
  );
  const forged = { answers: { x: 'forged' }, content: { x: 'forged' } };
  expect(answerResponse(permission, { behavior: 'allow', ...forged })).toEqual({
    behavior: 'allow',
    updatedInput: input,
  });
});

describe('AskUserQuestion', () => {
  const request = (input: object) =>
    requestEntry(
      'r',
      {
        subtype: 'can_use_tool',
        tool_name: 'AskUserQuestion',
        input: JSON.parse(JSON.stringify(input)),
      },
      { ...CONTEXT, plan: () => undefined, subagent: () => undefined },
    );

  it.each(asked.versions)(
    'as $version describes it is a question: every member of it is known',
    ({ schema }) => {
      const { items } = schema.properties.questions;
      const question = {
        question: 'Which?',
        header: 'W',
        multiSelect: true,
        options: [
          { label: 'A, b', description: 'first' },
          { label: 'C', description: 'second', preview: '# C' },
        ],
      };
      expect(Object.keys(items.properties).sort()).toEqual(Object.keys(question).sort());
      expect(Object.keys(items.properties.options.items.properties).sort()).toEqual([
        'description',
        'label',
        'preview',
      ]);
      const entry = request({ questions: [question] });
      expect(entry).toMatchObject({ request: 'question', questions: [question] });
      // Several labels are a list, whatever the schema says of texts: measured with both versions.
      const content = { 'Which?': ['A, b', 'C'] };
      const answers = { 'Which?': 'A, b, C' };
      expect(answerResponse(entry, { behavior: 'allow', answers, content })).toMatchObject({
        updatedInput: { answers: content },
      });
      expect(answerResponse(entry, { behavior: 'allow', answers })).toMatchObject({
        updatedInput: { answers },
      });
    },
  );

  it('kinds that are not let through yet are questions too: a text, a number with bounds, and one to come', () => {
    const entry = request({
      title: 'Before I begin',
      questions: [
        { question: 'What?', header: 'W', kind: 'text', placeholder: 'x', description: 'short' },
        {
          question: 'How many?',
          header: 'H',
          kind: 'number',
          min: 1,
          max: 9,
          step: 2,
          defaultValue: 3,
          unit: 'px',
        },
        { question: 'And then?', header: 'A', kind: 'follow-up' },
      ],
    });
    expect(entry.request).toBe('question');
    expect(entry.questions).toMatchObject([
      { kind: 'text', placeholder: 'x', description: 'short', options: [] },
      { kind: 'number', min: 1, max: 9, step: 2, default: 3, unit: 'px', options: [] },
      { kind: 'follow-up', options: [] },
    ]);
    expect((entry.questions ?? []).map(questionKindOf)).toEqual(['text', 'number', 'choice']);
  });
});
