// Which slash commands are the agent's own: what guests may run hangs on it.
import { describe, expect, it } from 'vitest';
import { initFacts } from '../../src/claude/cli/initFacts.ts';
import { parseOutLine } from '../../src/claude/wire/streamJson.ts';
import { StreamMapper } from '../../src/claude/stream/streamMapper.ts';
import { foreignCommand, otherCommand } from '../../src/claude/rules/guestRefusals.ts';
import { GUEST_COMMANDS, judgeGuestPrompt } from '../../src/claude/rules/judgeGuestPrompt.ts';

/** As both versions answer `initialize` in a project with commands `/mine` and, in its place, `/compact`. */
const ANSWERS = {
  '2.1.332': [
    { name: 'mine', description: 'Mine (project)' },
    { name: 'context', description: 'Show current context usage', builtin: true },
    { name: 'compact', description: 'Free up context (project)' },
    {
      name: 'usage',
      description: 'Show session cost …',
      aliases: ['cost', 'stats'],
      builtin: true,
    },
  ],
  '2.1.197': [
    { name: 'mine', description: 'Mine (project)' },
    { name: 'context', description: 'Show current context usage' },
    {
      name: 'compact',
      description: 'Free up context by summarizing the conversation so far (project)',
    },
    {
      ...{ name: 'usage', aliases: ['cost', 'stats'] },
      description: "Show session cost, plan usage, and what's contributing to your limits",
    },
  ],
};

describe.each(Object.entries(ANSWERS))('%s', (_version, commands) => {
  const known = initFacts({ commands }).commands ?? [];

  it.each([
    ['/context', { kind: 'command' }],
    ['/cost', { kind: 'command' }],
    ['/compact /etc/passwd', { kind: 'refused', words: foreignCommand('/compact') }],
    ['/mine', { kind: 'refused', words: otherCommand('/mine', GUEST_COMMANDS) }],
    ['/help', { kind: 'text' }],
  ])('a guest’s %s: %o', (text, verdict) => {
    expect(judgeGuestPrompt(text, known)).toEqual(verdict);
  });
});

it('a name that stands for two commands is not the agent’s own', () => {
  const compact = { name: 'compact', description: '' };
  const twice = [{ ...compact, isOwn: true }, compact];
  expect(judgeGuestPrompt('/compact', twice).kind).toBe('refused');
});

it('a command that comes into a running session counts at once', () => {
  const mapper = new StreamMapper({ now: () => 1, hasMirror: true });
  const changed = { type: 'system', subtype: 'commands_changed', commands: ANSWERS['2.1.332'] };
  const events = mapper.map(parseOutLine(changed));
  const facts = events.flatMap((event) => (event.kind === 'facts' ? [event.facts] : []));
  expect(judgeGuestPrompt('/compact', facts[0]?.commands ?? []).kind).toBe('refused');
  expect(judgeGuestPrompt('/context', facts[0]?.commands ?? []).kind).toBe('command');
});
