// What `/allow` chooses beside the yes: rules that are kept, where, and how a plan goes on.
import type { ScriptInput } from '../../protocol/local/script.ts';
import type { EntryOf } from '../../protocol/transcript.ts';
import { oneLine } from '../io.ts';
import { noSuchAnswer } from './errors.ts';

type Chosen = Pick<NonNullable<ScriptInput['answer']>, 'remember' | 'place' | 'mode'>;

const OPTION = /(?:^|\s)--(keep|in|mode)(?:[ =]+([^\s-]\S*))?(?=\s|$)/g;

/** The options of `/allow`, and its words without them. Throws AppError 'invalid-input' for what the request does not name. */
export function answerOptions(
  request: EntryOf<'request'>,
  words: string,
): { readonly chosen: Chosen; readonly rest: string } {
  const given = new Map(
    [...words.matchAll(OPTION)].map(([, name = '', value = '']) => [name, value]),
  );
  const [keep, place, mode] = [given.get('keep'), given.get('in'), given.get('mode')];
  const known = choiceLines(request).join('; ');
  const remember = keep?.split(',').map((number) => Number(number) - 1);
  const isRule = (at: number): boolean => request.suggestions?.[at] !== undefined;
  if (remember !== undefined && !remember.every(isRule)) throw noSuchAnswer(known);
  const places = ['session', ...(request.places ?? []).map((one) => one.place)];
  if (place !== undefined && (remember === undefined || !places.includes(place)))
    throw noSuchAnswer(known);
  const modes = (request.approvals ?? []).map((one) => one.mode);
  if (mode !== undefined && !modes.includes(mode)) throw noSuchAnswer(known);
  const chosen = {
    ...(remember === undefined ? {} : { remember }),
    ...(place === undefined || place === 'session' ? {} : { place }),
    ...(mode === undefined ? {} : { mode }),
  };
  return { chosen, rest: words.replaceAll(OPTION, '').trim() };
}

/** What may be chosen with a yes, one line each. */
export function choiceLines({
  suggestions = [],
  suggestionTexts = [],
  places = [],
  approvals = [],
}: EntryOf<'request'>): readonly string[] {
  const rules = suggestions.map((one, at) => suggestionTexts[at] ?? JSON.stringify(one));
  const files = places.map(({ place, file }) =>
    file === undefined ? place : `${place} (${file})`,
  );
  return [
    ...rules.map((text, at) => `--keep ${at + 1}: ${text}`),
    ...(rules.length > 0 && files.length > 0 ? [`--in session, ${files.join(', ')}`] : []),
    ...approvals.map(({ mode, text }) => `--mode ${mode}: ${text}`),
  ].map((line) => oneLine(line));
}
