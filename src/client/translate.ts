// What is said to a person, in the language of the window: our own texts, errors, and what other computers have said.
import { type AppError, type ErrorParts, joinParts } from '../base/errors.ts';
import { inEnglish, type Words } from '../base/say.ts';
import {
  heardParts,
  heardText,
  type Language,
  type Templates,
  translated,
  translatedParts,
} from '../protocol/said.ts';
import type { Problem } from '../protocol/state.ts';
import type { OutboxItem } from '../session/view.ts';

/** Translates an English text, as `vscode.l10n.t` does; `{0}`, `{1}` … are replaced by the arguments. */
export interface Translate {
  (message: string, ...args: (string | number | boolean)[]): string;
  /** Texts that have a translation; without them only what is said here is translated. */
  readonly templates?: Templates;
}

/** Fills in the arguments and translates nothing: for tests. */
export const untranslated: Translate = (message, ...args) =>
  inEnglish(message, ...args.map((one) => (typeof one === 'boolean' ? String(one) : one)));

function languageOf(t: Translate): Language {
  return { speak: t, templates: t.templates ?? new Map<string, string>() };
}

/** A sentence. */
export function wordsText(words: Words, t: Translate): string {
  return translated(words, languageOf(t));
}

/** An error: what happened, what was kept, what to do. */
export function errorMessage(error: Pick<AppError, 'words'>, t: Translate): string {
  return joinParts(errorParts(error, t));
}

/** The same, part by part. */
export function errorParts({ words }: Pick<AppError, 'words'>, t: Translate): ErrorParts {
  return translatedParts(words, languageOf(t));
}

/** A problem that a computer has told. */
export function translatedProblem(problem: Problem, t: Translate): Problem {
  const { said: _said, ...rest } = problem;
  const parts = translatedParts(heardParts(problem), languageOf(t));
  return {
    ...rest,
    happened: parts.happened,
    ...(parts.kept !== undefined && { kept: parts.kept }),
    ...(parts.remedy !== undefined && { remedy: parts.remedy }),
  };
}

/** What became of an own command; undefined if nothing was said. */
export function outboxMessage(
  { message, said }: Pick<OutboxItem, 'message' | 'said'>,
  t: Translate,
): string | undefined {
  return message === undefined ? undefined : wordsText(heardText(message, said), t);
}
