// What an answer chooses beside yes and no: only what the request names, and never wider than that.
import { describe, expect, it } from 'vitest';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { planApprovals, suggestionParts } from '../../src/claude/wire/suggestions.ts';
import { answerChoices, chosenText } from '../../src/host/session/answerChoices.ts';
import { type OpenRequest, RequestBook } from '../../src/host/session/requestBook.ts';
import type { EntryOf } from '../../src/protocol/transcript.ts';

const RULE = {
  type: 'addRules',
  rules: [{ toolName: 'Bash', ruleContent: 'npm ci:*' }],
  behavior: 'allow',
  destination: 'localSettings',
};

function opened(more: Partial<EntryOf<'request'>>): OpenRequest {
  const book = new RequestBook();
  book.add(0, {
    ...{ kind: 'request', id: 'e', at: 1, requestId: 'r', request: 'permission', tool: 'Bash' },
    ...{ input: {}, inputHash: 'h', ...more },
  });
  const request = book.find('r');
  if (request === undefined) throw new Error('it does not wait');
  return request;
}

const permission = opened(suggestionParts([RULE, { type: 'setMode', mode: 'acceptEdits' }]));
const plan = opened({ request: 'plan', approvals: planApprovals() });
const allow = { requestId: 'r', inputHash: 'h', behavior: 'allow' } as const;
const alone = { rules: CLAUDE_RULES, hasControllers: () => false };
const shared = { rules: CLAUDE_RULES, hasControllers: () => true };

describe('where rules are kept', () => {
  it.each([undefined, 'session', 'local', 'project', 'user'])('[R20] %s', (place) => {
    const args = { ...allow, remember: [0], ...(place === undefined ? {} : { place }) };
    const expected = { rememberSuggestions: [0], ...(place === undefined ? {} : { place }) };
    expect(answerChoices(permission, args, alone)).toEqual(expected);
  });

  it.each(['policy', 'localSettings', ''])('[R20] %j is no place: nothing is allowed', (place) => {
    const args = { ...allow, remember: [0], place };
    expect(() => answerChoices(permission, args, alone)).toThrow(
      'Nothing can be kept at the place',
    );
    expect(() => answerChoices(plan, { ...args, place: 'user' }, alone)).toThrow();
  });

  it('[R20] is told to everybody, with the file', () => {
    const text = (more: object): string | undefined =>
      chosenText(permission, { ...allow, ...more });
    expect(text({})).toBeUndefined();
    expect(text({ remember: [0] })).toBe('Bash(npm ci:*)');
    expect(text({ remember: [0, 1], place: 'project' })).toBe(
      'Bash(npm ci:*), Change files of the folder without asking → .claude/settings.json',
    );
    expect(chosenText(plan, { ...allow, mode: 'acceptEdits' })).toBe('Approve and accept edits');
  });
});

describe('how a plan goes on', () => {
  it('[R21] in the mode of the answer; [R17] else in the asking one while guests may control', () => {
    const chosen = { ...allow, mode: 'acceptEdits' };
    expect(answerChoices(plan, allow, alone)).toEqual({});
    expect(answerChoices(plan, allow, shared)).toEqual({ mode: 'default' });
    expect(answerChoices(plan, chosen, alone)).toEqual({ mode: 'acceptEdits' });
    expect(answerChoices(plan, chosen, shared)).toEqual({ mode: 'acceptEdits' });
    expect(answerChoices(permission, allow, shared)).toEqual({});
  });

  it.each(['bypassPermissions', 'auto', 'default', ''])('[R21] not in %j', (mode) => {
    expect(() => answerChoices(plan, { ...allow, mode }, alone)).toThrow('cannot be approved into');
    expect(() => answerChoices(permission, { ...allow, mode }, alone)).toThrow();
  });

  it('[R17] never unattended while guests may control, whatever the agent names', () => {
    const odd = opened({ request: 'plan', approvals: [{ mode: 'auto', text: 'All by itself' }] });
    const args = { ...allow, mode: 'auto' };
    expect(() => answerChoices(odd, args, shared)).toThrow('while guests may control');
    expect(answerChoices(odd, args, alone)).toEqual({ mode: 'auto' });
  });

  it('chooses nothing with a no', () => {
    const behavior = 'deny' as const;
    const deny = { ...allow, behavior, remember: [0], place: 'x', mode: 'x' };
    expect(answerChoices(plan, deny, shared)).toEqual({});
    expect(chosenText(plan, deny)).toBeUndefined();
  });
});
