// What a person chose for the agent's questions, and when that is enough to send.
import type { Question } from '../../src/protocol/entryParts.ts';

/** Chosen options by their place, and own words. */
export interface Choice {
  readonly options: ReadonlySet<number>;
  /** Own words; undefined = Other is not chosen. */
  readonly other?: string;
}

/** Nothing chosen yet. */
export const NO_CHOICE: Choice = { options: new Set() };

/** Chooses or drops option `at`; with a single choice the others go. */
export function toggleOption(question: Question, choice: Choice, at: number): Choice {
  if (question.multiSelect !== true) return { options: new Set([at]) };
  const options = new Set(choice.options);
  if (!options.delete(at)) options.add(at);
  return { ...choice, options };
}

/** Chooses or drops Other. */
export function toggleOther(question: Question, choice: Choice): Choice {
  if (choice.other !== undefined) return { options: choice.options };
  return { options: question.multiSelect === true ? choice.options : new Set(), other: '' };
}

/** The answer as the agent gets it; undefined while it is incomplete. */
export function answerOf(question: Question, choice: Choice | undefined): string | undefined {
  if (choice === undefined) return undefined;
  const labels = question.options
    .filter((_, at) => choice.options.has(at))
    .map((option) => option.label);
  const other = choice.other?.trim();
  if (other === '') return undefined;
  const parts = other === undefined ? labels : [...labels, other];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** Answers by question text; undefined while one is missing. */
export function answersOf(
  questions: readonly Question[],
  choices: readonly (Choice | undefined)[],
): Record<string, string> | undefined {
  const answers: Record<string, string> = {};
  for (const [at, question] of questions.entries()) {
    const answer = answerOf(question, choices[at]);
    if (answer === undefined) return undefined;
    answers[question.question] = answer;
  }
  return answers;
}
