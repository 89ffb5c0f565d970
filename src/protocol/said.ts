// How a sentence travels: beside its English text, the code of its template and its arguments, so that it can be translated where it is shown.
import * as z from 'zod/mini';
import type { ErrorParts, ErrorWords } from '../base/errors.ts';
import {
  codeOfTemplate,
  type HeardWords,
  type Speak,
  spoken,
  VERBATIM,
  verbatim,
  type Words,
  type WordsArgument,
} from '../base/say.ts';

/** A sentence: which one, and what stands in it. An argument that is a sentence itself has a code too. */
export const saidSchema = z.looseObject({
  code: z.string(),
  args: z.optional(
    z.array(
      z.looseObject({
        text: z.string(),
        code: z.optional(z.string()),
        args: z.optional(z.array(z.string())),
      }),
    ),
  ),
});

/** The sentences of an error; each is where its text is. */
export const saidPartsSchema = z.looseObject({
  happened: saidSchema,
  kept: z.optional(saidSchema),
  remedy: z.optional(saidSchema),
});

export type Said = Readonly<z.infer<typeof saidSchema>>;
export type SaidParts = Readonly<z.infer<typeof saidPartsSchema>>;
type SaidArgument = NonNullable<Said['args']>[number];

/** A state or refusal before it travels: its code and its words. */
export type Trouble = { readonly code: string } & ErrorWords;

/** A sentence as it travels; what is nested deeper than once is English. What was heard is passed on. */
function saidOf({ template, args, heard }: Words): Said {
  const [first, ...more] = heard ?? [];
  if (first !== undefined && more.length === 0) return heardAgain(first);
  return { code: codeOfTemplate(template), ...(args.length > 0 && { args: args.map(argumentOf) }) };
}

function heardAgain({ code, args }: HeardWords): Said {
  const given = args?.map(({ text, ...inner }) => ({
    text,
    ...(inner.code !== undefined && { code: inner.code }),
    ...(inner.args && { args: [...inner.args] }),
  }));
  return { code, ...(given && { args: given }) };
}

function argumentOf(argument: WordsArgument): SaidArgument {
  if (typeof argument !== 'object') return { text: String(argument) };
  const { template, args } = argument;
  if (template === VERBATIM) return { text: spoken(argument) };
  const plain = args.map((one) => (typeof one === 'object' ? spoken(one) : String(one)));
  return {
    text: spoken(argument),
    code: codeOfTemplate(template),
    ...(plain.length > 0 && { args: plain }),
  };
}

/** The text of a notice, and what it can be translated by. */
export function saidText(words: Words): { text: string; said: Said } {
  return { text: spoken(words), said: saidOf(words) };
}

/** The sentences of an error as they travel. */
export function saidParts({ happened, kept, remedy }: ErrorWords): SaidParts {
  return {
    happened: saidOf(happened),
    ...(kept && { kept: saidOf(kept) }),
    ...(remedy && { remedy: saidOf(remedy) }),
  };
}

/** A state that keeps something from going on, as it travels. */
export function problemOf({ code, ...words }: Trouble): {
  code: string;
  happened: string;
  kept?: string;
  remedy?: string;
  said: SaidParts;
} {
  const { happened, kept, remedy } = words;
  return {
    code,
    happened: spoken(happened),
    ...(kept && { kept: spoken(kept) }),
    ...(remedy && { remedy: spoken(remedy) }),
    said: saidParts(words),
  };
}

/** Templates by their codes: what a reader can say in another language. */
export type Templates = ReadonlyMap<string, string>;

/** Templates of a bundle of translations, whose keys they are. */
export function templatesOf(bundle: Readonly<Record<string, string>> | undefined): Templates {
  return new Map(Object.keys(bundle ?? {}).map((template) => [codeOfTemplate(template), template]));
}

/** The words of what somebody said; undefined if they are not known here: then the English text is shown. */
function wordsOf({ code, args = [] }: HeardWords, templates: Templates): Words | undefined {
  const template = templateFor(code, args, templates);
  if (template === undefined) return undefined;
  const given = args.map(({ text, code: innerCode, args: inner = [] }): WordsArgument => {
    const known = innerCode === undefined ? undefined : templateFor(innerCode, inner, templates);
    return known === undefined ? text : { template: known, args: inner };
  });
  return { template, args: given };
}

/** The template of a code, if it has a place for each of these arguments and no other: else it is not what was said. */
function templateFor(
  code: string,
  args: readonly unknown[],
  templates: Templates,
): string | undefined {
  const template = templates.get(code);
  if (template === undefined) return undefined;
  const places = [...template.matchAll(/\{(\d+)\}/g)].map(([, n]) => Number(n));
  return Math.max(-1, ...places) + 1 === args.length ? template : undefined;
}

/** What somebody has said: its English text, and the sentences that it can be translated by. */
export function heard(text: string, ...said: readonly (Said | undefined)[]): Words {
  return { ...verbatim(text), heard: said.flatMap((one) => one ?? []) };
}

/** The answer to a command, or another text of several sentences. */
export function heardText(text: string, said: SaidParts | undefined): Words {
  return heard(text, said?.happened, said?.kept, said?.remedy);
}

/** The words of a problem that somebody else has. */
export function heardParts({
  happened,
  kept,
  remedy,
  said,
}: ErrorParts & { readonly said?: SaidParts | undefined }): ErrorWords {
  return {
    happened: heard(happened, said?.happened),
    ...(kept !== undefined && { kept: heard(kept, said?.kept) }),
    ...(remedy !== undefined && { remedy: heard(remedy, said?.remedy) }),
  };
}

/** A language: how it is spoken, and which templates have words in it. */
export interface Language {
  readonly speak: Speak;
  readonly templates: Templates;
}

/** A sentence in the words of a language; what was heard and is not known there, in English. */
export function translated(words: Words, { speak, templates }: Language): string {
  const known = words.heard?.map((one) => wordsOf(one, templates));
  if (known === undefined || known.length === 0 || known.includes(undefined)) {
    const { template, args } = words;
    const language = { speak, templates };
    return speak(
      template,
      ...args.map((one) => (typeof one === 'object' ? translated(one, language) : one)),
    );
  }
  return known.map((one) => one && spoken(one, speak)).join(' ');
}

/** The sentences of an error in the words of a language. */
export function translatedParts(
  { happened, kept, remedy }: ErrorWords,
  language: Language,
): ErrorParts {
  return {
    happened: translated(happened, language),
    ...(kept && { kept: translated(kept, language) }),
    ...(remedy && { remedy: translated(remedy, language) }),
  };
}
