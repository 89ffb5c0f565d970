// The folder that the session works in: files, hooks of every kind, a skill, a command, an MCP server.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ASKING } from '../../tools/install/claudeCli.ts';

/** A picture of one dot, base64. */
export const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A hook: what it does with an event that names one of these words. */
function hook(cases: Readonly<Record<string, string>>): unknown {
  const arms = Object.entries(cases).map(([word, act]) => `*${word}*) ${act};;`);
  const command = `p=$(cat); case "$p" in ${arms.join(' ')} esac; exit 0`;
  return [{ hooks: [{ type: 'command', command }] }];
}

const say = (output: object): string => `echo '${JSON.stringify(output)}'`;
const context = (hookEventName: string, additionalContext: string): string =>
  say({ hookSpecificOutput: { hookEventName, additionalContext } });

const HOOKS = {
  SessionStart: hook({ startup: context('SessionStart', 'a hook says this at the start') }),
  UserPromptSubmit: hook({
    BLOCKED_WITH_WORDS: 'echo "no such words here" >&2; exit 2',
    WITH_CONTEXT: context('UserPromptSubmit', 'a hook adds this'),
    LOUD_HOOK: "head -c 200000 /dev/zero | tr '\\0' 'x'",
    BINARY_HOOK: "printf '\\377\\376\\001'",
  }),
  Stop: hook({ '"stop_hook_active":true': 'exit 0', STOPME: 'echo "please go on" >&2; exit 2' }),
  SubagentStop: hook({ NEVER: 'exit 2' }),
  PreToolUse: hook({
    PRE_DENY: 'echo "a hook denies it" >&2; exit 2',
    PRE_SYSTEM: say({ systemMessage: 'a hook says this' }),
  }),
  PostToolUse: hook({
    POST_BLOCK: say({ decision: 'block', reason: 'a hook does not like it' }),
    POST_CONTEXT: context('PostToolUse', 'after the tool'),
  }),
  PreCompact: hook({ NEVER: 'exit 2' }),
};

/** Puts everything into the folder and the agent's settings. */
export function prepareProject(project: string, configDir: string): void {
  const put = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  const own = (name: string, content: string | Uint8Array): void =>
    put(join(project, name), content);
  own('.claude/skills/greet/SKILL.md', '---\nname: greet\ndescription: Greets\n---\nBODY');
  own('.claude/commands/mine.md', 'Mine $ARGUMENTS. [[text:at once]]');
  own('big.txt', 'all work and no play makes Jack a dull boy\n'.repeat(25_000));
  own('some.txt', 'some words\n');
  own('dot.png', Buffer.from(DOT, 'base64'));
  const cell = { id: 'c1', cell_type: 'code', source: ['1'], metadata: {}, outputs: [] };
  const cells = [{ ...cell, execution_count: null }];
  own('book.ipynb', JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  const server = fileURLToPath(new URL('./mcpServer.ts', import.meta.url));
  const probe = { command: process.execPath, args: [server] };
  own('.mcp.json', JSON.stringify({ mcpServers: { probe } }));
  const settings = {
    enableAllProjectMcpServers: true,
    permissions: { ...ASKING.permissions, allow: ['mcp__probe', 'Skill'] },
    hooks: HOOKS,
  };
  put(join(configDir, 'settings.json'), JSON.stringify(settings));
}
