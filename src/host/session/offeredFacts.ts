// What a session tells who asks what may be chosen: files, commands, models, modes, and prompts that wait.
import { assertNever } from '../../base/assert.ts';
import type { AgentFacts } from '../../protocol/agent.ts';
import type { AgentRules } from '../../protocol/agentRules.ts';
import { type Json, parseJson } from '../../protocol/json.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { roleOf } from '../../protocol/openValues.ts';
import { type Said, saidText } from '../../protocol/said.ts';
import type { Person } from '../../protocol/state.ts';
import type { FactArgs } from '../../sync/host/hostRoomOptions.ts';
import { readQueued } from '../queue/queueCommands.ts';
import type { FileLookup } from '../drive/fileLookup.ts';
import type { CommandTarget } from './sessionDriver.ts';

/** One more than a reader shows: so it knows that there are more. */
const MAX_FILES = 51;

/** The answer to a `fetch` of facts. */
export async function fetchFacts(
  args: Exclude<FactArgs, { readonly what: 'context' }>,
  person: Pick<Person, 'role'>,
  target: CommandTarget & { readonly files: FileLookup },
): Promise<Json> {
  const { recorder, rules, files } = target;
  switch (args.what) {
    case 'queued':
      return readQueued(args.promptId, target);
    case 'files':
      return [...(await files.find(recorder.stored.cwd, args.query, MAX_FILES))];
    case 'slash-commands':
      await beKnown(person, target);
      return bounded(commandsFor(person, target));
    case 'models':
      if (args.wake === true) await beKnown(person, target);
      return modelsOf([recorder.agentFacts]);
    case 'modes':
      return modesOf(rules);
    default:
      return assertNever(args);
  }
}

/** After a restart of the host only the agent knows them; a guest's question starts none. */
async function beKnown(
  { role }: Pick<Person, 'role'>,
  { recorder, ready }: CommandTarget,
): Promise<void> {
  if (recorder.agentFacts.commands === undefined && roleOf(role) === 'owner') await ready();
}

/** [A2] Guests are told of the commands that they may run. */
function commandsFor({ role }: Pick<Person, 'role'>, { recorder, rules }: CommandTarget): Json[] {
  const { commands = [] } = recorder.agentFacts;
  const isGuest = roleOf(role) !== 'owner';
  return commands
    .filter(
      ({ name }) => !isGuest || rules.judgeGuestPrompt(`/${name}`, commands).kind === 'command',
    )
    .map(({ aliases, ...command }) => ({ ...command, ...(aliases && { aliases: [...aliases] }) }));
}

/** Models as the last of these sessions that knows any has told them. */
export function modelsOf(told: readonly Pick<AgentFacts, 'models'>[]): Json {
  const models = told.findLast((facts) => facts.models !== undefined)?.models ?? [];
  return bounded(
    models.map(({ efforts, ...model }) => ({
      ...model,
      ...(efforts && { efforts: [...efforts] }),
    })),
  );
}

/** [A3] The modes that can be chosen, each in words. */
export function modesOf({ modes, askingMode }: AgentRules): Json {
  return modes
    .filter(({ aliasOf }) => aliasOf === undefined)
    .map(({ id, kind, isForGuests, isInCycle, name, explanation }) => {
      const [called, explained] = [saidText(name), saidText(explanation)];
      return {
        ...{ id, kind, isForGuests, isInCycle: isInCycle === true },
        ...(id === askingMode ? { isAsking: true } : {}),
        ...{ name: called.text, explanation: explained.text },
        said: { name: jsonOf(called.said), explanation: jsonOf(explained.said) },
      };
    });
}

function jsonOf(said: Said): Json {
  return parseJson(JSON.stringify(said)) ?? {};
}

/** So many of the first as fit one answer. */
function bounded(items: readonly Json[]): Json[] {
  let bytes = 0;
  return items.filter((item) => {
    bytes += JSON.stringify(item).length * 3;
    return bytes <= LIMITS.fetchAnswerBytes;
  });
}
