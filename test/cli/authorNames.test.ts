// [J8] A name may be anybody's: in the terminal what they may do stands beside it.
import { expect, test } from 'vitest';
import { createPaint, entryText } from '../../src/cli/text/entryText.ts';
import type { Author } from '../../src/protocol/entryParts.ts';

const paint = createPaint(false);

test.each<[Author['role'], string]>([
  ['owner', '› Ada (Owner): hello'],
  ['controller', '› Ada (Controller): hello'],
  ['viewer', '› Ada (Viewer): hello'],
  // A word of a later version may do the least.
  ['reviewer' as Author['role'], '› Ada (Viewer): hello'],
  [undefined, '› Ada: hello'],
])('[J8] a prompt of %s', (role, text) => {
  const author = { member: 'm', name: 'Ada', ...(role === undefined ? {} : { role }) };
  const prompt = {
    kind: 'prompt',
    id: 'p',
    at: 1,
    origin: 'person',
    text: 'hello',
    author,
  } as const;
  expect(entryText(prompt, paint)).toBe(text);
  const decision = {
    kind: 'decision',
    id: 'd',
    at: 1,
    requestId: 'r',
    outcome: 'allowed',
    author,
  } as const;
  const by = text.slice(2, text.indexOf(':'));
  expect(entryText(decision, paint)).toBe(`→ allowed by ${by}`);
});
