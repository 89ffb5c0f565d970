// The demo model answers as its directives and phrases say.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DemoModel, startDemoModel } from '../../tools/demo/demoModel.ts';

let model: DemoModel;
beforeAll(async () => {
  model = await startDemoModel({ delayMs: 0 });
});
afterAll(() => model.close());

type Message = { role: 'user' | 'assistant'; content: unknown };
const user = (content: unknown): Message => ({ role: 'user', content });
const assistant = (content: unknown): Message => ({ role: 'assistant', content });
const result = (isError = false): unknown => [
  { type: 'tool_result', tool_use_id: 'toolu_1', content: 'x', is_error: isError },
];

async function ask(...messages: Message[]): Promise<{ status: number; body: string }> {
  const response = await fetch(`${model.url}/v1/messages?beta=true`, {
    method: 'POST',
    body: JSON.stringify({ model: 'demo', messages }),
  });
  return { status: response.status, body: await response.text() };
}

test('a text directive is answered with its text', async () => {
  expect((await ask(user('[[text:hello]]'))).body).toContain('"text":"hello"');
});

test('several directives are several steps', async () => {
  const prompt = user('[[bash:ls]][[write:a.txt:one]]');
  expect((await ask(prompt)).body).toContain('"command":"ls"');
  const second = await ask(prompt, assistant('x'), user(result()));
  expect(second.body).toContain('"file_path":"a.txt"');
  const third = await ask(prompt, assistant('x'), user(result()), assistant('y'), user(result()));
  expect(third.body).toContain('Done.');
});

test('a new prompt without directives does not play the old script on', async () => {
  const { body } = await ask(user('[[bash:ls]]'), assistant('x'), user('good morning'));
  expect(body).toContain('good morning');
});

test('a prompt folded into a tool result begins its own script', async () => {
  const folded = [
    { type: 'tool_result', content: 'x' },
    { type: 'text', text: '[[text:steer]]' },
  ];
  expect((await ask(user('[[bash:ls]]'), assistant('x'), user(folded))).body).toContain('steer');
});

test('what the agent adds around a prompt is not taken for one', async () => {
  const blocks = [
    { type: 'text', text: '[[text:mine]]' },
    { type: 'text', text: '<system-reminder>[[text:not mine]]</system-reminder>' },
  ];
  const { body } = await ask(user(blocks));
  expect(body).toContain('"text":"mine"');
});

test('a refused tool call ends a scene politely', async () => {
  const { body } = await ask(user('fix the bug'), assistant('x'), user(result(true)));
  expect(body).toContain('so I stop here');
});

test('an error directive fails as often as it says', async () => {
  const prompt = user('[[err:529:2]][[text:at last]]');
  expect((await ask(prompt)).status).toBe(529);
  expect((await ask(prompt)).status).toBe(529);
  expect((await ask(prompt)).body).toContain('at last');
});

test('a stream begins and ends as the Messages API does', async () => {
  const messages = [user('[[think]][[text:one two]]')];
  const response = await fetch(`${model.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ model: 'demo', messages, stream: true }),
  });
  const events = [...(await response.text()).matchAll(/^event: (.*)$/gm)].map((match) => match[1]);
  expect(events[0]).toBe('message_start');
  expect(events.at(-1)).toBe('message_stop');
  expect(events.filter((name) => name === 'content_block_start')).toHaveLength(2);
});

test('a held answer stands still in its middle until it is released', async () => {
  const messages = [user('[[held:4]]')];
  const response = await fetch(`${model.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ model: 'demo', messages, stream: true }),
  });
  const text = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let said = '';
  while (!said.includes('w1')) said += (await text?.read())?.value ?? '';
  let hasMoreCome = false;
  const next = text?.read().then(({ value = '' }) => {
    hasMoreCome = true;
    return value;
  });
  // Its next word takes less time than another answer.
  for (let n = 0; n < 3; n += 1) await ask(user('[[text:another]]'));
  expect(hasMoreCome).toBe(false);
  model.release();
  said += (await next) ?? '';
  while (!said.includes('message_stop')) said += (await text?.read())?.value ?? '';
  expect(said).toMatch(/w2[^]*w3/);
});

test('a garbled request is refused, and the next one is answered', async () => {
  const garbled = await fetch(`${model.url}/v1/messages`, { method: 'POST', body: '{' });
  expect(garbled.status).toBe(400);
  expect((await ask(user('[[text:fine]]'))).body).toContain('fine');
});

test.each([
  ['run the tests', 'Bash'],
  ['fix the bug', 'Read'],
  ['list the files', 'Bash'],
  ['write a note', 'Write'],
  ['ask me something', 'AskUserQuestion'],
  ['make a plan', 'EnterPlanMode'],
  ['make a plan to fix the bug and write a note', 'EnterPlanMode'],
])('“%s”, as the greeting suggests, plays its own scene', async (phrase, tool) => {
  const { body } = await ask(user(phrase));
  expect(/"type":"tool_use"[^}]*"name":"(\w+)"/.exec(body)?.[1]).toBe(tool);
});

test('the greeting suggests the plan, which goes on after a yes and plans on after a no', async () => {
  expect((await ask(user('hi there'))).body).toContain('make a plan');
  const prompt = user('make a plan');
  const begun = [prompt, assistant('x'), user(result())];
  expect((await ask(...begun)).body).toContain('ExitPlanMode');
  const answered = [...begun, assistant('y')];
  expect((await ask(...answered, user(result()))).body).toContain('PLAN.md');
  expect((await ask(...answered, user(result(true)))).body).toContain('I go on planning');
});
