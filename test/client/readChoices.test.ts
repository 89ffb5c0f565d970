// What may be chosen, as a session answers it, in the words of the reader; from hosts of any version.
import { expect, test } from 'vitest';
import { CLAUDE_RULES } from '../../src/claude/rules/claudeRules.ts';
import { choicesOf, fetchArgsOf } from '../../src/client/prompts/readChoices.ts';
import { type Translate, untranslated } from '../../src/client/translate.ts';
import { modesOf } from '../../src/host/session/offeredFacts.ts';
import { templatesOf } from '../../src/protocol/said.ts';

const MODES = modesOf(CLAUDE_RULES);

test('[A3] modes come in the language of the reader, with what they mean and who may have them', () => {
  const german: Record<string, string> = {
    Plan: 'Planen',
    'Ask before edits': 'Vor Änderungen fragen',
  };
  const speak: Translate = (text, ...args) => untranslated(german[text] ?? text, ...args);
  const t: Translate = Object.assign(speak, { templates: templatesOf(german) });
  const modes = choicesOf('modes', MODES, t);
  expect(modes.map(({ name }) => name)).toEqual([
    ...['Vor Änderungen fragen', 'Edit automatically', 'Planen', 'Never ask', 'Auto'],
    'Bypass permissions',
  ]);
  expect(modes.filter(({ isUnattended }) => isUnattended).map(({ id }) => id)).toEqual(
    CLAUDE_RULES.modes.filter(({ kind }) => kind === 'unattended').map(({ id }) => id),
  );
  expect(modes.filter(({ isInCycle }) => isInCycle).map(({ id }) => id)).toEqual(
    modes.filter(({ isForGuests }) => isForGuests).map(({ id }) => id),
  );
});

test('[A3] a mode of a kind that is not known asks nobody, as far as one can tell', () => {
  const [mode] = choicesOf('modes', [{ id: 'x', name: 'X', kind: 'psychic' }], untranslated);
  expect(mode).toMatchObject({ id: 'x', name: 'X', isUnattended: true });
});

test('what cannot be read is left out, what is new is passed over, and an old host’s answer is no list', () => {
  const commands = [
    { name: 'compact', description: 'Shorter', argumentHint: '<how>', colour: 'red' },
    { title: 'no name' },
    'text',
  ];
  expect(choicesOf('commands', commands, untranslated)).toEqual([
    { id: 'compact', name: 'compact', explanation: 'Shorter', hint: '<how>' },
  ]);
  expect(choicesOf('models', { more: true }, untranslated)).toEqual([]);
  expect(choicesOf('files', ['a.ts', 7], untranslated)).toEqual([{ id: 'a.ts', name: 'a.ts' }]);
});

test('only who wants to choose has an agent started', () => {
  expect(fetchArgsOf('models')).toEqual({ what: 'models' });
  expect(fetchArgsOf('models', '', true)).toEqual({ what: 'models', wake: true });
});
