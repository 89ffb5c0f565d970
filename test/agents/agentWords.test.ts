// No word of one agent stands outside its adapter: another agent's tools, modes and commands are worth as much.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GUEST_COMMANDS } from '../../src/claude/rules/judgeGuestPrompt.ts';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { REPO_ROOT } from '../../tools/install/cache.ts';

/** Names that Claude Code alone has; 'plan', 'auto', 'default' and 'manual' are words of everybody. */
const WORDS = [
  ...['Bash', 'MultiEdit', 'NotebookEdit', 'Grep', 'TodoWrite', 'WebFetch', 'ExitPlanMode'],
  ...['AskUserQuestion', 'file_path', 'old_string', 'new_string', 'toolName', 'ruleContent'],
  ...['stream-json', 'queued_command', 'CLAUDECODE'],
  // Its variables; `CLAUDE_RULES` is what a composition root hands on.
  ...['ANTHROPIC_\\w*', 'CLAUDE_(?!RULES)\\w*'],
  ...CLAUDE_RULES.modes.map(({ id }) => id).filter((id) => /[A-Z]/.test(id)),
  // `/context` is the example by which Share says what is meant.
  ...GUEST_COMMANDS.filter((command) => command !== '/context'),
];
/** As a whole word, where an identifier would go on. */
const FOUND = new RegExp(
  `(?<![\\w/-])(?:${WORDS.map((word) => word.replaceAll('/', '\\/')).join('|')})(?![\\w-])`,
  'g',
);

function sources(folder: string): readonly string[] {
  return readdirSync(join(REPO_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => /\.tsx?$/.test(path))
    .filter((path) => !/^(?:src\/claude|webview-ui\/gallery)\//.test(path));
}

test('tools, modes, commands and lines of Claude Code are known to its adapter alone', () => {
  const files = [...sources('src'), ...sources('webview-ui')];
  expect(files.length).toBeGreaterThan(200);
  const found = files.flatMap((path) => {
    const words = readFileSync(join(REPO_ROOT, path), 'utf8').match(FOUND) ?? [];
    return words.map((word) => `${path}: ${word}`);
  });
  expect(found).toEqual([]);
});
