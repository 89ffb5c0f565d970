// Which slash commands are the agent's own: what guests may run hangs on it.
import { describe, expect, it } from 'vitest';
import { initFacts } from '../../src/claude/cli/initFacts.ts';
import { parseOutLine } from '../../src/claude/wire/streamJson.ts';
import { StreamMapper } from '../../src/claude/stream/streamMapper.ts';
import { isOwnCommand } from '../../src/session/control/guestPrompt.ts';

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
    ['/context', true],
    ['/cost', true],
    ['/compact /etc/passwd', false],
    ['/mine', false],
    ['/help', false],
  ])('%s is the agent’s own: %s', (text, isOwn) => {
    expect(isOwnCommand(text, known)).toBe(isOwn);
  });
});

it('a name that stands for two commands is not the agent’s own', () => {
  const twice = [{ name: 'compact', isOwn: true }, { name: 'compact' }];
  expect(isOwnCommand('/compact', twice)).toBe(false);
});

it('a command that comes into a running session counts at once', () => {
  const mapper = new StreamMapper({ now: () => 1, hasMirror: true });
  const changed = { type: 'system', subtype: 'commands_changed', commands: ANSWERS['2.1.332'] };
  const events = mapper.map(parseOutLine(changed));
  const facts = events.flatMap((event) => (event.kind === 'facts' ? [event.facts] : []));
  expect(isOwnCommand('/compact', facts[0]?.commands ?? [])).toBe(false);
  expect(isOwnCommand('/context', facts[0]?.commands ?? [])).toBe(true);
});
