// What may be chosen of a session, and by whom: efforts, modes in words, commands, models, files.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { choicesOf } from '../../src/client/prompts/readChoices.ts';
import { untranslated } from '../../src/client/translate.ts';
import { hostedCommands } from '../../src/host/session/hostedCommands.ts';
import type { OpenSession } from '../../src/host/session/openSession.ts';
import type { CommandArgs } from '../../src/protocol/commandTable.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { Role } from '../../src/protocol/role.ts';
import { execute, NO_ATTACHMENTS, SessionsRig } from './sessionsRig.ts';

let rig: SessionsRig;
let session: OpenSession;
beforeEach(async () => {
  rig = await SessionsRig.create();
  session = await rig.start();
});
afterEach(() => rig.close());

type Facts = Exclude<CommandArgs<'fetch'>, { readonly what: 'log' | 'blob' | 'find' }>;

const fetched = (args: Facts, role: Role = 'owner'): Promise<Json> =>
  hostedCommands((kind) => session.targetOf(kind), NO_ATTACHMENTS).fetchFacts(args, { role });

const COMMANDS = [
  { name: 'compact', description: 'Shorter', argumentHint: '<how>', isOwn: true },
  { name: 'deploy', description: 'Of the project' },
];
const MODELS = [{ id: 'opus', name: 'Opus', efforts: ['low', 'high'] }];

/** The agent tells what it has. */
function told(): void {
  const facts = { commands: COMMANDS, models: MODELS };
  rig.agent.alive[0]?.emit({ kind: 'facts', facts });
}

const notices = (): readonly string[] =>
  rig.journal
    .room(session.recorder.stored.room)
    .readLog(0, 100)
    .flatMap(({ text }) => /"text":"((?:Effort|Permission)[^"]*)"/.exec(text)?.[1] ?? []);

describe('[A1] the effort', () => {
  it('is told in the summary, kept for the next start, and said to everybody by name', async () => {
    rig.agent.alive[0]?.emit({ kind: 'facts', facts: { effort: 'medium' } });
    expect(session.recorder.summary().effort).toBe('medium');
    expect(session.recorder.stored.isEffortChosen).toBeUndefined();
    await execute(session, 'set-effort', { effort: 'high' });
    expect(session.recorder.summary().effort).toBe('high');
    expect(session.recorder.stored).toMatchObject({ effort: 'high', isEffortChosen: true });
    await execute(session, 'set-effort', { effort: ' ' });
    expect(session.recorder.stored.isEffortChosen).toBe(false);
    expect(notices()).toEqual(['Effort changed to “high”.', 'Effort changed to the model’s own.']);
  });

  it('that the agent refuses is not kept', async () => {
    await expect(execute(session, 'set-effort', { effort: 'refused' })).rejects.toThrow(
      /Nothing was changed/,
    );
    expect(session.recorder.stored.effort).toBeUndefined();
  });

  it('a model that takes none has none in its summary', () => {
    rig.agent.alive[0]?.emit({ kind: 'facts', facts: { effort: '' } });
    expect(session.recorder.summary().effort).toBeUndefined();
  });
});

describe('[A2] commands', () => {
  it('owners are told of all, guests of those that they may run', async () => {
    told();
    expect(await fetched({ what: 'slash-commands' })).toEqual(COMMANDS);
    const { rules } = rig.agent;
    const allowed = COMMANDS.filter(
      ({ name }) => rules.judgeGuestPrompt(`/${name}`, COMMANDS).kind === 'command',
    );
    expect(await fetched({ what: 'slash-commands' }, 'controller')).toEqual(allowed);
    expect(allowed.map(({ name }) => name)).toEqual(['compact']);
  });

  it('an owner’s question starts the agent that can tell them, a guest’s does not', async () => {
    rig.agent.alive[0]?.exit(true);
    expect(await fetched({ what: 'slash-commands' }, 'controller')).toEqual([]);
    expect(await fetched({ what: 'models' })).toEqual([]);
    expect(rig.agent.starts).toBe(1);
    await fetched({ what: 'models', wake: true });
    expect(rig.agent.starts).toBe(2);
  });
});

describe('[A3] modes and models', () => {
  it('modes are those of the agent’s rules, each in words, without second names', async () => {
    const modes = choicesOf('modes', await fetched({ what: 'modes' }, 'viewer'), untranslated);
    const wanted = rig.agent.rules.modes.filter(({ aliasOf }) => aliasOf === undefined);
    expect(modes.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
    expect(modes.every(({ name }) => name !== '')).toBe(true);
    expect(CLAUDE_RULES.modes.some(({ aliasOf }) => aliasOf !== undefined)).toBe(true);
  });

  it('models come with the efforts that each takes', async () => {
    told();
    expect(await fetched({ what: 'models' })).toEqual(MODELS);
  });

  it('a change of the mode is told in the words of the mode', async () => {
    await execute(session, 'set-mode', { mode: 'plan' });
    expect(notices()).toEqual(['Permission mode changed to “Plan”.']);
  });
});
