// What a person chose for the agent's questions, and when that is enough to send.
import * as z from 'zod/mini';
import type { Json } from '../../src/protocol/json.ts';
import type { Question } from '../../src/protocol/entryParts.ts';
import { questionKindOf } from '../../src/protocol/openValues.ts';

/** A text, or the labels that were chosen: a comma in one of them is its own. */
export type Answer = string | string[];

/** All of them: as texts for every host, and as they were chosen. */
export interface Answers {
  readonly answers: Record<string, string>;
  readonly content: Record<string, Answer>;
}

/** Chosen options by their place, and own words. */
export interface Choice {
  readonly options: ReadonlySet<number>;
  /** Own words; undefined = Other is not chosen. */
  readonly other?: string;
}

/** Nothing chosen yet. */
export const NO_CHOICE: Choice = { options: new Set() };

const keptSchema = z.array(
  z.nullable(z.object({ options: z.array(z.number()), other: z.optional(z.string()) })),
);

/** Choices as they are kept for a page that reloads. */
export function jsonOf(choices: readonly (Choice | undefined)[]): Json {
  return choices.map((choice): Json => {
    if (choice === undefined) return null;
    const { options, other } = choice;
    return { options: [...options], ...(other === undefined ? {} : { other }) };
  });
}

/** What was kept. */
export function choicesOf(kept: Json | undefined): readonly (Choice | undefined)[] {
  const parsed = keptSchema.safeParse(kept);
  if (!parsed.success) return [];
  return parsed.data.map((one) => {
    if (one === null) return undefined;
    const options = new Set(one.options);
    return one.other === undefined ? { options } : { options, other: one.other };
  });
}

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

/** The answer, a list where several may be chosen; undefined while it is incomplete or out of its bounds. */
export function answerOf(question: Question, choice: Choice | undefined): Answer | undefined {
  const kind = questionKindOf(question);
  if (kind !== 'choice') return typedAnswer(question, choice?.other ?? firstText(question));
  if (choice === undefined) return undefined;
  const labels = question.options
    .filter((_, at) => choice.options.has(at))
    .map((option) => option.label);
  const other = choice.other?.trim();
  if (other === '') return undefined;
  const parts = other === undefined ? labels : [...labels, other];
  if (parts.length === 0) return undefined;
  return question.multiSelect === true ? parts : parts.join(', ');
}

/** What stands in the field of a question that is typed, before anybody has typed. */
export function firstText(question: Question): string {
  return question.default === undefined ? '' : String(question.default);
}

function typedAnswer(question: Question, typed: string): string | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  if (questionKindOf(question) === 'text') return text;
  const { min = -Infinity, max = Infinity } = question;
  const number = Number(text);
  return Number.isFinite(number) && number >= min && number <= max ? String(number) : undefined;
}

/** Answers by question text, as texts, and with lists where several were chosen; undefined while one is missing. */
export function answersOf(
  questions: readonly Question[],
  choices: readonly (Choice | undefined)[],
): Answers | undefined {
  const content: Record<string, Answer> = {};
  for (const [at, question] of questions.entries()) {
    const answer = answerOf(question, choices[at]);
    if (answer === undefined) return undefined;
    content[question.question] = answer;
  }
  const answers = Object.fromEntries(
    Object.entries(content).map(([question, answer]) => [
      question,
      typeof answer === 'string' ? answer : answer.join(', '),
    ]),
  );
  return { answers, content };
}
