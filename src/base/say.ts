// Sentences for people: English templates with arguments, so that whoever shows them can translate them.

/** What stands in a sentence: a name, a number, or a part that is a sentence of its own. */
export type WordsArgument = string | number | Words;

/** A sentence. Its English template, with `{0}`, `{1}` … for the arguments, is the key of its translations. */
export interface Words {
  readonly template: string;
  readonly args: readonly WordsArgument[];
  /** Of what somebody else has said: its sentences by the codes of their templates; `template` only shows the text. */
  readonly heard?: readonly HeardWords[] | undefined;
}

/** The code of a template that may be known here, and its arguments: texts, some of them sentences with a code of their own. */
export interface HeardWords {
  readonly code: string;
  readonly args?:
    | readonly {
        readonly text: string;
        readonly code?: string | undefined;
        readonly args?: readonly string[] | undefined;
      }[]
    | undefined;
}

/** Puts a template and its arguments into a text, as `vscode.l10n.t` does. */
export type Speak = (template: string, ...args: (string | number)[]) => string;

/** English: fills in the arguments. */
export const inEnglish: Speak = (template, ...args) =>
  template.replaceAll(/\{(\d+)\}/g, (whole, n: string) => String(args[Number(n)] ?? whole));

/** Text that was written here is a part of a sentence, which nobody could translate: only what came from elsewhere is `string`. */
type Data<A> = A extends string ? (string extends A ? A : '') : A;

/** Tag of a sentence: ``say`The journal ${file} is damaged.` ``. What stands in it is data, or words of their own. */
export function say<const A extends readonly WordsArgument[]>(
  strings: TemplateStringsArray,
  ...args: { readonly [K in keyof A]: Data<A[K]> }
): Words {
  const template = strings.reduce((all, part, at) =>
    at === 0 ? part : `${all}{${at - 1}}${part}`,
  );
  return { template, args };
}

/** Template of what is no sentence of ours. */
export const VERBATIM = '{0}';

/** A text that has no translation: what a program or a person elsewhere said. */
export function verbatim(text: string): Words {
  return { template: VERBATIM, args: [text] };
}

/** The sentence in the words of a language; without one in English. */
export function spoken({ template, args }: Words, speak: Speak = inEnglish): string {
  return speak(
    template,
    ...args.map((argument) => (typeof argument === 'object' ? spoken(argument, speak) : argument)),
  );
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Short name of a template (FNV-1a, base 36), by which it travels: the text itself goes beside it. */
export function codeOfTemplate(template: string): string {
  let hash = FNV_OFFSET;
  for (let at = 0; at < template.length; at += 1) {
    hash = Math.imul(hash ^ template.charCodeAt(at), FNV_PRIME) >>> 0;
  }
  return hash.toString(36);
}
