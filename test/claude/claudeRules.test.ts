// What holds for Claude Code, as values.
import { expect, test } from 'vitest';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';

test('where it keeps its files and how it reaches its models is needed, whatever has to be left out', () => {
  const needed = ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'CLAUDE_CONFIG_DIR', 'claude_code_x'];
  expect(needed.filter((name) => !CLAUDE_RULES.isNeededVariable(name))).toEqual([]);
  const others = ['MY_ANTHROPIC_KEY', 'ANTHROPICS', 'EDITOR', ''];
  expect(others.filter((name) => CLAUDE_RULES.isNeededVariable(name))).toEqual([]);
});

test('[R17] no mode in which nobody is asked is for guests', () => {
  const open = CLAUDE_RULES.modes.filter(({ isForGuests }) => isForGuests);
  expect(open.map(({ id }) => id)).toEqual(['default', 'acceptEdits', 'plan']);
  expect(open.some(({ kind }) => kind === 'unattended')).toBe(false);
});
