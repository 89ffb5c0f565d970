// `/allow` with options: rules that are kept and where, and how a plan goes on.
import { expect, it } from 'vitest';
import { answerOptions, choiceLines } from '../../src/cli/join/answerOptions.ts';
import { requestText } from '../../src/cli/text/entryText.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';

const REQUEST: EntryOf<'request'> = {
  ...{ kind: 'request', id: 'e', at: 1, requestId: 'r', request: 'permission', tool: 'Bash' },
  ...{ input: { command: 'touch a' }, inputHash: 'h' },
  suggestions: [{ one: 1 }, { two: 2 }],
  suggestionTexts: ['Bash(touch a)', 'Work in the folder /b too'],
  places: [{ place: 'local', file: '.x/local.json' }, { place: 'user' }],
};
const PLAN: EntryOf<'request'> = {
  ...REQUEST,
  ...{ request: 'plan', suggestions: undefined, suggestionTexts: undefined, places: undefined },
  approvals: [{ mode: 'swift', text: 'Approve and go on swiftly' }],
};

it('[R20] names what may be kept, and where', () => {
  expect(choiceLines(REQUEST)).toEqual([
    '--keep 1: Bash(touch a)',
    '--keep 2: Work in the folder /b too',
    '--in session, local (.x/local.json), user',
  ]);
  expect(choiceLines(PLAN)).toEqual(['--mode swift: Approve and go on swiftly']);
  expect(requestText(REQUEST)).toContain('With /allow also:');
  expect(requestText({ ...REQUEST, suggestions: undefined })).not.toContain('With /allow');
});

it.each([
  [REQUEST, '', {}],
  [REQUEST, '--keep 1', { remember: [0] }],
  [REQUEST, '--keep 1,2 --in local', { remember: [0, 1], place: 'local' }],
  [REQUEST, '--keep=2 --in=session', { remember: [1] }],
  [PLAN, '--mode swift', { mode: 'swift' }],
])('takes options (%#)', (request, words, chosen) => {
  expect(answerOptions(request, words)).toEqual({ chosen, rest: '' });
});

it('leaves other words as they are', () => {
  const words = 'fine --keep 1 with me';
  expect(answerOptions(REQUEST, words)).toEqual({
    chosen: { remember: [0] },
    rest: 'fine with me',
  });
});

it.each([
  [REQUEST, '--keep 3'],
  [REQUEST, '--keep'],
  [REQUEST, '--keep 0'],
  [REQUEST, '--in local'],
  [REQUEST, '--keep 1 --in project'],
  [REQUEST, '--mode swift'],
  [PLAN, '--mode'],
  [{ ...REQUEST, suggestions: undefined }, '--keep 1'],
])('sends nothing for what the request does not name (%#)', (request, words) => {
  expect(() => answerOptions(request, words)).toThrow('This request has no such choice.');
});
