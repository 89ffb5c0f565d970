// Forms at a terminal and in a script: field by field, as JSON, and with what is wrong said before anything is sent.
import { afterEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../tools/run/waitUntil.ts';
import { fieldsOfSchema } from '../../src/protocol/forms/formOfSchema.ts';
import { formLines } from '../../src/cli/text/formText.ts';
import type { Form } from '../../src/protocol/forms/form.ts';
import { FORMS } from '../../tools/demo/forms.ts';
import { askFor, JoinRig, requestEntry } from './joinRig.ts';

const rig = new JoinRig();
afterEach(() => rig.close());

function formOf(name: string): Form {
  const asked = FORMS[name];
  if (typeof asked !== 'object' || asked === null || !('requestedSchema' in asked)) {
    throw new Error('no form');
  }
  const message = 'message' in asked ? String(asked.message) : '';
  return { message, fields: fieldsOfSchema(asked.requestedSchema) ?? [] };
}

async function served(flags: readonly string[] = []) {
  const { relay, room, executed } = await rig.serve();
  const scopes = ['prompt', 'interrupt', 'approve'] as const;
  const options = { role: 'controller', allowControl: true, scopes } as const;
  const terminal = rig.run(await rig.invite(room, relay, options), 'Ben', { flags });
  return { room, executed, terminal };
}

describe('join in a terminal', () => {
  it('[U2] a form is filled in field by field, and sent when it fits', async () => {
    const { room, executed, terminal } = await served();
    await terminal.until('You are here as controller');
    terminal.say('/field 1 x');
    await terminal.until('No form waits to be filled in.');
    askFor(room, requestEntry('f', { request: 'form', tool: 'forms', form: formOf('full') }));
    await terminal.until('Where should the release go?');
    await terminal.until('1. Name (text; 2 to 20 characters; Of the release; needed):');
    await terminal.until('2. Copies (whole number; 1 to 9; needed): 3');
    await terminal.until('5. Color (one of; 1 Red, 2 Green; optional): Green');
    await terminal.until('this form waits for an answer: /allow or /deny');
    terminal.say('/allow');
    await terminal.until('“Name” is needed. Nothing was sent; what was filled in is kept.');
    terminal.say('/field 9 x');
    await terminal.until('Use /field with a number from 1 to 8 and a value.');
    terminal.say('/field 1 Ada');
    await terminal.until('needed): Ada');
    terminal.say('/field 2 77');
    await terminal.until('needed): 77');
    terminal.say('/allow');
    await terminal.until('“Copies” must be 9 or less.');
    terminal.say('/field 2 4');
    terminal.say('/field 4 no');
    terminal.say('/field 5 1');
    await terminal.until('optional): Red');
    expect(executed).toEqual([]);
    terminal.say('/allow');
    await waitUntil('the answer', () => executed.length > 0);
    const content = { name: 'Ada', count: 4, draft: false, color: 'r' };
    expect(executed[0]?.args).toMatchObject({ requestId: 'f', behavior: 'allow', content });
  });

  it('[U2] a form is answered at once by JSON, or declined', async () => {
    const { room, executed, terminal } = await served();
    await terminal.until('You are here as controller');
    askFor(room, requestEntry('f', { request: 'form', tool: 'forms', form: formOf('choices') }));
    await terminal.until('Which targets?');
    terminal.say('/answer {"targets": ["bsd"]}');
    await terminal.until('“Targets” takes its options only.');
    terminal.say('/answer {nonsense');
    await terminal.until('This is no JSON.');
    terminal.say('/answer {"targets": ["linux, glibc", "mac"]}');
    await waitUntil('the answer', () => executed.length > 0);
    expect(executed[0]?.args).toMatchObject({ content: { targets: ['linux, glibc', 'mac'] } });
    terminal.say('/deny');
    await waitUntil('the other', () => executed.length > 1);
    expect(executed[1]?.args).toMatchObject({ requestId: 'f', behavior: 'deny' });
  });

  it('[U4] an address is shown with its host, and opened on the session’s computer by /open', async () => {
    const { room, executed, terminal } = await served();
    await terminal.until('You are here as controller');
    askFor(room, requestEntry('p'));
    await terminal.until('this permission waits');
    terminal.say('/open');
    await terminal.until('This request names no address to open.');
    const url = 'http://ada@localhost:3000/cb';
    const form = { message: 'It leads to good.example:\n(/allow sends it)', url };
    askFor(room, requestEntry('f', { request: 'form', tool: 'forms', form }));
    await terminal.until('It leads to localhost:3000:');
    await terminal.until(url);
    await terminal.until('! What stands before the @ is no part of where it leads.');
    await terminal.until('> It leads to good.example:');
    await terminal.until('> (/allow sends it)');
    await terminal.until('an address of the session’s own computer: /open opens it there');
    await terminal.until('this form waits for an answer');
    terminal.say('/open');
    await waitUntil('the answer', () => executed.length > 0);
    expect(executed[0]?.args).toMatchObject({ requestId: 'f', behavior: 'allow', open: true });
  });

  it('[U3] a form that can’t be filled in is shown as it came', async () => {
    const { room, terminal } = await served();
    await terminal.until('You are here as controller');
    const form = { message: 'Broken?', problem: 'unreadable' };
    const input = { requested_schema: { type: 'string' } };
    askFor(room, requestEntry('f', { request: 'form', tool: 'forms', form, input }));
    await terminal.until('"type": "string"');
    await terminal.until('It can’t be filled in: /deny declines it.');
  });
});

describe('join --json', () => {
  it('[U1] prints a form whole, and answers it by a content', async () => {
    const { room, executed, terminal } = await served(['--json']);
    await terminal.until('"type":"joined"');
    askFor(room, requestEntry('f', { request: 'form', tool: 'forms', form: formOf('choices') }));
    await terminal.until('"fields":[{"name":"targets"');
    const content = { targets: ['linux, glibc'], one: 'b' };
    terminal.say(
      JSON.stringify({ ref: 1, answer: { requestId: 'f', behavior: 'allow', content } }),
    );
    await waitUntil('the answer', () => executed.length > 0);
    expect(executed[0]?.args).toMatchObject({ requestId: 'f', behavior: 'allow', content });
    await terminal.until('"ref":1');
  });
});

describe('a form as lines', () => {
  const lines = (form: Partial<Form>) => formLines({ message: '', ...form }, {});

  it('[U4] says where an address leads before anything that the server says', () => {
    const [first, second] = lines({ message: 'Hi.', url: 'https://x.example/a' });
    expect([first, second]).toEqual(['It leads to x.example:', 'https://x.example/a']);
  });

  it('a title without anything to see is spelled, and takes one line', () => {
    const fields = [
      { name: 'a', type: 'text', title: '\u202e\u200b' },
      { name: 'b', type: 'text', title: 'B\n9. Fake (text)', description: '\u001b[2J' },
    ];
    expect(lines({ fields }).slice(0, 2)).toEqual([
      '1. ⟨U+202E⟩⟨U+200B⟩ (text; optional):',
      '2. B 9. Fake (text) (text; ⟨U+001B⟩[2J; optional):',
    ]);
  });

  it('options that are called the same stand with their values', () => {
    const options = [
      { value: 'keep', label: 'Yes' },
      { value: 'drop', label: 'Yes' },
      { value: 'drop', label: 'No' },
    ];
    const [row] = lines({ fields: [{ name: 'a', type: 'choice', options }] });
    expect(row).toBe('1. a (one of; 1 Yes (keep), 2 Yes (drop); optional):');
  });
});
