// What the CLI offers to remember with an answer: in words, where it may be kept, and as it goes back.
import { isRecord } from '../../base/isRecord.ts';
import { say, spoken, verbatim, type Words } from '../../base/say.ts';
import type { AgentAnswer } from '../../protocol/agent.ts';
import type { Json } from '../../protocol/json.ts';
import { type Said, saidText } from '../../protocol/said.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { jsonField } from './jsonField.ts';

/** Modes that an answer never switches to, whatever the CLI suggests. */
const REFUSED_MODES: readonly Json[] = ['bypassPermissions', 'auto', 'dontAsk'];

/** Its destinations that are files, the narrowest first. */
const FILES: readonly {
  readonly place: string;
  readonly destination: string;
  readonly file: string;
}[] = [
  { place: 'local', destination: 'localSettings', file: '.claude/settings.local.json' },
  { place: 'project', destination: 'projectSettings', file: '.claude/settings.json' },
  { place: 'user', destination: 'userSettings', file: '~/.claude/settings.json' },
];

/** Modes by what they mean beside an answer. */
const MODES: Readonly<Record<string, Words>> = {
  acceptEdits: say`Change files of the folder without asking`,
  default: say`Ask about each step`,
  plan: say`Plan before anything is changed`,
};

/** How a plan may be approved besides plainly. */
const APPROVALS: readonly { readonly mode: string; readonly words: Words }[] = [
  { mode: 'acceptEdits', words: say`Approve and accept edits` },
];

type Request = EntryOf<'request'>;

/** Parts of a 'request' entry: what may be remembered, and where besides for the session. */
export function suggestionParts(
  suggestions: readonly Json[] | undefined,
): Pick<Request, 'suggestions' | 'suggestionTexts' | 'suggestionSaid' | 'places'> {
  if (suggestions === undefined) return {};
  const said = suggestions.map((one) => saidText(suggestionWords(one)));
  return {
    suggestions: [...suggestions],
    suggestionTexts: said.map(({ text }) => text),
    suggestionSaid: said.map((one): Said => one.said),
    ...(suggestions.some((one) => modeOf(one) === undefined) && {
      places: FILES.map(({ place, file }) => ({ place, file })),
    }),
  };
}

/** How a plan may be approved, in words. */
export function planApprovals(): NonNullable<Request['approvals']> {
  return APPROVALS.map(({ mode, words }) => ({ mode, ...saidText(words) }));
}

/** A rule by its own text (`Bash(npm test:*)`), folders by their paths, a mode by what it means; else its JSON. */
export function suggestionText(suggestion: Json): string {
  return spoken(suggestionWords(suggestion));
}

function suggestionWords(suggestion: Json): Words {
  const rules = listOf(suggestion, 'rules').map(ruleText);
  if (rules.length > 0) {
    const behavior = jsonField(suggestion, 'behavior');
    const isOther = typeof behavior === 'string' && behavior !== 'allow';
    return verbatim(`${isOther ? `${behavior}: ` : ''}${rules.join(', ')}`);
  }
  const folders = listOf(suggestion, 'directories').filter((item) => typeof item === 'string');
  if (folders.length > 0) return say`Work in the folder ${folders.join(', ')} too`;
  const mode = modeOf(suggestion);
  if (mode === undefined) return verbatim(JSON.stringify(suggestion));
  return Object.hasOwn(MODES, mode) ? (MODES[mode] ?? verbatim(mode)) : verbatim(mode);
}

function ruleText(rule: Json): string {
  const [tool, content] = [jsonField(rule, 'toolName'), jsonField(rule, 'ruleContent')];
  const name = typeof tool === 'string' ? tool : '';
  return typeof content === 'string' ? `${name}(${content})` : name;
}

/** `updatedPermissions` of an answer: the chosen suggestions where they are to be kept, and the mode. */
export function permissionUpdates(
  { suggestions = [] }: Pick<Request, 'suggestions'>,
  { rememberSuggestions = [], place, mode }: Extract<AgentAnswer, { behavior: 'allow' }>,
): Json[] {
  const destination = FILES.find((one) => one.place === place)?.destination ?? 'session';
  const rules = rememberSuggestions.flatMap((index) => {
    const suggestion = suggestions[index];
    return suggestion === undefined ? [] : keptIn(suggestion, destination);
  });
  return mode === undefined ? rules : [...rules, { type: 'setMode', mode, destination: 'session' }];
}

/**
 * A mode holds for the session: in a file it would be that of every later one. A rule in a file holds
 * for the session as well: in a folder that is not trusted the CLI writes it there and goes on asking.
 */
function keptIn(suggestion: Json, destination: string): Json[] {
  if (!isRecord(suggestion)) return [];
  const now = { ...suggestion, destination: 'session' };
  const mode = jsonField(suggestion, 'mode');
  if (mode !== undefined) return REFUSED_MODES.includes(mode) ? [] : [now];
  return destination === 'session' ? [now] : [{ ...suggestion, destination }, now];
}

function modeOf(suggestion: Json): string | undefined {
  const mode = jsonField(suggestion, 'mode');
  return typeof mode === 'string' ? mode : undefined;
}

function listOf(value: Json, name: string): readonly Json[] {
  const list = isRecord(value) ? value[name] : undefined;
  return Array.isArray(list) ? list : [];
}
