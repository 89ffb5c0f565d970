// Mode, model and effort in a terminal and by script: what there is, what is sent, what is asked about first.
import { expect, test } from 'vitest';
import { choosing } from '../../src/cli/join/choosing.ts';
import { sendVerb } from '../../src/cli/join/viewActions.ts';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { modesOf } from '../../src/host/session/offeredFacts.ts';
import type { Json } from '../../src/protocol/json.ts';
import { scriptInputSchema } from '../../src/protocol/local/script.ts';
import { FakeView, sessionState, summary } from '../client/samples.ts';

const MODELS: Json = [
  { id: 'default', name: 'Default', resolved: 'opus-5', efforts: ['low', 'high'] },
  { id: 'opus', name: 'Opus', resolved: 'opus-5', efforts: ['low', 'high'] },
  { id: 'haiku', name: 'Haiku', description: 'Fast\u001b[2J' },
];

function view(answer: Json, session: Parameters<typeof summary>[0] = {}): FakeView {
  const made = new FakeView();
  made.state = sessionState({ session: summary({ model: 'opus-5', effort: 'high', ...session }) });
  made.answer = answer;
  return made;
}

const MODES = modesOf(CLAUDE_RULES);
const listOf = (what: string): Json => (what === 'mode' ? MODES : MODELS);

test('[A3] /mode says which there are, in words, and which counts now', async () => {
  const said = await choosing(view(MODES), 'mode', '');
  expect('lines' in said && said.lines.slice(0, 3)).toEqual([
    '* default (Ask before edits): Asks before it changes files or runs commands.',
    '  acceptEdits (Edit automatically): Changes files of the folder without asking; asks before it runs commands.',
    '  plan (Plan): Looks and makes a plan; changes nothing before the plan is allowed.',
  ]);
});

test('[A1] /model and /effort say what there is; of what others wrote nothing reaches the terminal raw', async () => {
  const models = await choosing(view(MODELS), 'model', '');
  expect('lines' in models && models.lines).toEqual([
    '  default (Default)',
    '* opus (Opus)',
    '  haiku (Haiku): Fast[2J',
  ]);
  const efforts = await choosing(view(MODELS), 'effort', '');
  expect('lines' in efforts && efforts.lines).toEqual([
    '  auto: as the model does by itself',
    '  low',
    '* high',
  ]);
  const none = await choosing(view(MODELS, { model: 'haiku' }), 'effort', '');
  expect('lines' in none && none.lines).toEqual(['  auto: as the model does by itself']);
});

test.each([
  ['mode', 'plan', { mode: 'plan' }],
  ['mode', 'edit automatically', { mode: 'acceptEdits' }],
  ['mode', 'bypassPermissions!', { mode: 'bypassPermissions' }],
  ['model', 'Haiku', { model: 'haiku' }],
  ['model', 'claude-opus-4-8[1m]', { model: 'claude-opus-4-8[1m]' }],
  ['effort', 'low', { effort: 'low' }],
  ['effort', 'auto', { effort: '' }],
] as const)('/%s %s', async (what, rest, verb) => {
  expect(await choosing(view(listOf(what)), what, rest)).toEqual({ verb });
});

test('a mode that asks nobody wants to be meant surely, and what is not there is refused', async () => {
  await expect(choosing(view(MODES), 'mode', 'auto')).rejects.toThrow(/without asking anybody/);
  await expect(choosing(view(MODES), 'mode', 'ato')).rejects.toThrow(/no mode “ato” here/);
  await expect(choosing(view(MODELS), 'effort', 'heroic')).rejects.toThrow(
    /no effort “heroic” here/,
  );
});

test.each([
  [{ mode: 'plan' }, 'set-mode', { mode: 'plan' }],
  [{ model: 'opus' }, 'set-model', { model: 'opus' }],
  [{ effort: '' }, 'set-effort', { effort: '' }],
  [{ lookUp: { list: 'files', query: 'src' } }, 'fetch', { what: 'files', query: 'src' }],
  [{ lookUp: { list: 'models' } }, 'fetch', { what: 'models', wake: true }],
])('a line of the scripting interface: %j', (line, kind, args) => {
  const one = view([]);
  sendVerb(one, scriptInputSchema.parse(line));
  expect(one.sent.at(-1)).toMatchObject({ kind, args });
});
