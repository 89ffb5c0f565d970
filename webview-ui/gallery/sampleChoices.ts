// What the composer of the gallery has to choose from: lists as a session would answer.
import type { Choice, ChoiceList } from '../../src/protocol/local/choices.ts';

const COMMANDS: readonly Choice[] = [
  {
    ...{ id: 'compact', name: 'compact', hint: '<optional custom summarization instructions>' },
    explanation: 'Free up context by summarizing the conversation so far',
  },
  { id: 'context', name: 'context', explanation: 'Show current context usage' },
  {
    id: 'clear',
    name: 'clear',
    explanation: 'Start a new conversation',
    aliases: ['reset', 'new'],
  },
  { id: 'model', name: 'model', hint: '<model>', explanation: 'Set the AI model' },
  { id: 'review', name: 'review', explanation: 'Review a pull request (project)' },
  ...Array.from({ length: 30 }, (_, at) => ({
    ...{ id: `team:step-${at}`, name: `team:step-${at}` },
    explanation: `Step ${at} of what the team does before it publishes something (project)`,
  })),
];

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];
const MODELS: readonly Choice[] = [
  {
    ...{ id: 'default', name: 'Default (recommended)', resolved: 'claude-opus-5-5' },
    ...{ explanation: 'Use the default model (currently Opus 5.5)', efforts: EFFORTS },
  },
  {
    ...{ id: 'opus', name: 'Opus', resolved: 'claude-opus-5-5', efforts: EFFORTS },
    explanation: 'Opus 5.5 · Best for everyday, complex tasks',
  },
  {
    ...{ id: 'haiku', name: 'Haiku', resolved: 'claude-haiku-4-5' },
    explanation: 'Haiku 4.5 · Fastest for quick answers',
  },
];

const MODES: readonly Choice[] = [
  {
    ...{ id: 'default', name: 'Ask before edits', isAsking: true, isForGuests: true },
    ...{ isInCycle: true, explanation: 'Asks before it changes files or runs commands.' },
  },
  {
    ...{ id: 'acceptEdits', name: 'Edit automatically', isForGuests: true, isInCycle: true },
    explanation: 'Changes files of the folder without asking; asks before it runs commands.',
  },
  {
    ...{ id: 'plan', name: 'Plan', isForGuests: true, isInCycle: true },
    explanation: 'Looks and makes a plan; changes nothing before the plan is allowed.',
  },
  { id: 'auto', name: 'Auto', isUnattended: true, explanation: 'A second model decides.' },
  {
    ...{ id: 'bypassPermissions', name: 'Bypass permissions', isUnattended: true },
    explanation: 'Runs everything without asking.',
  },
];

const FILES: readonly string[] = [
  'src/',
  'test/',
  'README.md',
  'src/limiter.ts',
  'src/limiter/clock and bucket.ts',
  'new\nline.txt',
  'invoice\u202Efdp.exe',
];

/** Answers a look-up; a query “many” has more than are shown. */
export function sampleChoices(
  list: ChoiceList,
  query: string,
): { readonly items: Choice[]; readonly more?: true } {
  switch (list) {
    case 'commands':
      return { items: [...COMMANDS] };
    case 'models':
      return { items: [...MODELS] };
    case 'modes':
      return { items: [...MODES] };
    case 'files': {
      if (query === 'many') {
        const items = Array.from({ length: 50 }, (_, at) => `many/file-${at}.ts`);
        return { items: items.map((id) => ({ id, name: id })), more: true };
      }
      const fitting = FILES.filter((path) => path.toLowerCase().includes(query.toLowerCase()));
      return { items: fitting.map((id) => ({ id, name: id })) };
    }
  }
}
