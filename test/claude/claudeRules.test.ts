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

test('[G5] a shell that runs a command of its own is told by the snapshot that it reads first', () => {
  const { isCommandProcess } = CLAUDE_RULES;
  const snapshot = 'claude/shell-snapshots/snapshot-bash-1795830225355-enqnbs.sh';
  const said = `2>/dev/null || true && shopt -u extglob && eval 'npm start'`;
  expect(isCommandProcess(['/bin/bash', '-c', `source /home/ada/${snapshot} ${said}`])).toBe(true);
  expect(isCommandProcess(['zsh', '-c', `source '/home/a b/${snapshot}' ${said}`])).toBe(true);
  for (const line of [
    ['node', 'server.js'],
    ['bash', '-c', `cat /home/ada/${snapshot}`],
    ['bash', '-c', `source ./env.sh; cat /home/ada/${snapshot}`],
    ['claude', '--input-format', 'stream-json'],
  ]) {
    expect([line, isCommandProcess(line)]).toEqual([line, false]);
  }
});
